// Calls on an object that its function has just made and not shown to anybody: nobody else can be at work on it. Followed
// into the functions of the program that get the object, as long as they only ask it. What happens to it later is not asked.

import { argumentBindings } from '../flow/argument-bindings';
import { EntityKind } from '../flow/entities';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import type { Edge } from './call-graph';
import type { ScopeFacts } from './scope-facts';

const most = 32;

/** Which calls are made on fresh objects. */
export class FreshObjects {
  private readonly known = new Map<number, boolean>();

  constructor(
    private readonly resolver: Resolver,
    private readonly facts: ScopeFacts,
  ) {}

  /** The receiver was made in the calling function, and neither that, nor its constructor, nor the method called lets it
   * go anywhere. */
  isFresh({ caller, at, callee }: Edge): boolean {
    const made = this.facts.of(freshCalls, this.resolver.program.scopes[caller]!).get(at);
    if (made === undefined || !this.keepsSelf(callee)) return false;
    return this.resolver
      .targets(caller, made)
      .every((target) => target.kind === 'class' && (target.init < 0 || this.keepsSelf(target.init)));
  }

  /** The method and those that get its object from it keep it to themselves. */
  private keepsSelf(method: number): boolean {
    let found = this.known.get(method);
    if (found === undefined) {
      found = this.follow(method);
      this.known.set(method, found);
    }
    return found;
  }

  private follow(method: number): boolean {
    const queue: Parameter[] = [{ scope: method, slot: 0 }];
    for (let k = 0; k < queue.length; k++) {
      const further = queue.length > most ? null : handedOn(this.resolver, queue[k]!);
      if (!further) return false;
      for (const one of further) {
        if (!queue.some(({ scope, slot }) => scope === one.scope && slot === one.slot)) queue.push(one);
      }
    }
    return true;
  }
}

interface Parameter {
  readonly scope: number;
  readonly slot: number;
}

const noCalls: ReadonlyMap<number, number> = new Map();
/** Built-in functions that ask their argument something and let it go. */
const asking =
  /^(isinstance|issubclass|type|id|hash|len|bool|str|repr|format|hasattr|getattr|callable|print)$/;

/** The method calls of a scope on what it made itself and keeps until then: call -> the call that made it. */
function freshCalls(resolver: Resolver, scope: Scope): ReadonlyMap<number, number> {
  const { op, a } = scope.code;
  let found: Map<number, number> | null = null;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    const { number } = resolver.numberings.of(scope);
    const made = number[a[a[at]!]!]!;
    if (made < 0 || made >= at || op[made] !== Op.Call) continue;
    const isObject = resolver
      .denotes(scope.id, a[made]!)
      .some((entity) => resolver.entities.kind[entity] === EntityKind.Class);
    if (!isObject || takenBy(resolver, scope, number[made]!, at)?.length !== 0) continue;
    found ??= new Map();
    found.set(at, made);
  }
  return found ?? noCalls;
}

/** The parameters that get what a parameter holds; null where it goes where nobody follows it. */
function handedOn(resolver: Resolver, { scope: id, slot }: Parameter): readonly Parameter[] | null {
  const scope = resolver.program.scopes[id]!;
  const { op, a, b, captured, kind, parameters } = scope.code;
  if (kind !== ScopeKind.Function || slot >= parameters.length || captured[slot] === 1) return null;
  const wanted = op.length + slot;
  const calls = takenBy(resolver, scope, wanted, op.length);
  if (!calls) return null;
  const { number, user } = resolver.numberings.of(scope);
  const { names } = scope.file.source;
  const found: Parameter[] = [];
  for (const call of calls) {
    const bindings = argumentBindings(resolver, scope, call).filter(({ value }) => number[value] === wanted);
    if (bindings.length === 0 || resolver.targets(id, call).some((one) => one.kind === 'library'))
      return null;
    for (const one of bindings) found.push({ scope: one.callee, slot: one.slot });
  }
  if (scope.owner < 0 || slot > 0) return found;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Attribute) continue;
    const isUpwards = op[a[at]!] === Op.Call && isBuiltin(scope, a[at]!, /^super$/);
    if (!isUpwards && number[a[at]!] !== wanted) continue;
    const isMethod = isUpwards || resolver.classes.method(scope.owner, names[b[at]!]!) >= 0;
    if (!isMethod) continue;
    const by = user[at]!;
    if (by < 0 || op[by] !== Op.Call || a[by] !== at) return null;
    for (const target of resolver.targets(id, by)) {
      if (target.kind === 'function') found.push({ scope: target.scope, slot: 0 });
    }
  }
  return found;
}

function isBuiltin({ code: { op, a }, file }: Scope, call: number, names: RegExp): boolean {
  const callee = a[call]!;
  return op[callee] === Op.Global && names.test(file.source.names[a[callee]!]!);
}

/** The calls that get a value as an argument before `end`; null where it is stored, returned or walked. */
function takenBy(resolver: Resolver, scope: Scope, wanted: number, end: number): readonly number[] | null {
  const { op, a, c, captured } = scope.code;
  const { number, user } = resolver.numberings.of(scope);
  const found: number[] = [];
  for (let at = 0; at < op.length; at++) {
    if (number[at] !== wanted) continue;
    const by = user[at]!;
    if (by < 0 || by >= end) continue;
    switch (op[by] as Op) {
      case Op.StoreLocal:
        if (captured[a[by]!] === 1) return null;
        break;
      case Op.StoreAttribute:
        if (a[by] !== at || c[by] === at) return null;
        break;
      case Op.Attribute:
      case Op.Item:
        if (a[by] !== at) return null;
        break;
      case Op.Compare:
      case Op.If:
        break;
      case Op.Call:
        if (a[by] === at) return null;
        if (!isBuiltin(scope, by, asking)) found.push(by);
        break;
      default:
        return null;
    }
  }
  return found;
}
