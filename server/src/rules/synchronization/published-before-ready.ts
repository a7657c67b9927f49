// Rule 118: a thread or callback that can run before the object it works on has all it reads: started, or the object
// registered, and then fields set that the started code reads. Also a thread that resets its own stop flag after its
// start, and so loses a stop that came before. Asks what runs and what it reads on the same receiver, nothing more.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { reachedFrom, type Spawned } from '../../whole/spawned';
import type { Report, Rule } from '../rule';
import { functionLabel } from './access-words';
import { fromBases } from './base-starts';
import { boundEarly } from './early-bindings';
import { isPutOff, opens, truth } from './first-runs';
import { boundLate } from './late-variables';
import { calleeName } from './lock-words';
import { raising } from './raising';
import { fromRegistries } from './registered-early';
import { Served } from './served';
import { fromConstructor, fromParts, registering, type Start, showingItself } from './starts';

export const rule: Rule = {
  number: 118,
  name: 'published-before-ready',
  concern: 'synchronization',
  severity: 'warning',
  preview: false,
  cwe: [362],
  category: 'race-condition',
  summary: 'A thread or callback can run before the fields that it reads are set.',
  check(analysis, report) {
    const starts = startsByScope(analysis);
    for (const [scopeId, list] of starts) {
      const scope = analysis.program.scopes[scopeId]!;
      const found = reportOn(analysis, scope, list);
      if (found) report(found);
    }
    for (const found of boundEarly(analysis)) report(found);
    for (const found of boundLate(analysis, startOf)) report(found);
    const told = new Set<number>();
    for (const list of starts.values()) {
      for (const start of list) {
        if (!start.thread || !start.direct) continue;
        for (const root of start.runs) {
          if (told.has(root)) continue;
          told.add(root);
          const found = resetsItself(analysis, root, start);
          if (found) report(found);
        }
      }
    }
  },
};

function startsByScope(analysis: Analysis): Map<number, Start[]> {
  const starts = new Map<number, Start[]>();
  const put = (start: Start) => {
    const list = starts.get(start.scope.id);
    if (list) list.push(start);
    else starts.set(start.scope.id, [start]);
  };
  for (const one of analysis.spawned) {
    if (one.scope.owner < 0 || one.scope.file.isTest || one.runs.length === 0) continue;
    if (one.spawn.model === 'asyncio' || one.spawn.model === 'process') continue;
    // A weakref's callback waits for the death of an object that is at hand.
    if (one.path.startsWith('weakref.') || one.spawn.kind === 'exit') continue;
    const at = startOf(analysis, one);
    if (at < 0) continue;
    const runs = one.runs.filter((run) => isOfReceiver(analysis, one, run));
    if (runs.length === 0) continue;
    const name = functionLabel(analysis.program.scopes[runs[0]!]!);
    const start: Start = {
      scope: one.scope,
      at,
      runs,
      words: `${name} may run from here on`,
      thread: one.spawn.kind === 'start',
      green: one.spawn.model === 'greenthread',
      direct: true,
      // A signal that comes between two statements is told, but not by default.
      idle:
        one.spawn.kind === 'signal' ||
        one.spawn.kind === 'timer' ||
        isPutOff(one.scope, at) ||
        (one.spawn.kind === 'callback' && one.spawn.model === 'greenthread' && !opens(one.scope, one.at)),
    };
    put(start);
    for (const edge of analysis.calls.callers[one.scope.id]!) {
      const caller = analysis.program.scopes[edge.caller]!;
      if (caller.owner !== one.scope.owner || caller.id === one.scope.id) continue;
      if (!analysis.lockTaking.runsAtOnce(caller, edge.at, edge.callee)) continue;
      if (analysis.lockTaking.onReceiver(caller, edge.at))
        put({ ...start, scope: caller, at: edge.at, thread: false, direct: false });
    }
  }
  const showing = new Set(analysis.facts.all(showingItself));
  for (const scope of analysis.program.scopes) {
    if (scope.name === '__init__' && scope.owner >= 0 && !scope.file.isTest)
      for (const start of [
        ...(showing.has(scope) ? [...fromConstructor(analysis, scope), ...fromParts(analysis, scope)] : []),
        ...fromRegistries(analysis, scope),
      ])
        put(start);
  }
  for (const start of [...starts.values()].flat()) for (const below of fromBases(analysis, start)) put(below);
  return starts;
}

