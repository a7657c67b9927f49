// Objects of the standard library whose contents a program follows by what it put in: files by their names, texts that
// are written piece by piece, parsers that are configured before use, settings by section and option.

import { Argument } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, positional } from '../../syntax/code-reader';
import { argumentAt } from './arguments';
import { receiverOf } from './checks';
import { bottom, Type } from './domain';
import { keyOf } from './keys';
import type { Pass } from './pass';
import { read, readUnknownKey } from './reading';
import { cleared } from './refinement';
import { ShapeKind } from './shapes';
import { writeBack } from './stores';
import { joinedText } from './text';

const buffer = 'io.StringIO';
const settings = 'configparser.ConfigParser';
const method = /^(.+)\.(\w+)$/;

/** The value of a call that makes or uses such an object; null for any other. */
export function objectCall(pass: Pass, at: number, path: string): number | null {
  const { domain, context } = pass;
  const first = positional(pass.scope.code, at, 0);
  if (path === 'open' || path === 'codecs.open' || path === 'io.open') return openedFile(pass, first);
  // What is in it is no path, whatever it says.
  if (path === buffer)
    return first < 0 ? domain.text('') : cleared(domain, pass.values[first]!, context.bitOf('path'));
  if (path === settings) return domain.container(ShapeKind.Dict, [], bottom);
  const [, type, name] = method.exec(path) ?? ['', '', ''];
  if (type === buffer) return textMethod(pass, at, name!, first);
  if (type === settings) return settingsMethod(pass, at, name!);
  if (context.library.configures.has(path)) return configured(pass, at, path);
  return null;
}

/** An open file: its name is what it was opened by. Who chose that did not choose what is in it. */
function openedFile({ domain, values }: Pass, path: number): number {
  const file = domain.value(Type.Other);
  return path < 0 ? file : domain.withMember(file, '.name', domain.withLabels(values[path]!, 0));
}

/** A text that is written piece by piece is the text so far. */
function textMethod(pass: Pass, at: number, name: string, first: number): number | null {
  const { value, instruction } = receiverOf(pass, at);
  if (name === 'getvalue' || name === 'read' || name === 'getbuffer') return value;
  if (name !== 'write' || first < 0 || instruction < 0) return null;
  writeBack(pass, instruction, joinedText(pass, [value, pass.values[first]!]));
  return pass.domain.value(Type.Number);
}

/** `set(section, option, value)`, `get(section, option)`: a mapping of mappings. Option names know no case. */
function settingsMethod(pass: Pass, at: number, name: string): number | null {
  const { domain, values } = pass;
  const { value, instruction } = receiverOf(pass, at);
  const section = argumentAt(pass, at, 0, 'section');
  const option = argumentAt(pass, at, 1, 'option');
  const sectionKey = keyOf(pass, section);
  const optionKey = keyOf(pass, option)?.toLowerCase() ?? null;
  if (instruction < 0) return null;
  if (name === 'add_section' && sectionKey !== null) {
    writeBack(
      pass,
      instruction,
      domain.withMember(value, sectionKey, domain.container(ShapeKind.Dict, [], bottom)),
    );
    return domain.value(Type.None);
  }
  if (name === 'set') {
    const third = argumentAt(pass, at, 2, 'value');
    const stored = third < 0 ? domain.value(Type.None) : values[third]!;
    const inner = sectionKey === null ? bottom : read(domain, value, sectionKey);
    const before =
      inner === bottom || domain.shape(inner) === null ? domain.container(ShapeKind.Dict, [], bottom) : inner;
    const after =
      optionKey === null ? domain.withSome(before, stored) : domain.withMember(before, optionKey, stored);
    writeBack(
      pass,
      instruction,
      sectionKey === null ? domain.withSome(value, after) : domain.withMember(value, sectionKey, after),
    );
    return domain.value(Type.None);
  }
  if (name === 'get') {
    const inner = sectionKey === null ? readUnknownKey(domain, value) : read(domain, value, sectionKey);
    const found = optionKey === null ? readUnknownKey(domain, inner) : read(domain, inner, optionKey);
    const fallback = argumentAt(pass, at, -2, 'fallback');
    return fallback < 0 ? found : domain.join(found, values[fallback]!);
  }
  return name.startsWith('get') ? domain.value(Type.Number | Type.Bool) : null;
}

/** An object with the options that it was made with, or that a method sets. */
function configured(pass: Pass, at: number, path: string): number {
  const { domain, values } = pass;
  const { code, file } = pass.scope;
  const { value, instruction } = receiverOf(pass, at);
  const isMethod = pass.context.resolver.library.type(path.slice(0, path.lastIndexOf('.'))) !== undefined;
  if (isMethod) {
    const option = optionOf(pass, positional(code, at, 0));
    const setting = positional(code, at, 1);
    if (option !== null && setting >= 0 && instruction >= 0)
      writeBack(pass, instruction, domain.withMember(value, `.${option}`, values[setting]!));
    return domain.value(Type.None);
  }
  let object = domain.container(ShapeKind.Object, [], bottom);
  for (let k = 0; k < argumentCount(code, at); k++) {
    const keyword = argumentKeyword(code, at, k);
    if (keyword < 0 || keyword === Argument.DoubleStar) continue;
    object = domain.withMember(
      object,
      `.${file.source.names[keyword]!}`,
      values[argumentValue(code, at, k)]!,
    );
  }
  return object;
}

/** The name of an option: a text, or the path of a constant of the library. */
function optionOf(pass: Pass, instruction: number): string | null {
  if (instruction < 0) return null;
  const one = pass.domain.known.single(pass.domain.knownOf[pass.values[instruction]!]!);
  if (one !== null) return one.text;
  return pass.context.resolver.libraryPath(pass.scope.id, instruction) || null;
}
