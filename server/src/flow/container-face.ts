// How a value of a body may hold others, as text: as much of its structure as decides what is found in it from outside.
// Each value is told once in a face and named by its rank after that, so that a face is no longer than its body. Where the
// structure is too deep, the whole body is told, so that any edit of it counts.

import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, elements, entries } from '../syntax/code-reader';
import { EntityKind } from './entities';
import type { Resolver } from './resolver';

const maximumDepth = 100;

/** What a value denotes, and how deep the answer had to reach: another depth may cut off answers that look at it. */
export function answerText(resolver: Resolver, scope: number, value: number): string {
  return `${resolver.denotes(scope, value).join()}/${resolver.reach(scope, value)}`;
}

/** The structure of a value that may be a container; '' for values that hold nothing. `told` keeps the value numbers of
 * the body that this face has told, with their ranks. */
export function containerText(
  resolver: Resolver,
  scope: Scope,
  value: number,
  told: Map<number, number>,
): string {
  const number = resolver.numberings.of(scope).number[value]!;
  return number < 0 ? '' : structure(resolver, scope, number, told, maximumDepth);
}

function structure(
  resolver: Resolver,
  scope: Scope,
  number: number,
  told: Map<number, number>,
  depth: number,
): string {
  const { op } = scope.code;
  const numbering = resolver.numberings.of(scope);
  if (number < 0 || holdsNothing(resolver, scope, number)) return '';
  const rank = told.get(number);
  if (rank !== undefined) return `#${rank}`;
  told.set(number, told.size);
  if (depth === 0) return bodyText(scope);
  const inner = (one: number) => {
    const found = numbering.number[one]!;
    return `${answerText(resolver, scope.id, one)}${structure(resolver, scope, found, told, depth - 1)}`;
  };
  const parts: string[] = [];
  if (number >= numbering.count + numbering.slotCount) {
    for (const one of numbering.phis[number - numbering.count - numbering.slotCount]!)
      if (one !== number) parts.push(structure(resolver, scope, one, told, depth - 1));
  } else if (number >= numbering.count) parts.push(`p${number - numbering.count}`);
  else parts.push(instructionText(resolver, scope, number, inner));
  if (number >= op.length || isMade(op[number]!)) {
    for (const { steps, value, spread } of resolver.additions.toValue(scope, number))
      parts.push(`+${steps.join('.')}${spread ? '*' : ''}${inner(value)}`);
  }
  return `{${parts.join()}}`;
}

/** Whether additions to such a value are seen by whoever is handed it, and not under the name of a field. */
function isMade(op: Op): boolean {
  return op !== Op.Attribute && op !== Op.Global && op !== Op.Captured;
}

function instructionText(
  resolver: Resolver,
  scope: Scope,
  at: number,
  inner: (value: number) => string,
): string {
  const { code, file } = scope;
  const { op, a, b, c } = code;
  const { paths } = resolver;
  switch (op[at] as Op) {
    case Op.List:
    case Op.Tuple:
    case Op.Set:
      return [...elements(code, at)].map((one) => `${op[one] === Op.Star ? '*' : ''}${inner(one)}`).join();
    case Op.Dict:
      return entries(code, at)
        .map(([key, value]) =>
          key < 0 ? `**${inner(value)}` : `${paths.lookUp(scope, key)}:${inner(key)}=${inner(value)}`,
        )
        .join();
    case Op.Comprehension: {
      const parts: string[] = [`c${c[at]}`];
      for (let k = at + 1; k < op.length; k++) {
        if (op[k] === Op.Collect && a[k] === at)
          parts.push(`${c[k]! < 0 ? '' : inner(c[k]!)}=${inner(b[k]!)}`);
      }
      return parts.join();
    }
    case Op.Attribute:
      return `${inner(a[at]!)}.${file.source.names[b[at]!]}`;
    case Op.Global:
      return `g${file.source.names[a[at]!]}`;
    case Op.Captured:
      return `o${b[at]}.${c[at]}`;
    case Op.Item:
      return op[b[at]!] === Op.Slice
        ? `s${inner(a[at]!)}`
        : `${inner(a[at]!)}[${paths.lookUp(scope, b[at]!)}]`;
    case Op.Element:
    case Op.Await:
    case Op.Star:
    case Op.YieldFrom:
      return `${op[at]}${inner(a[at]!)}`;
    case Op.Unpack:
      return `u${c[at]}${inner(a[at]!)}`;
    case Op.Binary:
      return `${c[at]}${inner(a[at]!)}${inner(b[at]!)}`;
    case Op.Call: {
      const parts = [inner(a[at]!)];
      for (let k = 0; k < argumentCount(code, at); k++) {
        const name = argumentKeyword(code, at, k);
        parts.push(`${name < 0 ? name : file.source.names[name]}=${inner(argumentValue(code, at, k))}`);
      }
      return parts.join();
    }
    default:
      return `${op[at]}`;
  }
}

/** Whether a value can hold nothing that is asked for: constants, functions, classes and modules. */
function holdsNothing(resolver: Resolver, scope: Scope, number: number): boolean {
  const op = scope.code.op[number];
  if (op === Op.Const || op === Op.Format || op === Op.Function || op === Op.Class || op === Op.Compare)
    return true;
  const found = resolver.denotesNumber(scope.id, number);
  if (found.length === 0) return false;
  const { entities } = resolver;
  return found.every((entity) => {
    const kind = entities.kind[entity];
    return kind === EntityKind.Module || kind === EntityKind.Class || kind === EntityKind.Function;
  });
}

function bodyText({ code, file }: Scope): string {
  const texts = [code.op, code.a, code.b, code.c, code.extra, code.slots].map((column) => column.join());
  return `${texts.join(';')}${file.index}`;
}
