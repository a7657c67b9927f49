// Rule 113: two or more locks that are taken in opposite orders. An edge of the order is "B is taken while A is held",
// in one function or through calls; a cycle of edges is one finding with the way of each edge. A common outer lock
// makes a cycle harmless. Locks of instances are told apart by class; locks by key are left out.

import { makesLock } from '../../flow/lock-kinds';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { neverReached } from '../../whole/constant-calls';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { type ForeignOrder, foreignOrders } from './foreign-order';
import { type HandlerOrder, handlerOrders } from './handler-order';
import { entriesOf, holdings, holdsSomething } from './held-locks';
import { enclosing } from './lock-words';
import { haveOneDispatcher } from './one-dispatcher';
import { isOneWay } from './one-object';
import { turnsBackWhereSettled } from './settled-tests';

export const rule: Rule = {
  number: 113,
  name: 'lock-order-inversion',
  concern: 'synchronization',
  severity: 'warning',
  preview: false,
  cwe: [833],
  category: 'lock-misuse',
  summary: 'Locks are taken in one order here and in the opposite order there.',
  check(analysis, report) {
    const order = orderOf(analysis);
    for (const cycle of cyclesOf(analysis, order)) report(wording(analysis, cycle));
    for (const found of foreignOrders(analysis)) report(foreignWording(analysis, found));
    for (const found of handlerOrders(analysis)) report(handlerWording(analysis, found));
  },
};

/** B is taken while A is held. */
interface OrderEdge {
  readonly from: Lock;
  readonly to: Lock;
  readonly scope: Scope;
  readonly takenAt: number;
  readonly at: number;
  readonly path: readonly { readonly scope: number; readonly at: number }[];
  /** Locks held at every place with this order. */
  gates: readonly Lock[];
}

type Order = Map<Lock, Map<Lock, OrderEdge>>;

const maximumLength = 4;
const longestWay = 4;

function orderOf(analysis: Analysis): Order {
  const order: Order = new Map();
  const { lockTaking, lockUses, resolver, entryLocks } = analysis;
  for (const scope of analysis.program.scopes) {
    if (scope.file.isTest || !holdsSomething(analysis, scope)) continue;
    const { op } = scope.code;
    const { held, reached } = resolver.numberings.of(scope);
    const wrapped = entryLocks.wrappersOf(scope).length > 0;
    for (const use of lockUses.of(scope.id)) {
      if ((use.kind !== UseKind.With && use.kind !== UseKind.Acquire) || !use.certain) continue;
      if (held[use.at] === 0 && !wrapped) continue;
      if (isMadeJustBefore(analysis, use)) continue;
      for (const lock of analysis.locks.of(scope.id, use.number))
        put(analysis, order, scope, use.at, lock, []);
    }
    for (const { at, callee } of entriesOf(analysis, scope)) {
      if (!reached[at] || (held[at] === 0 && !wrapped)) continue;
      const entered = analysis.program.scopes[callee]!;
      for (const way of lockTaking.of(callee)) {
        if (lockTaking.isOfNewObject(scope, at, callee, way)) continue;
        if (op[at] === Op.Call && neverReached(resolver, scope, at, entered, way.at)) continue;
        const path = lockTaking.path(callee, way);
        if (!isOneWay(analysis, scope, at, path) || turnsBackWhereSettled(analysis, scope, at, path))
          continue;
        put(analysis, order, scope, at, way.lock, path);
      }
    }
  }
  return order;
}

/** `self._lock = Lock(); self._lock.acquire()`: nobody can have it yet. */
function isMadeJustBefore({ resolver }: Analysis, { scope, at: taken, object }: LockUse): boolean {
  const { op, a, b, c } = scope.code;
  if (op[object] !== Op.Attribute) return false;
  const { number } = resolver.numberings.of(scope);
  const around = enclosing(scope.code, taken);
  for (let at = taken - 1; at >= 0; at--) {
    if (op[at] !== Op.StoreAttribute || b[at] !== b[object] || number[a[at]!] !== number[a[object]!])
      continue;
    const value = number[c[at]!]!;
    return (
      op[value] === Op.Call &&
      makesLock(resolver, scope.id, value) &&
      enclosing(scope.code, at).every((part) => around.includes(part))
    );
  }
  return false;
}

