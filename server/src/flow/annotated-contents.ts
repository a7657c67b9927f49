// What an annotation says of the contents of a container: `dict[str, Foo]`, `Optional['List[Foo]']`, `Iterator[Foo]`.

import type { Scope } from '../program/program';
import { BinaryOperator, ConstantKind, Op } from '../syntax/code';
import { elements } from '../syntax/code-reader';
import { annotated, annotatedText } from './annotations';
import { Answer } from './answer';
import { isLookup, placeOf, Step } from './content-paths';
import { EntityKind } from './entities';
import { dottedName } from './function-facts';
import type { Resolver } from './resolver';

const sequences =
  /^(list|set|frozenset|deque|(Mutable)?Se(quence|t)|List|FrozenSet|AbstractSet|Deque|Collection|Container|KeysView|ValuesView|(Async)?(Iterable|Iterator|Generator)|Reversible|Queue|LifoQueue|PriorityQueue|SimpleQueue|WeakSet|QuerySet)$/;
const mappings =
  /^(dict|defaultdict|OrderedDict|Dict|DefaultDict|(Mutable)?Mapping|ChainMap|WeakValueDictionary|WeakKeyDictionary)$/;
const transparent = /^(Optional|Union|Annotated|Final|ClassVar|Required|NotRequired|Awaitable)$/;
const maximumText = 200;

/** An annotation as written in code, or as a part of a text. */
type Written = number | string;

/** Entities of what a container annotated so holds at a way of at least one step. */
export function annotatedContents(
  resolver: Resolver,
  scopeId: number,
  value: number,
  path: number,
  depth: number,
): readonly number[] {
  return walk(resolver, resolver.program.scopes[scopeId]!, value, path, depth);
}

function walk(
  resolver: Resolver,
  scope: Scope,
  written: Written,
  path: number,
  depth: number,
): readonly number[] {
  if (path === 0) {
    return typeof written === 'string'
      ? annotatedText(resolver, scope, written, depth)
      : annotated(resolver, scope.id, written, depth);
  }
  const answer = new Answer();
  if (!resolver.spend(depth)) return answer.entities;
  const alternatives = union(scope, written);
  if (alternatives) {
    for (const one of alternatives) answer.add(walk(resolver, scope, one, path, depth - 1));
    return answer.entities;
  }
  if (typeof written === 'number' && scope.code.op[written] === Op.Const) {
    const { kind, text } = scope.file.source.constants[scope.code.a[written]!]!;
    return kind === ConstantKind.String && text.length <= maximumText
      ? walk(resolver, scope, text.trim(), path, depth - 1)
      : answer.entities;
  }
  const generic = genericOf(scope, written);
  if (!generic) {
    if (typeof written === 'string') return answer.entities;
    for (const entity of annotated(resolver, scope.id, written, depth - 1)) {
      if (resolver.entities.kind[entity] === EntityKind.Instance)
        answer.add(resolver.insideInstance(resolver.entities.x[entity]!, path, depth - 1));
    }
    return answer.entities;
  }
  const { name, given } = generic;
  if (transparent.test(name)) {
    for (const one of given) answer.add(walk(resolver, scope, one, path, depth - 1));
    return answer.entities;
  }
  const rest = resolver.paths.rest(path);
  for (const one of insideOf(name, given, resolver.paths.first(path)))
    answer.add(walk(resolver, scope, one, rest, depth - 1));
  return answer.entities;
}

/** What stands at a step in a container of that name. */
function insideOf(name: string, given: readonly Written[], step: number): readonly Written[] {
  if (given.length === 0) return [];
  if (sequences.test(name)) return step === Step.Key ? [] : [given[0]!];
  if (mappings.test(name)) return isLookup(step) ? given.slice(1, 2) : [given[0]!];
  if (name !== 'tuple' && name !== 'Tuple') return [];
  const place = placeOf(step);
  if (place >= 0 && place < given.length) return [given[place]!];
  return place >= 0 ? [given[0]!] : given;
}

/** The name before the brackets and what stands in them; null for anything else. */
function genericOf(
  scope: Scope,
  written: Written,
): { readonly name: string; readonly given: readonly Written[] } | null {
  if (typeof written === 'number') {
    const { op, a, b } = scope.code;
    if (op[written] !== Op.Item) return null;
    const index = b[written]!;
    const dotted = dottedName(scope, a[written]!);
    const given = op[index] === Op.Tuple ? [...elements(scope.code, index)] : [index];
    return { name: dotted.slice(dotted.lastIndexOf('.') + 1), given };
  }
  const found = /^(?:\w+\.)*(\w+)\[(.*)\]$/s.exec(written);
  return found ? { name: found[1]!, given: split(found[2]!, ',') } : null;
}

/** The alternatives of `A | B`; null where there is one. */
function union(scope: Scope, written: Written): readonly Written[] | null {
  if (typeof written === 'number') {
    const { op, a, b, c } = scope.code;
    return op[written] === Op.Binary && (c[written]! & 63) === BinaryOperator.Or
      ? [a[written]!, b[written]!]
      : null;
  }
  const parts = split(written, '|');
  return parts.length > 1 ? parts : null;
}

/** Parts between separators that stand in no brackets. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let open = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === '[') open++;
    else if (character === ']') open--;
    else if (at === text.length || (character === separator && open === 0)) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return parts;
}