/** The callable is a method of the receiver, or a function nested in the method. */
function isOfReceiver(analysis: Analysis, one: Spawned, run: number): boolean {
  const target = analysis.program.scopes[run]!;
  const { op, a } = one.scope.code;
  const { number } = analysis.resolver.numberings.of(one.scope);
  const value = number[one.callable]!;
  if (target.parent === one.scope.id) return false;
  return value >= 0 && value < op.length && op[value] === Op.Attribute && number[a[value]!] === op.length;
}

/** Where a spawned thread begins: its `start()` in the same function; -1 when it begins elsewhere. */
function startOf(analysis: Analysis, one: Spawned): number {
  // Constructors only make; `start()` starts.
  if (!/(^|\.)[A-Z]\w*$/.test(one.path)) return one.at;
  const { number } = analysis.resolver.numberings.of(one.scope);
  const { op, a, b, c } = one.scope.code;
  const { names } = one.scope.file.source;
  let field = -1;
  for (let at = one.at + 1; at < op.length; at++) {
    if (op[at] === Op.StoreAttribute && number[c[at]!] === one.at) field = b[at]!;
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute || names[b[a[at]!]!] !== 'start') continue;
    const thread = a[a[at]!]!;
    if (number[thread] === one.at) return at;
    if (field >= 0 && op[thread] === Op.Attribute && b[thread] === field) return at;
  }
  return -1;
}

function reportOn(analysis: Analysis, scope: Scope, starts: readonly Start[]): Report | null {
  const { program, resolver } = analysis;
  const { op, a, b } = scope.code;
  const { number } = resolver.numberings.of(scope);
  const { names } = scope.file.source;
  const inOrder = [...starts].sort((x, y) => x.at - y.at);
  const set = new Set<string>();
  let doubtful: Report | null = null;
  for (const start of inOrder) {
    let reads: ReadonlyMap<string, FieldRead> | null = null;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.StoreAttribute || number[a[at]!] !== op.length) continue;
      const name = names[b[at]!]!;
      if (at < start.at) {
        set.add(name);
        continue;
      }
      if (set.has(name)) continue;
      reads ??= fieldsRead(analysis, scope, start.runs);
      const read = reads.get(name);
      if (!read || isSetBefore(analysis, scope, name)) continue;
      if (isSetByCalls(analysis, scope, start.at, name)) continue;
      if (start.green && !givesWayBetween(analysis, scope, start, at)) continue;
      const reader = program.scopes[read.scope]!;
      const isSure = !start.idle && !read.late && (start.thread || isOnlyStore(analysis, scope, name, start));
      if (!isSure && doubtful) continue;
      const found: Report = {
        ...program.span(scope, start.at),
        message: `${functionLabel(scope)} sets \`${names[scope.code.slots[0]!]}.${name}\` only after this, but ${start.words}, and reads it.`,
        confidence: isSure ? 'medium' : 'low',
        symbol: scope.qualifiedName,
        stepsKind: 'places',
        steps: [
          { ...program.span(scope, at), message: 'It is set here.' },
          { ...program.span(reader, read.at), message: `${functionLabel(reader)} reads it.` },
        ],
      };
      if (isSure) return found;
      doubtful = found;
    }
  }
  return doubtful;
}

/** Set nowhere else in the class, by code that also called its way to the start: before it, there is no such field. */
function isOnlyStore(analysis: Analysis, scope: Scope, name: string, start: Start): boolean {
  if (!start.green && scope.name === '__init__' && start.words.startsWith('its methods')) return false;
  return analysis.resolver.classes.storesOf(scope.owner, name).length === 1;
}

