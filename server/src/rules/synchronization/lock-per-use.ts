// Rule 110: a lock that only its own user ever sees: made in the `with`, in a local that goes nowhere, by a function
// that makes a new one on every call, with an object that each request has anew, or under a name that is new every time. Locks that live on are rule 112's.

import { EntityKind } from '../../flow/entities';
import { lockKinds, makesLock } from '../../flow/lock-kinds';
import { argumentAt } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op, ScopeKind } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import type { FixProposal } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel } from './access-words';
import { freshFallback, freshName } from './fresh-names';
import { hoistFix } from './hoisting';
import { onlyLocked } from './lone-locks';
import { Change, changeUnder } from './outliving-changes';
import { isMadeForRequest } from './ownership';

export const rule: Rule = {
  number: 110,
  name: 'lock-per-use',
  concern: 'synchronization',
  severity: 'error',
  preview: false,
  cwe: [667],
  category: 'lock-misuse',
  summary: 'A lock is made anew for each use, so that nobody ever waits for it.',
  check(analysis, report) {
    const { lockUses } = analysis;
    for (const scopeId of lockUses.scopes()) {
      // What a test makes ends with it.
      if (analysis.program.scopes[scopeId]!.file.isTest) continue;
      const told = new Set<number>();
      for (const use of lockUses.of(scopeId)) {
        if (use.kind !== UseKind.With && use.kind !== UseKind.Acquire) continue;
        if (told.has(use.number)) continue;
        const found = reportOn(analysis, use);
        if (!found) continue;
        told.add(use.number);
        report(found);
      }
    }
  },
};

function reportOn(analysis: Analysis, use: LockUse): Report | null {
  const { resolver } = analysis;
  const { scope, number } = use;
  const { op } = scope.code;
  if (number < 0 || number >= op.length) return null;
  if (op[number] === Op.Attribute)
    return ofFreshOwner(analysis, use) ?? ofProperty(analysis, use) ?? ofRequest(analysis, use);
  if (op[number] !== Op.Call) return null;
  const kinds = lockKinds(resolver, scope.id, number);
  const made = resolver.targets(scope.id, number).some((target) => target.kind === 'library');
  // `getattr(self, '_lock', Lock())`: the fallback of a lock that is there.
  if (resolver.libraryPath(scope.id, scope.code.a[number]!) === 'getattr') return null;
  if (made && kinds.length === 1) {
    const { name, kind, model } = kinds[0]!;
    if (name) {
      const value = argumentAt(scope, number, name);
      return value < 0 ? null : ofFreshName(analysis, use, number, value);
    }
    // A lock of the host (a file, a key) is found again by its name; a condition may serve as a timer.
    if (model === 'host' || kind === 'condition' || kind === 'distributed' || kind === 'file') return null;
    if (!makesLock(resolver, scope.id, number)) return null;
    if (scope.code.kind === ScopeKind.Module || !onlyLocked(analysis, scope, number)) return null;
    return ofConstructor(analysis, use, number);
  }
  if (made) return ofNamed(analysis, use, number);
  const own = ofOwnFileLock(analysis, use, number);
  if (own) return own;
  return kinds.length === 0 ? null : ofFactory(analysis, use, number);
}

function ofConstructor(analysis: Analysis, use: LockUse, made: number): Report | null {
  const change = changeUnder(analysis, use);
  if (change === Change.Own) return null;
  const { program } = analysis;
  const { scope } = use;
  const inPlace = use.object === made;
  return {
    ...program.span(scope, inPlace ? made : use.object),
    message: inPlace
      ? `${functionLabel(scope)} makes this lock only to take it: each use has a lock of its own, so nobody waits.`
      : `${functionLabel(scope)} takes a lock that it has just made and that nobody else can see: it guards nothing.`,
    confidence: change === Change.Others ? 'high' : 'low',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: inPlace
      ? []
      : [{ ...program.span(scope, made), message: 'The lock is made here, anew on every call.' }],
    fixes: fixOf(analysis, scope, made),
  };
}

function fixOf(analysis: Analysis, scope: Scope, made: number): readonly FixProposal[] {
  const fix = hoistFix(analysis, scope, made);
  return fix ? [fix] : [];
}

