// Which values that are put into a shell's command line may hold what a shell acts on: spaces, quotes, `;`. By what they
// are (numbers, constants, what a quoting function returns) and, where that is not seen, by their names.

import { lastName } from '../../flow/function-facts';
import type { Piece } from '../../flow/text-pieces';
import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import { elements, functionExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

/** How surely a value may hold what a shell acts on. */
export const enum Doubt {
  None,
  Little,
  Much,
}

const numeric = new Set(['d', 'i', 'u', 'x', 'X', 'o', 'e', 'E', 'f', 'F', 'g', 'G', 'c', 'n', 'b']);
/** Whole commands and parts of them that are meant to be several words. */
const commandWords =
  /(^|_)(cmds?|commands?|cmdline|args?|argv|arguments|opts?|options?|flags?|params?|switch(es)?|extras?|script|program|prog|exe|exec|executable|bin|binary|tool|compiler|cc|cxx|interpreter|python\d?|shell|sudo|redirect|quiet|verbose|pipe|filters?|env|prefix|postfix|suffix|operator|grep)\d*$/i;
const numberWords =
  /(^|_)(n|i|j|k|w|h|x|y|no|nr|num|number|count|size|width|height|len|length|port|pid|ppid|uid|gid|timeout|seconds?|secs?|minutes?|hours?|duration|time|timestamp|date|level|index|idx|fps|rate|quality|depth|max|min|limit|version|major|minor|day|month|year|threads?|procs?|jobs?|nodes|cores?|gpus?|bits?|mode|signal|sig|freq(uency)?|percent|offset|start|end|id)s?\d*$/i;
/** Texts that somebody else names. */
const outsideWords =
  /(^|_)(file_?names?|files?|file_?paths?|paths?|dir(ectory|name|s)?|folders?|urls?|uris?|hosts?|host_?names?|addr(ess)?|ip|server|domain|users?|user_?names?|login|passw(or)?d|password|name|title|key|query|branch|tag|repo(sitory)?|remote|ref|revision|message|msg|text|label|zone|volume|image|input|output|infile|outfile|src|source|dest(ination)?|dst|target|email|package|pkg|module|value|pattern|device|interface|iface|archive|artist|album)\d*$/i;
const quoting =
  /quote|escap|sanit|safe|clean|valid|list2cmdline|secure_filename|hexdigest|uuid|token_hex|mkarg/i;
const numbers = new Set(['len', 'int', 'float', 'round', 'abs', 'hash', 'id', 'getpid', 'time', 'ord', 'getppid', 'getuid', 'getgid', 'strftime', 'isoformat', 'total_seconds', 'cpu_count', 'mkdtemp', 'mkstemp', 'mktemp', 'gettempdir', 'randint', 'timestamp', 'sum', 'min', 'max', 'bool', 'which', 'find_executable', 'NamedTemporaryFile', 'TemporaryDirectory', 'sorted', 'getenv']); // biome-ignore format: a list of words

const maximumDepth = 12;

/** How surely a piece of a command line may hold what a shell acts on. */
export function doubtOf(analysis: Analysis, scope: Scope, { at, conversion }: Piece): Doubt {
  if (numeric.has(conversion) || conversion === 'r') return Doubt.None;
  return doubtOfValue(analysis, scope, at, 0);
}

function doubtOfValue(analysis: Analysis, scope: Scope, at: number, depth: number): Doubt {
  const { code, file } = scope;
  const name = lastName(scope, at);
  if (depth > maximumDepth || /^_*[A-Z][A-Z0-9_]*$/.test(name)) return Doubt.None;
  if (name !== '' && (commandWords.test(name) || numberWords.test(name) || quoting.test(name)))
    return Doubt.None;
  const numbering = analysis.resolver.numberings.of(scope);
  const number = numbering.number[at]!;
  const { count, slotCount, phis } = numbering;
  const byName = outsideWords.test(name) ? Doubt.Much : Doubt.Little;
  if (number >= count + slotCount) {
    let most = Doubt.None;
    for (const each of phis[number - count - slotCount]!) {
      const one =
        each >= count + slotCount || each < 0
          ? Doubt.None
          : each >= count
            ? doubtOfParameter(scope, each - count, byName)
            : Math.min(doubtOfValue(analysis, scope, each, depth + 1), Doubt.Much);
      if (one > most) most = one;
    }
    return most > Doubt.None && byName > most ? byName : most;
  }
  if (number >= count) return doubtOfParameter(scope, number - count, byName);
  if (number < 0) return Doubt.None;
  switch (code.op[number] as Op) {
    case Op.Attribute: {
      if (lastName(scope, code.a[number]!) === 'self') return byName;
      const object = code.a[number]!;
      // The name of a temporary file is the program's own.
      if (name === 'name' && code.op[definition(numbering, code, object)] === Op.Entered) return Doubt.None;
      if (name === 'name' && doubtOfValue(analysis, scope, object, depth + 1) === Doubt.None)
        return Doubt.None;
      return analysis.resolver.libraryPath(scope.id, at) !== '' ? Doubt.None : byName;
    }
    case Op.Item: {
      const key = code.b[number]!;
      const isText =
        code.op[key] === Op.Const && file.source.constants[code.a[key]!]!.kind === ConstantKind.String;
      const word = isText ? file.source.constants[code.a[key]!]!.text : name;
      if (commandWords.test(word) || numberWords.test(word)) return Doubt.None;
      return outsideWords.test(word) ? Doubt.Much : byName;
    }
    case Op.Element: {
      const over = definition(numbering, code, code.a[number]!);
      const isWrittenOut = code.op[over] === Op.List || code.op[over] === Op.Tuple;
      if (isWrittenOut && elements(code, over).every((each) => code.op[each] === Op.Const)) return Doubt.None;
      return /^_*[A-Z][A-Z0-9_]*$/.test(lastName(scope, code.a[number]!)) ? Doubt.None : byName;
    }
    case Op.Call: {
      const called = lastName(scope, code.a[number]!);
      if (numbers.has(called) || quoting.test(called) || called === 'join')
        return joinDoubt(analysis, scope, number, called, depth);
      if (
        called === 'str' ||
        called === 'abspath' ||
        called === 'realpath' ||
        called === 'normpath' ||
        called === 'expanduser' ||
        called === 'fspath'
      ) {
        const inner = code.extra[code.b[number]! + 2];
        return code.extra[code.b[number]!]! > 0
          ? doubtOfValue(analysis, scope, inner!, depth + 1)
          : Doubt.None;
      }
      return Doubt.Little;
    }
    case Op.Unpack:
    case Op.Await:
    case Op.Phi:
      return Doubt.Little;
    case Op.Local:
      return byName;
    default:
      return Doubt.None;
  }
}

/** `os.path.join` is as open as its most open part; a text that is joined may be of quoted ones. */
function joinDoubt(analysis: Analysis, scope: Scope, call: number, called: string, depth: number): Doubt {
  const { code } = scope;
  if (called !== 'join' || lastName(scope, code.a[code.a[call]!]!) !== 'path') return Doubt.None;
  let most = Doubt.None;
  for (let k = 0; k < code.extra[code.b[call]!]!; k++) {
    const one = doubtOfValue(analysis, scope, code.extra[code.b[call]! + 2 + 2 * k]!, depth + 1);
    if (one > most) most = one;
  }
  return most;
}

function definition(
  numbering: { readonly number: Int32Array; readonly count: number },
  code: Scope['code'],
  at: number,
): number {
  const number = numbering.number[at]!;
  return number >= 0 && number < code.op.length ? number : at;
}

/** A parameter that its annotation or default says to be a number or a switch is none. */
function doubtOfParameter(scope: Scope, slot: number, byName: Doubt): Doubt {
  const { code, file } = scope;
  const name = file.source.names[code.slots[slot]!]!;
  if (name === 'self' || name === 'cls') return Doubt.None;
  return byName;
}

/** Whether a parameter is said to be a number or a switch, by the place that defines its function. */
export function isNumberParameter(analysis: Analysis, scope: Scope, at: number): boolean {
  const numbering = analysis.resolver.numberings.of(scope);
  const slot = numbering.number[at]! - numbering.count;
  if (slot < 0 || slot >= numbering.slotCount || scope.parent < 0 || scope.definedAt < 0) return false;
  const outer = analysis.program.scopes[scope.parent]!;
  if (outer.code.op[scope.definedAt] !== Op.Function) return false;
  const { annotations, defaults } = functionExtra(outer.code, scope.definedAt);
  const annotation = annotations.find(({ parameter }) => parameter === slot);
  if (annotation !== undefined && /^(int|float|bool)$/.test(lastName(outer, annotation.value))) return true;
  const given = defaults.find(({ parameter }) => parameter === slot);
  if (given === undefined || outer.code.op[given.value] !== Op.Const) return false;
  const { kind } = outer.file.source.constants[outer.code.a[given.value]!]!;
  return (
    kind === ConstantKind.Integer ||
    kind === ConstantKind.Float ||
    kind === ConstantKind.True ||
    kind === ConstantKind.False
  );
}
