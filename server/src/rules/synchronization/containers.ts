// What kind of container a place holds, as far as the program stores one there, and which accesses change how many
// elements it has: a loop over a dictionary, set or deque raises then, and one over a list leaves out an element.

import { AccessKind } from '../../flow/accesses';
import { lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { BinaryOperator, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { Effect } from '../../whole/method-effects';
import { methodOf } from './conflicts';

/** The kinds of containers that behave differently. */
export const enum Container {
  Unknown,
  Dict,
  Set,
  List,
  Deque,
}

const made: ReadonlyMap<string, Container> = new Map([
  ['dict', Container.Dict],
  ['OrderedDict', Container.Dict],
  ['defaultdict', Container.Dict],
  ['Counter', Container.Dict],
  ['WeakValueDictionary', Container.Dict],
  ['WeakKeyDictionary', Container.Dict],
  ['set', Container.Set],
  ['WeakSet', Container.Set],
  ['list', Container.List],
  ['deque', Container.Deque],
]);

/** What a place holds: by what is stored there, else by what is done to it. */
export function containerOf({ program, resolver }: Analysis, { place, accesses }: Guarded): Container {
  const stores = place.ofModule
    ? resolver.bindings.of(place.owner, place.name)
    : [
        ...resolver.classes.storesOf(place.owner, place.name),
        ...resolver.bindings.of(place.owner, place.name),
      ];
  for (const { scope, value } of stores) {
    const kind = value < 0 ? Container.Unknown : kindOf(program.scopes[scope]!, value);
    if (kind !== Container.Unknown) return kind;
  }
  for (const { scope: id, at, inside } of accesses) {
    if (inside) continue;
    const name = methodOf(program.scopes[id]!, at);
    if (/^(setdefault|popitem|items|values|keys)$/.test(name)) return Container.Dict;
    if (/^(add|discard|difference_update)$/.test(name)) return Container.Set;
    if (/^(append|extend|insert)$/.test(name)) return Container.List;
  }
  return Container.Unknown;
}

/** A mapping that makes what is asked for: any use of an element may add one. */
function fillsItself(analysis: Analysis, guarded: Guarded): boolean {
  return isMadeBy(analysis, guarded, /default_?(dict|mapping)?$/i);
}

function isMadeBy({ program, resolver }: Analysis, { place }: Guarded, kind: RegExp): boolean {
  const stores = place.ofModule
    ? resolver.bindings.of(place.owner, place.name)
    : resolver.classes.storesOf(place.owner, place.name);
  return stores.some(({ scope: id, value }) => {
    const scope = program.scopes[id]!;
    if (value < 0 || scope.code.op[value] !== Op.Call) return false;
    return kind.test(lastName(scope, scope.code.a[value]!));
  });
}

function kindOf(scope: Scope, value: number): Container {
  const { op, c, a } = scope.code;
  switch (op[value] as Op) {
    case Op.Dict:
      return Container.Dict;
    case Op.Set:
      return Container.Set;
    case Op.List:
      return Container.List;
    case Op.Comprehension:
      return [Container.List, Container.Set, Container.Dict, Container.Unknown][c[value]!]!;
    case Op.Call:
      return made.get(lastName(scope, a[value]!)) ?? Container.Unknown;
    default:
      return Container.Unknown;
  }
}

/** Whether an access changes how many elements there are, so that a loop over them minds. */
export function isResizing(
  analysis: Analysis,
  guarded: Guarded,
  container: Container,
  access: HeldAccess,
): boolean {
  if (access.kind !== AccessKind.Mutate || access.effect !== Effect.None) return false;
  if (access.inside) return !access.shrinks && fillsItself(analysis, guarded);
  const scope = analysis.program.scopes[access.scope]!;
  if (container === Container.Dict && isStepOfElement(scope, access.at))
    return isMadeBy(analysis, guarded, /default_?(dict|mapping)?$|Counter$/i);
  const name = methodOf(scope, access.at);
  // A loop over a list only minds that elements before its place come or go.
  if (container === Container.List)
    return access.shrinks ? !/^(clear|sort|reverse)$/.test(name) : name === 'insert';
  return !/^(sort|reverse|rotate|move_to_end)$/.test(name);
}

/** `d[key] -= 1`: the element is there already, or the reading of it fails. */
function isStepOfElement({ code: { op, c } }: Scope, at: number): boolean {
  const value = op[at] === Op.StoreItem ? c[at]! : -1;
  return value >= 0 && op[value] === Op.Binary && (c[value]! & BinaryOperator.InPlace) !== 0;
}

/** `adds to it`, `takes from it`. */
export function resizeWords(access: HeldAccess): string {
  return access.shrinks ? 'takes something out' : 'adds something';
}