/** `with get_lock():` where the function makes a new lock on every call. */
function ofFactory(analysis: Analysis, use: LockUse, call: number): Report | null {
  if (!onlyLocked(analysis, use.scope, call)) return null;
  for (const target of analysis.resolver.targets(use.scope.id, call)) {
    if (target.kind !== 'function') return null;
    const found = freshReturn(analysis, target.scope);
    if (found < 0) return null;
    return fromElsewhere(analysis, use, analysis.program.scopes[target.scope]!, found);
  }
  return null;
}

/** `with self.lock:` where `lock` is a property that makes a new lock on every read. */
function ofProperty(analysis: Analysis, use: LockUse): Report | null {
  const { resolver } = analysis;
  const { scope, number } = use;
  const { a, b } = scope.code;
  const name = scope.file.source.names[b[number]!]!;
  for (const entity of resolver.denotes(scope.id, a[number]!)) {
    if (resolver.entities.kind[entity] !== EntityKind.Instance) return null;
    const method = resolver.classes.method(resolver.entities.x[entity]!, name);
    if (method < 0) return null;
    const found = analysis.program.scopes[method]!;
    if (!isPlainProperty(analysis, found)) return null;
    const made = freshReturn(analysis, method);
    if (made < 0) return null;
    const fixes = found.file === scope.file ? fixOf(analysis, found, made) : [];
    return { ...fromElsewhere(analysis, use, found, made), fixes };
  }
  return null;
}

/** A field's lock of an object that a framework makes for each request: no other request has it. */
function ofRequest(analysis: Analysis, use: LockUse): Report | null {
  const { resolver, program } = analysis;
  const { scope, number } = use;
  if (!analysis.lockTaking.ofReceiver(scope, number) || !isMadeForRequest(analysis, scope.owner)) return null;
  const name = scope.file.source.names[scope.code.b[number]!]!;
  const store = resolver.classes.storesOf(resolver.classes.ownerOf(scope.owner, name), name)[0];
  if (!store || lockKinds(resolver, store.scope, store.value).length === 0) return null;
  const maker = program.scopes[store.scope]!;
  if (maker.code.op[store.value] !== Op.Call) return null;
  // Threads that the object starts itself may share it.
  if (analysis.spawned.some((one) => one.scope.owner === scope.owner)) return null;
  return {
    ...program.span(scope, use.object),
    message: `${functionLabel(scope)} takes a lock that each request has for itself: the object is made anew for every request, and the lock with it.`,
    // It may be there for the parts of this one request.
    confidence: 'low',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [{ ...program.span(maker, store.at), message: 'The lock is made here, with the object.' }],
  };
}

function isPlainProperty(analysis: Analysis, scope: Scope): boolean {
  const outer = analysis.program.scopes[scope.parent]!;
  const { op, a, extra, b } = outer.code;
  if (scope.definedAt < 0 || op[scope.definedAt] !== Op.Function) return false;
  const from = b[scope.definedAt]!;
  if (extra[from] !== 1) return false;
  const decorator = extra[from + 1]!;
  return op[decorator] === Op.Global && outer.file.source.names[a[decorator]!] === 'property';
}

/** The lock constructor's call that a function returns on every path; -1 when it does anything else. */
function freshReturn(analysis: Analysis, functionScope: number): number {
  const { resolver, program } = analysis;
  const scope = program.scopes[functionScope]!;
  const outer = scope.parent < 0 ? null : program.scopes[scope.parent]!;
  if (outer && scope.definedAt >= 0 && outer.code.op[scope.definedAt] === Op.Function) {
    const decorators = outer.code.extra[outer.code.b[scope.definedAt]!]!;
    if (decorators > 1) return -1;
    const first = outer.code.extra[outer.code.b[scope.definedAt]! + 1]!;
    // A cache in front of the function makes one lock of it again.
    if (
      decorators === 1 &&
      !/(property|staticmethod|classmethod)$/.test(outer.file.source.names[outer.code.a[first]!] ?? '')
    )
      return -1;
  }
  const { number } = resolver.numberings.of(scope);
  const { op, a } = scope.code;
  let made = -1;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Yield) return -1;
    if (op[at] !== Op.Return) continue;
    const value = a[at]! < 0 ? -1 : number[a[at]!]!;
    if (value < 0 || value >= op.length || op[value] !== Op.Call) return -1;
    const [kind, ...others] = lockKinds(resolver, functionScope, value);
    if (!kind || others.length > 0 || kind.name || kind.model === 'host') return -1;
    if (!makesLock(resolver, functionScope, value)) return -1;
    if (!onlyReturned(analysis, scope, value)) return -1;
    made = value;
  }
  return made;
}