function put(
  analysis: Analysis,
  order: Order,
  scope: Scope,
  at: number,
  to: Lock,
  path: OrderEdge['path'],
): void {
  if (!counts(to)) return;
  const all = analysis.entryLocks.at(scope, at);
  // Held already: taking it again waits for nobody.
  if (all.includes(to)) return;
  const { lockTaking } = analysis;
  for (const { lock: from, takenAt, number } of holdings(analysis, scope, at)) {
    if (from === to || !counts(from)) continue;
    // A constructor has the object to itself.
    if (
      analysis.construction[scope.id] &&
      from.scope === LockScope.Instance &&
      lockTaking.ofReceiver(scope, number)
    )
      continue;
    let table = order.get(from);
    if (!table) {
      table = new Map();
      order.set(from, table);
    }
    const gates = all.filter((lock) => lock !== from);
    const known = table.get(to);
    if (!known) {
      table.set(to, { from, to, scope, takenAt, at, path, gates });
    } else if (path.length < known.path.length) {
      table.set(to, {
        from,
        to,
        scope,
        takenAt,
        at,
        path,
        gates: known.gates.filter((g) => gates.includes(g)),
      });
    } else known.gates = known.gates.filter((gate) => gates.includes(gate));
  }
}

function counts(lock: Lock): boolean {
  return !lock.weak && (lock.scope === LockScope.Program || lock.scope === LockScope.Instance);
}

/** The shortest cycle through each edge, each cycle once. */
function cyclesOf(analysis: Analysis, order: Order): readonly (readonly OrderEdge[])[] {
  const found: OrderEdge[][] = [];
  const seen = new Set<string>();
  for (const table of order.values()) {
    for (const edge of table.values()) {
      const back = wayBack(order, edge);
      if (!back) continue;
      const cycle = [edge, ...back];
      const key = cycle
        .map(({ from }) => from.id)
        .sort((x, y) => x - y)
        .join();
      if (seen.has(key)) continue;
      seen.add(key);
      if (cycle.some((one) => isAlwaysInside(analysis, one.scope, one.to))) continue;
      const gated = edge.gates.some((gate) => cycle.every((one) => one.gates.includes(gate)));
      if (!gated) found.push(cycle);
    }
  }
  return found.filter((cycle) => !found.some((other) => isWithin(other, cycle)));
}

/** Whether all who come to a function, which then takes a lock in the opposite order, hold that lock and may take it
 * again: an object is worked on by who has its lock, and it is that lock which is asked for again. */
function isAlwaysInside(analysis: Analysis, scope: Scope, from: Lock, depth = 3): boolean {
  if (!from.reentrant || from.scope !== LockScope.Instance) return false;
  const callers = analysis.calls.callers[scope.id]!.filter(
    ({ caller }) => !analysis.construction[caller] && !analysis.program.scopes[caller]!.file.isTest,
  );
  return (
    callers.length > 0 &&
    callers.every(({ caller, at }) => {
      const where = analysis.program.scopes[caller]!;
      if (holdings(analysis, where, at).some(({ lock }) => lock === from)) return true;
      return depth > 0 && isAlwaysInside(analysis, where, from, depth - 1);
    })
  );
}

/** Whether a shorter cycle goes through two locks of a longer one: mending it comes first, and may mend both. */
function isWithin(shorter: readonly OrderEdge[], longer: readonly OrderEdge[]): boolean {
  if (shorter.length >= longer.length) return false;
  const shared = shorter.filter(({ from }) => longer.some((edge) => edge.from === from));
  return shared.length > 1;
}

function wayBack(order: Order, edge: OrderEdge): readonly OrderEdge[] | null {
  const queue: (readonly OrderEdge[])[] = [...(order.get(edge.to)?.values() ?? [])].map((next) => [next]);
  const visited = new Set([edge.to]);
  for (let k = 0; k < queue.length; k++) {
    const way = queue[k]!;
    const end = way[way.length - 1]!.to;
    if (end === edge.from) return way;
    if (visited.has(end) || way.length + 1 >= maximumLength) continue;
    visited.add(end);
    for (const next of order.get(end)?.values() ?? []) queue.push([...way, next]);
  }
  return null;
}