/** Whether a call worth the name stands between two instructions: a greenthread runs when another gives way. */
function givesWayBetween(analysis: Analysis, scope: Scope, { at: from, direct }: Start, to: number): boolean {
  const onThisWay =
    !direct && scope.code.op[from] === Op.Call && raising(scope, from) === 2 && !isRegistration(scope, from);
  for (let at = from + 1; at < to; at++)
    if (raising(scope, at) === 2 && !isRegistration(scope, at) && !onlyMakes(analysis, scope, at))
      return true;
  return onThisWay;
}

/** `GreenPool(8)`, `spawn(f)`: makes an object, or readies a greenthread for later; `getcurrent()`: what the library of
 * greenthreads does without waiting for anything. */
function onlyMakes(analysis: Analysis, scope: Scope, at: number): boolean {
  if (scope.code.op[at] !== Op.Call) return false;
  if (/^([A-Z]|spawn)/.test(calleeName(scope, at))) return true;
  const { resolver, library } = analysis;
  const targets = resolver.targets(scope.id, at);
  return (
    targets.length > 0 &&
    targets.every(
      (one) =>
        one.kind === 'library' &&
        /^(gevent|eventlet|greenlet)\./.test(one.path) &&
        library.find(library.yields, one.path) === undefined,
    )
  );
}

function isRegistration(scope: Scope, call: number): boolean {
  return scope.code.op[call] === Op.Call && registering.test(calleeName(scope, call));
}

/** Set elsewhere before: by the constructor, by a base class, in the class body. */
function isSetBefore(analysis: Analysis, scope: Scope, name: string): boolean {
  const { resolver, program } = analysis;
  for (const entity of resolver.classes.order(scope.owner)) {
    if (resolver.entities.path(entity) !== '') continue;
    const owner = resolver.entities.x[entity]!;
    if (resolver.bindings.of(owner, name).length > 0) return true;
    for (const store of resolver.classes.storesOf(owner, name)) {
      if (
        store.scope !== scope.id &&
        (analysis.construction[store.scope] || program.scopes[store.scope]!.name === '__init__')
      )
        return true;
    }
  }
  return false;
}

/** Set by a method that the function calls on its object before the start: `self._reset()`. */
function isSetByCalls(analysis: Analysis, scope: Scope, start: number, name: string): boolean {
  const { resolver, lockTaking } = analysis;
  const stores = resolver.classes
    .storesOf(resolver.classes.ownerOf(scope.owner, name), name)
    .map((store) => store.scope);
  for (let at = 0; at < start; at++) {
    if (scope.code.op[at] !== Op.Call || !lockTaking.onReceiver(scope, at)) continue;
    for (const target of resolver.targets(scope.id, at)) {
      if (target.kind !== 'function') continue;
      if (reachedFrom(analysis, target.scope, 2).some((one) => stores.includes(one.scope.id))) return true;
    }
  }
  return false;
}

interface FieldRead {
  readonly scope: number;
  readonly at: number;
  /** Only when others have had the object. */
  readonly late: boolean;
}

/** Fields of the receiver that functions read without having set them first, themselves or through calls on it. */
function fieldsRead(
  analysis: Analysis,
  starter: Scope,
  runs: readonly number[],
): ReadonlyMap<string, FieldRead> {
  const { owner } = starter;
  const reads = new Map<string, FieldRead>();
  for (const run of runs) {
    const reached = reachedFrom(analysis, run, 3);
    const served = new Served(analysis, owner, starter, reached);
    for (let index = 0; index < reached.length; index++) {
      const { scope } = reached[index]!;
      if (scope.owner !== owner && !isBase(analysis, owner, scope.owner)) continue;
      const { op, a, b } = scope.code;
      const { number, user } = analysis.resolver.numberings.of(scope);
      const own = new Set<number>();
      const asked = askedFor(scope);
      for (let at = 0; at < op.length; at++) {
        if (op[at] === Op.StoreAttribute && number[a[at]!] === op.length) own.add(b[at]!);
        if (op[at] !== Op.Attribute || number[a[at]!] !== op.length || own.has(b[at]!)) continue;
        const name = scope.file.source.names[b[at]!]!;
        const by = user[at]!;
        if (by >= 0 && op[by] === Op.Call && calleeName(scope, by) === 'hasattr') continue;
        if (asked.has(name)) continue;
        const late = served.isLate(index, at);
        const known = reads.get(name);
        if (!known || (known.late && !late)) reads.set(name, { scope: scope.id, at, late });
      }
    }
  }
  return reads;
}