/** Whether a made lock is handed to the caller and nowhere else. */
function onlyReturned(analysis: Analysis, scope: Scope, made: number): boolean {
  const { number } = analysis.resolver.numberings.of(scope);
  const { op, a, b, c, extra, captured } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreLocal && number[b[at]!] === made && captured[a[at]!]) return false;
    if (op[at] === Op.StoreAttribute && number[c[at]!] === made) return false;
    if (op[at] === Op.StoreItem && number[c[at]!] === made) return false;
    if (op[at] === Op.StoreGlobal && number[b[at]!] === made) return false;
    if (op[at] !== Op.Call) continue;
    const from = b[at]!;
    for (let k = 0; k < extra[from]!; k++) if (number[extra[from + 2 + 2 * k]!] === made) return false;
  }
  return true;
}

/** `with Counter()._lock:`: the lock of an object that was made for this statement. */
function ofFreshOwner(analysis: Analysis, use: LockUse): Report | null {
  const { resolver, program } = analysis;
  const { scope, number } = use;
  const { op, a, b } = scope.code;
  const owner = a[number]!;
  if (op[owner] !== Op.Call) return null;
  const [target, ...others] = resolver.targets(scope.id, owner);
  if (target?.kind !== 'class' || others.length > 0) return null;
  const name = scope.file.source.names[b[number]!]!;
  const [store, ...more] = resolver.classes.storesOf(target.scope, name);
  if (!store || more.length > 0) return null;
  const maker = program.scopes[store.scope]!;
  const value = resolver.numberings.of(maker).number[store.value]!;
  if (maker.name !== '__init__' || value < 0 || maker.code.op[value] !== Op.Call) return null;
  if (lockKinds(resolver, maker.id, value).length === 0) return null;
  return fromElsewhere(analysis, use, maker, value);
}

function fromElsewhere(analysis: Analysis, use: LockUse, maker: Scope, made: number): Report {
  const { program } = analysis;
  return {
    ...program.span(use.scope, use.object),
    message: `${functionLabel(use.scope)} takes a lock that ${functionLabel(maker)} makes anew on every call: it guards nothing.`,
    confidence: 'high',
    symbol: use.scope.qualifiedName,
    stepsKind: 'places',
    steps: [{ ...program.span(maker, made), message: 'A new lock each time.' }],
  };
}

/** A named lock whose name is new on every call. */
function ofNamed(analysis: Analysis, use: LockUse, call: number): Report | null {
  const { resolver } = analysis;
  for (const target of resolver.targets(use.scope.id, call)) {
    if (target.kind !== 'library') continue;
    const known = resolver.library.find(resolver.library.namedLocks, target.path);
    if (!known || known.use === 'prefix-factory') continue;
    const value = argumentAt(use.scope, call, known.name);
    if (value >= 0) return ofFreshName(analysis, use, call, value);
  }
  return null;
}

/** A lock of the program's own that is made for a path: `InterProcessLock(path)`. */
function ofOwnFileLock(analysis: Analysis, use: LockUse, call: number): Report | null {
  const { program, resolver } = analysis;
  const isLock = resolver
    .targets(use.scope.id, call)
    .some((target) => target.kind === 'class' && /lock|mutex/i.test(program.scopes[target.scope]!.name));
  const path = isLock ? positional(use.scope.code, call, 0) : -1;
  return path < 0 ? null : ofFreshName(analysis, use, call, path);
}

function ofFreshName(analysis: Analysis, use: LockUse, call: number, value: number): Report | null {
  const { program } = analysis;
  const always = freshName(analysis, use.scope, value);
  const source = always < 0 ? freshFallback(analysis, use.scope, value) : always;
  if (source < 0) return null;
  const what =
    always < 0
      ? 'takes a lock in a folder that, where none is given, is new every time: nobody else ever looks there'
      : 'takes a lock under a name that is new every time: nobody else ever asks for it';
  return {
    ...program.span(use.scope, use.object),
    message: `${functionLabel(use.scope)} ${what}.`,
    confidence: 'medium',
    symbol: use.scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      { ...program.span(use.scope, source), message: 'The name is made here, different on each call.' },
      ...(use.object === call
        ? []
        : [{ ...program.span(use.scope, call), message: 'The lock is made here.' }]),
    ],
  };
}
