// Calls that are not written as calls: a property that is read, what the language does with an object by its special
// methods (`key in self`, `self[key]`, `len(self)`, `for x in self`, an f-string), and handlers of the program that a log
// call runs. Special methods of the receiver only: what other objects do by theirs is rarely known.

import { EntityKind } from '../flow/entities';
import { Binding, bindingOf } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { CompareOperator, Op } from '../syntax/code';
import { argumentCount, argumentValue } from '../syntax/code-reader';
import type { Edge } from './call-graph';
import type { LogHandlers } from './log-handlers';
import { metaclassCalls } from './metaclass-calls';
import type { PropertyReads } from './property-reads';
import type { ScopeFacts } from './scope-facts';

/** A special method that an instruction runs on the receiver. */
interface Special {
  readonly at: number;
  readonly name: string;
}

/** What builtins ask of the object that they are given. */
const builtins: ReadonlyMap<string, string> = new Map([
  ['len', '__len__'],
  ['iter', '__iter__'],
  ['list', '__iter__'],
  ['tuple', '__iter__'],
  ['set', '__iter__'],
  ['sorted', '__iter__'],
  ['next', '__next__'],
  ['bool', '__bool__'],
  ['hash', '__hash__'],
  ['str', '__str__'],
  ['repr', '__repr__'],
]);
/** Operations that may run a special method. */
const running: ReadonlySet<Op> = new Set([
  Op.Item,
  Op.StoreItem,
  Op.DeleteItem,
  Op.Element,
  Op.Interpolate,
  Op.Compare,
  Op.Call,
]);
const none: readonly Special[] = [];
const noEdges: readonly Edge[] = [];

/** Implied calls, by the function that runs. */
export class ImpliedCalls {
  private bySpecial: ReadonlyMap<number, readonly Edge[]> | null = null;
  private metaclasses: readonly Edge[] | null = null;

  constructor(
    private readonly resolver: Resolver,
    private readonly reads: PropertyReads,
    private readonly facts: ScopeFacts,
    /** What log calls run. */
    readonly handlers: LogHandlers,
  ) {}

  /** The instructions that run a function. */
  of(callee: Scope): readonly Edge[] {
    if (callee.owner < 0) return noEdges;
    const logged = this.handlers.of(callee);
    if (logged.length > 0) return logged;
    if (!/^__\w+__$/.test(callee.name)) return this.reads.of(callee.id).filter((edge) => this.isMeant(edge));
    this.bySpecial ??= this.sum();
    return this.bySpecial.get(callee.id) ?? noEdges;
  }

  /** What the instructions of a function run, in source order. */
  from(scope: Scope): readonly Edge[] {
    const specials = this.facts.of(specialsOf, scope);
    const reads = this.reads.in(scope).filter((edge) => this.isMeant(edge));
    const logged = [...this.handlers.from(scope), ...this.made(scope.id)];
    if (specials.length === 0 && logged.length === 0) return reads;
    const found = [...reads, ...logged];
    for (const { at, name } of specials) {
      const callee = this.resolver.classes.method(scope.owner, name);
      if (callee >= 0) found.push({ caller: scope.id, at, callee });
    }
    return found.sort((x, y) => x.at - y.at);
  }

  /** The property of the object's own class; one that replaces it further down is another object's. */
  private isMeant({ caller, at, callee }: Edge): boolean {
    const { program, entities, classes } = this.resolver;
    const { name } = program.scopes[callee]!;
    return this.resolver.denotes(caller, program.scopes[caller]!.code.a[at]!).some((entity) => {
      const kind = entities.kind[entity];
      return (
        kind === EntityKind.Super ||
        (kind === EntityKind.Instance && classes.method(entities.x[entity]!, name) === callee)
      );
    });
  }

  private made(caller: number): readonly Edge[] {
    this.metaclasses ??= metaclassCalls(this.resolver);
    if (this.metaclasses.length === 0) return noEdges;
    return this.metaclasses.filter((edge) => edge.caller === caller);
  }

  private sum(): ReadonlyMap<number, readonly Edge[]> {
    const { program, classes } = this.resolver;
    const found = new Map<number, Edge[]>();
    const put = (edge: Edge) => {
      const list = found.get(edge.callee);
      if (list) list.push(edge);
      else found.set(edge.callee, [edge]);
    };
    this.metaclasses ??= metaclassCalls(this.resolver);
    this.metaclasses.forEach(put);
    for (const scope of program.scopes) {
      for (const { at, name } of this.facts.of(specialsOf, scope)) {
        const callee = classes.method(scope.owner, name);
        if (callee >= 0) put({ caller: scope.id, at, callee });
      }
    }
    return found;
  }
}

function specialsOf(resolver: Resolver, scope: Scope): readonly Special[] {
  if (scope.owner < 0 || bindingOf(resolver.program, scope) !== Binding.Instance) return none;
  const { op } = scope.code;
  const { number } = resolver.numberings.of(scope);
  const found: Special[] = [];
  for (let at = 0; at < op.length; at++) {
    if (!running.has(op[at]!)) continue;
    const one = specialAt(scope, at);
    if (one && number[one.object] === op.length) found.push({ at, name: one.name });
  }
  return found.length === 0 ? none : found;
}

/** The special method that an instruction runs, and the object on which; null for none. */
export function specialAt(
  { code, file }: Scope,
  at: number,
): { readonly name: string; readonly object: number } | null {
  const { op, a, b, c } = code;
  switch (op[at] as Op) {
    case Op.Item:
      return { name: '__getitem__', object: a[at]! };
    case Op.StoreItem:
      return { name: '__setitem__', object: a[at]! };
    case Op.DeleteItem:
      return { name: '__delitem__', object: a[at]! };
    case Op.Element:
      return { name: '__iter__', object: a[at]! };
    case Op.Interpolate:
      return { name: b[at] === 'r'.charCodeAt(0) ? '__repr__' : '__str__', object: a[at]! };
    case Op.Compare: {
      const operator = c[at] as CompareOperator;
      if (operator === CompareOperator.In || operator === CompareOperator.NotIn)
        return { name: '__contains__', object: b[at]! };
      return null;
    }
    case Op.Call: {
      const callee = a[at]!;
      const name = op[callee] === Op.Global ? builtins.get(file.source.names[a[callee]!]!) : undefined;
      if (name === undefined || argumentCount(code, at) === 0) return null;
      return { name, object: argumentValue(code, at, 0) };
    }
    default:
      return null;
  }
}