/** The fields that a function asks for by name before it reads them: `hasattr(self, 'socket')`. */
function askedFor(scope: Scope): ReadonlySet<string> {
  const { op, a } = scope.code;
  const found = new Set<string>();
  op.forEach((one, at) => {
    if (one !== Op.Call || !/^(hasattr|getattr)$/.test(calleeName(scope, at))) return;
    const name = positional(scope.code, at, 1);
    if (name >= 0 && op[name] === Op.Const) found.add(scope.file.source.constants[a[name]!]!.text);
  });
  return found;
}

function isBase(analysis: Analysis, classScope: number, other: number): boolean {
  if (other < 0) return false;
  const { classes, entities } = analysis.resolver;
  return classes
    .order(classScope)
    .some((entity) => entities.path(entity) === '' && entities.x[entity] === other);
}

/** A thread that sets its own flag to a constant as it begins, when another method sets it to the opposite. */
function resetsItself(analysis: Analysis, root: number, start: Start): Report | null {
  const { program, resolver } = analysis;
  const scope = program.scopes[root]!;
  if (scope.owner < 0) return null;
  const { op, a, b, c } = scope.code;
  const { number } = resolver.numberings.of(scope);
  const { names } = scope.file.source;
  for (let at = 0; at < op.length && op[at] !== Op.Loop && op[at] !== Op.If; at++) {
    if (op[at] !== Op.StoreAttribute || number[a[at]!] !== op.length) continue;
    const name = names[b[at]!]!;
    if (truth(scope, c[at]!) !== false || !/stop|terminat|quit|exit|shut|done|abort|cancel|clos/i.test(name))
      continue;
    for (const store of resolver.classes.storesOf(scope.owner, name)) {
      const other = program.scopes[store.scope]!;
      if (store.scope === root || analysis.construction[store.scope] || truth(other, store.value) !== true)
        continue;
      if (isWaitedFor(analysis, start, scope, at)) continue;
      return {
        ...program.span(scope, at),
        message: `${functionLabel(scope)} clears \`${names[scope.code.slots[0]!]}.${name}\` in the thread itself: a ${functionLabel(other)} that comes between the start and this line is lost.`,
        // Whoever calls that has mostly waited for the thread to be at work.
        confidence: 'low',
        symbol: scope.qualifiedName,
        stepsKind: 'places',
        steps: [
          { ...program.span(start.scope, start.at), message: 'The thread is started here.' },
          { ...program.span(other, store.at), message: `${functionLabel(other)} asks it to end.` },
        ],
      };
    }
  }
  return null;
}

/** The starter goes on only when the thread has said that it is past this: `self._started.wait()`. */
function isWaitedFor({ resolver }: Analysis, start: Start, thread: Scope, from: number): boolean {
  const fields = (scope: Scope, name: string, behind: number) => {
    const { op, a, b } = scope.code;
    const { number } = resolver.numberings.of(scope);
    return [...op.keys()].flatMap((at) => {
      if (at < behind || op[at] !== Op.Call || calleeName(scope, at) !== name) return [];
      const object = op[a[at]!] === Op.Attribute ? a[a[at]!]! : -1;
      if (object < 0 || op[object] !== Op.Attribute || number[a[object]!] !== op.length) return [];
      return [scope.file.source.names[b[object]!]!];
    });
  };
  const said = fields(thread, 'set', from);
  return fields(start.scope, 'wait', start.at).some((name) => said.includes(name));
}