function wording(analysis: Analysis, cycle: readonly OrderEdge[]): Report {
  const { program } = analysis;
  const first = cycle[0]!;
  const second = cycle[1]!;
  const label = lockLabel(first.from);
  const other = lockLabel(first.to);
  const place = (scopeId: number, at: number) => {
    const scope = program.scopes[scopeId]!;
    return at < 0 ? program.nameSpan(scope) : program.span(scope, at);
  };
  const rest =
    cycle.length === 2
      ? `${functionLabel(second.scope)} takes them the other way round`
      : `${cycle.length - 1} more orders lead back`;
  const several = cycle.some(
    ({ from, to }) => from.scope === LockScope.Instance || to.scope === LockScope.Instance,
  );
  const isServed = haveOneDispatcher(
    analysis,
    cycle.map(({ scope }) => scope),
  );
  return {
    ...program.span(first.scope, first.at),
    message: `${functionLabel(first.scope)} takes ${other} while it holds ${label}, and ${rest}: two threads can wait for each other.`,
    // A way through many functions is rarely one that can be taken as it stands.
    confidence:
      isServed || cycle.some(({ path }) => path.length > longestWay) ? 'low' : several ? 'medium' : 'high',
    symbol: first.scope.qualifiedName,
    stepsKind: 'places',
    steps: cycle.flatMap((edge) => [
      {
        ...place(edge.scope.id, edge.takenAt),
        message: `${functionLabel(edge.scope)} takes ${lockLabel(edge.from)}.`,
      },
      ...(edge.path.length > 0 && edge !== first
        ? [
            {
              ...place(edge.scope.id, edge.at),
              message: `${functionLabel(edge.scope)} calls on, holding it.`,
            },
          ]
        : []),
      ...(edge.path.length === 0
        ? [{ ...place(edge.scope.id, edge.at), message: `Then it takes ${lockLabel(edge.to)}.` }]
        : edge.path.map((step, k) => ({
            ...place(step.scope, step.at),
            message: `${functionLabel(program.scopes[step.scope]!)} ${k === edge.path.length - 1 ? `takes ${lockLabel(edge.to)}` : 'calls on'}.`,
          }))),
    ]),
  };
}

function foreignWording(analysis: Analysis, { first, own, scope, at, against }: ForeignOrder): Report {
  const { program } = analysis;
  const [worst, ...others] = against;
  const owner = first.slice(0, first.lastIndexOf('.'));
  return {
    ...program.span(worst!.scope, worst!.takenAt),
    message: `${functionLabel(worst!.scope)} ${worst!.takes ? `takes \`${first}\`` : `calls into \`${owner}\``} while it holds ${lockLabel(own)}, but ${functionLabel(scope)} takes \`${first}\` first: two threads can wait for each other.`,
    confidence: 'medium',
    symbol: worst!.scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      {
        ...program.span(worst!.scope, worst!.at),
        message: worst!.takes
          ? `Here, or in what is called, \`${first}\` is taken.`
          : `The call into \`${owner}\`, which may take its lock.`,
      },
      {
        ...program.span(scope, at),
        message: `${functionLabel(scope)} takes ${lockLabel(own)} with \`${first}\` held.`,
      },
      ...others.slice(0, 20).map((one) => ({
        ...program.span(one.scope, one.takenAt),
        message: `${functionLabel(one.scope)} ${one.takes ? `takes \`${first}\`` : `calls into \`${owner}\``} holding only its own lock, too.`,
      })),
    ],
  };
}

function handlerWording(analysis: Analysis, { scope, at, holding, handler, way }: HandlerOrder): Report {
  const { program, lockTaking } = analysis;
  const label = lockLabel(way.lock);
  const path = lockTaking.path(handler.id, way);
  const last = path[path.length - 1];
  return {
    ...program.span(scope, at),
    message: `${functionLabel(scope)} logs while it holds ${label}, and ${functionLabel(handler)} takes that lock with the handler's own held: two threads can wait for each other.`,
    confidence: path.length > longestWay ? 'low' : 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      ...(holding.takenAt < 0
        ? []
        : [
            {
              ...program.span(scope, holding.takenAt),
              message: `${functionLabel(scope)} takes ${label}, and then asks for the handler by its log call.`,
            },
          ]),
      {
        ...program.nameSpan(handler),
        message: 'Another thread that logs comes here with the lock of the handler.',
      },
      ...path.map((step) => {
        const there = program.scopes[step.scope]!;
        return {
          ...(step.at < 0 ? program.nameSpan(there) : program.span(there, step.at)),
          message: `${functionLabel(there)} ${step === last ? `takes ${label}` : 'calls on'}.`,
        };
      }),
    ],
  };
}
