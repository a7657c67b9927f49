// Objects of which a call lists all that they hold, a secret among it: `vars(self)`, `asdict(settings)`,
// `settings.model_dump()`, and the options of a command line that has one for a password. Asks the object's class, or the
// parser's options in the same file.

import { EntityKind } from '../../flow/entities';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { Argument, Op } from '../../syntax/code';
import { argumentCount, callArguments, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { calledName, keywordArgument, literalText } from './literals';
import { shownFields } from './shown-fields';

/** What is listed of an object. */
interface Listed {
  readonly object: number;
  /** Only what the class says that its objects have. */
  readonly isDeclared: boolean;
}

/** The secret that is among what a value lists of an object, by the name of its field or option; '' for none. */
export function listedSecret(analysis: Analysis, scope: Scope, value: number): string {
  const listed = listedObject(scope, value);
  const option = secretOption(analysis, scope, listed?.object ?? value);
  return listed === null || option !== '' ? option : secretField(analysis, scope, listed);
}

function listedObject(scope: Scope, value: number): Listed | null {
  const { code } = scope;
  const { op, a, b } = code;
  const { names } = scope.file.source;
  if (op[value] === Op.Attribute)
    return names[b[value]!] === '__dict__' ? { object: a[value]!, isDeclared: false } : null;
  if (op[value] !== Op.Call) return null;
  const name = calledName(scope, value);
  const given = callArguments(code, value);
  if (name === 'vars' || name === 'asdict') {
    const object = given.length === 1 ? positional(code, value, 0) : -1;
    return object < 0 ? null : { object, isDeclared: name === 'asdict' };
  }
  const isDump = /^(dict|model_dump|model_dump_json)$/.test(name) && op[a[value]!] === Op.Attribute;
  const isWhole = given.every(({ keyword }) => keyword >= 0 && !/clude$/.test(names[keyword]!));
  return isDump && isWhole ? { object: a[a[value]!]!, isDeclared: true } : null;
}

/** A field of an object's class that holds a secret as plain text. */
function secretField(analysis: Analysis, { id }: Scope, { object, isDeclared }: Listed): string {
  const { resolver, program, library } = analysis;
  const { entities, classes } = resolver;
  for (const entity of resolver.denotes(id, object)) {
    if (entities.kind[entity] !== EntityKind.Instance) continue;
    const [field] = shownFields(analysis, entities.x[entity]!);
    if (field !== undefined) return field.name;
    const made = isDeclared ? -1 : classes.method(entities.x[entity]!, '__init__');
    if (made < 0) continue;
    const { code, file } = program.scopes[made]!;
    for (let at = 0; at < code.op.length; at++) {
      if (code.op[at] !== Op.StoreAttribute || code.op[code.c[at]!] !== Op.Local) continue;
      const name = file.source.names[code.b[at]!]!;
      const isOwn = code.op[code.a[at]!] === Op.Local && code.a[code.a[at]!] === 0;
      if (isOwn && library.secretWords.judge(name) === SecretEvidence.Plain) return name;
    }
  }
  return '';
}

/** The option for a secret among those that a command line was read into. */
function secretOption({ resolver, program, library }: Analysis, scope: Scope, value: number): string {
  if (value < 0 || scope.code.op[value] !== Op.Local) return '';
  const made = resolver.numberings.of(scope).number[value]!;
  if (made < 0 || made >= scope.code.op.length || scope.code.op[made] !== Op.Call) return '';
  if (calledName(scope, made) !== 'parse_args') return '';
  const { file } = scope;
  for (let index = 0; index < file.source.codes.length; index++) {
    const one = program.scopeOf(file, index);
    for (let at = 0; at < one.code.op.length; at++) {
      if (one.code.op[at] !== Op.Call || calledName(one, at) !== 'add_argument') continue;
      if (argumentCount(one.code, at) === 0 || keywordArgument(one, at, 'action') >= 0) continue;
      for (const { keyword, value: given } of callArguments(one.code, at)) {
        const text = keyword === Argument.Positional ? literalText(one, given) : null;
        if (text !== null && library.secretWords.judge(text) === SecretEvidence.Plain) return text;
      }
    }
  }
  return '';
}
