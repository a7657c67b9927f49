// Rule 112: a lock that stands in a field or module variable and is made again, or made only on first use, while
// others may hold or take it. Locks of asyncio are exempt: between a test and a store without await nobody runs.

import { lastName } from '../../flow/function-facts';
import { isCounting } from '../../flow/lock-kinds';
import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { CodeFlag, Op, ScopeKind, UnaryOperator } from '../../syntax/code';
import { classExtra, functionExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { UseKind } from '../../whole/lock-uses';
import type { Report, Rule } from '../rule';
import { functionLabel } from './access-words';
import { keyedMaking } from './keyed-makings';
import { calleeName, enclosing, endOf, openingOf, partsOf } from './lock-words';

export const rule: Rule = {
  number: 112,
  name: 'lock-rebound',
  concern: 'synchronization',
  severity: 'warning',
  preview: false,
  cwe: [667],
  category: 'lock-misuse',
  summary: 'A lock is made again, or made on first use, while others may already use the old one or none.',
  check(analysis, report) {
    const used = new Set<string>();
    for (const use of analysis.lockUses.all) {
      if (use.kind !== UseKind.With && use.kind !== UseKind.Acquire) continue;
      for (const lock of analysis.locks.of(use.scope.id, use.number)) used.add(lock.key);
    }
    for (const path of analysis.libraryCalls.paths()) {
      const known = analysis.library.lockConstructors.get(path);
      if (!known || known.model === 'asyncio' || known.model === 'host') continue;
      for (const { scope, at } of analysis.libraryCalls.of(path)) {
        // A semaphore bounds how many work at once; another bound is no lost exclusion.
        if (isCounting(analysis.resolver, [{ scope: scope.id, value: at }])) continue;
        const found = reportOn(analysis, scope, at, used);
        // Greenthreads do not change between the look and the store.
        const keyed = found || known.model !== 'thread' ? null : underKey(analysis, scope, at);
        if (keyed) report(keyed);
        if (found) report(found);
      }
    }
  },
};

interface Target {
  readonly store: number;
  readonly key: string;
  readonly label: string;
  /** Stores of the same place while the object or module is made, other than None. */
  readonly madeBefore: readonly { readonly scope: number; readonly at: number }[];
  /** Value number by which the code reads the place. */
  isRead(at: number): boolean;
}

function reportOn(analysis: Analysis, scope: Scope, made: number, used: ReadonlySet<string>): Report | null {
  if (scope.code.kind !== ScopeKind.Function || scope.file.isTest || analysis.construction[scope.id])
    return null;
  if (/^__(setstate|copy|deepcopy|new)__$/.test(scope.name) || isForFork(analysis, scope)) return null;
  if (isForkHandler(analysis, scope)) return null;
  const target = targetOf(analysis, scope, made);
  if (!target || !used.has(target.key)) return null;
  const lazy = isLazy(analysis, scope, target);
  const held = analysis.entryLocks.at(scope, target.store);
  if (lazy && (held.length > 0 || isHandedOnAfter(analysis, scope, target))) return null;
  const { program } = analysis;
  const asked = conditionsAround(analysis, scope, target.store);
  // `if self.shared: self._lock = Lock()`, and later `if not self.shared:` another: there was none.
  const madeBefore = target.madeBefore.filter((one) => {
    const before = conditionsAround(analysis, program.scopes[one.scope]!, one.at);
    return !before.some((condition) => asked.includes(opposite(condition)));
  });
  if ((!lazy && madeBefore.length === 0) || isClassDecorator(analysis, scope)) return null;
  return {
    ...program.span(scope, target.store),
    message: lazy
      ? `${functionLabel(scope)} makes ${target.label} on first use, and nothing keeps two threads from making one each.`
      : `${functionLabel(scope)} puts a new lock into ${target.label}: whoever holds or waits for the old one no longer keeps others out.`,
    // Coroutines of one loop do not meet between the test and the store, and a lock around a single store keeps nothing
    // apart, one or two of them.
    confidence:
      lazy && (scope.code.flags & CodeFlag.Async || !guardsSteps(analysis, target.key)) ? 'low' : 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: madeBefore.slice(0, 3).map((one) => ({
      ...program.span(program.scopes[one.scope]!, one.at),
      message: 'The lock is first made here.',
    })),
  };
}

/** `if key not in self._locks: self._locks[key] = Lock()`. */
function underKey(analysis: Analysis, scope: Scope, made: number): Report | null {
  if (scope.code.kind !== ScopeKind.Function || scope.file.isTest || analysis.construction[scope.id])
    return null;
  const found = keyedMaking(analysis, scope, made);
  if (!found) return null;
  return {
    ...analysis.program.span(scope, found.store),
    message: `${functionLabel(scope)} makes a lock for a key that \`${found.label}\` does not have, and nothing keeps two threads from making one each and entering together.`,
    confidence: found.likely ? 'medium' : 'low',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [],
  };
}

/** Nobody calls the method, and who hands it to others has seen to it that the lock is there. */
function isHandedOnAfter(analysis: Analysis, scope: Scope, { key }: Target): boolean {
  const { program, resolver, calls } = analysis;
  if (scope.owner < 0 || !key.startsWith('field:')) return false;
  if (calls.callers[scope.id]!.some(({ caller }) => !program.scopes[caller]!.file.isTest)) return false;
  const field = key.slice(key.lastIndexOf(':') + 1);
  let count = 0;
  for (const where of program.scopes) {
    if (where.owner !== scope.owner) continue;
    const { op, a, b, c } = where.code;
    const { names } = where.file.source;
    const { number } = resolver.numberings.of(where);
    let isMade = false;
    for (let at = 0; at < op.length; at++) {
      const isOwn = number[a[at]!] === op.length;
      if (isOwn && op[at] === Op.StoreAttribute && names[b[at]!] === field)
        isMade ||= isLockCall(analysis, where.id, c[at]!);
      if (!isOwn || op[at] !== Op.Attribute || names[b[at]!] !== scope.name) continue;
      if (!isMade) return false;
      count++;
    }
  }
  return count > 0;
}

/** Whether several steps stand under the lock somewhere: calls, or more than one store. */
function guardsSteps({ lockUses, locks }: Analysis, key: string): boolean {
  return lockUses.all.some(({ kind, scope, number, at }) => {
    if (kind !== UseKind.With && kind !== UseKind.Acquire) return false;
    if (!locks.of(scope.id, number).some((lock) => lock.key === key)) return false;
    const { op } = scope.code;
    const end = kind === UseKind.With ? endOf(scope.code, at) : op.length;
    let stores = 0;
    for (let k = at + 1; k < end; k++) {
      if (op[k] === Op.Call) {
        const name = calleeName(scope, k);
        if (name === 'release' && kind === UseKind.Acquire) break;
        if (name !== 'release') return true;
      }
      if (op[k]! >= Op.StoreGlobal && op[k]! <= Op.DeleteItem) stores++;
    }
    return stores > 1;
  });
}

/** It stands before a class of a module: it runs once for each, while the module is imported. */
function isClassDecorator({ program }: Analysis, { name }: Scope): boolean {
  return program.scopes.some(({ code, parent, definedAt, file: where }) => {
    if (code.kind !== ScopeKind.Class || definedAt < 0 || !where.source.names.includes(name)) return false;
    const outer = program.scopes[parent]!;
    if (outer.code.kind !== ScopeKind.Module) return false;
    return classExtra(outer.code, definedAt).decorators.some((value) => lastName(outer, value) === name);
  });
}

function targetOf(analysis: Analysis, scope: Scope, made: number): Target | null {
  const { resolver } = analysis;
  const { number, user } = resolver.numberings.of(scope);
  const { op, a, b, c } = scope.code;
  const { names } = scope.file.source;
  const store = user[made]!;
  if (store < 0) return null;
  if (op[store] === Op.StoreAttribute && c[store] === made) {
    if (scope.owner < 0 || number[a[store]!] !== op.length) return null;
    const name = names[b[store]!]!;
    const owner = resolver.classes.ownerOf(scope.owner, name);
    const others = [
      ...resolver.classes.storesOf(owner, name),
      ...resolver.bindings.of(owner, name).filter((one) => isLockCall(analysis, one.scope, one.value)),
    ];
    return {
      store,
      key: `field:${owner}:${name}`,
      label: `\`${names[scope.code.slots[0]!]}.${name}\``,
      madeBefore: others.filter(
        (one) => analysis.construction[one.scope] === 1 && isLockCall(analysis, one.scope, one.value),
      ),
      isRead: (at) => op[at] === Op.Attribute && names[b[at]!] === name && number[a[at]!] === op.length,
    };
  }
  if (op[store] !== Op.StoreGlobal || b[store] !== made) return null;
  const name = names[a[store]!]!;
  const all = resolver.bindings.of(scope.file.firstScope, name);
  return {
    store,
    key: `global:${scope.file.path}:${name}`,
    label: `\`${name}\``,
    madeBefore: all.filter(
      (one) => analysis.construction[one.scope] === 1 && isLockCall(analysis, one.scope, one.value),
    ),
    isRead: (at) => op[at] === Op.Global && names[a[at]!] === name,
  };
}

/** The fields of the receiver and variables of the module that are true, or with a `!` false, where an instruction runs. */
function conditionsAround(analysis: Analysis, scope: Scope, at: number): readonly string[] {
  const { op, a, b, c } = scope.code;
  const { names } = scope.file.source;
  const { number } = analysis.resolver.numberings.of(scope);
  const found: string[] = [];
  for (const part of enclosing(scope.code, at)) {
    const opening = op[part] === Op.Else ? openingOf(scope.code, part) : part;
    if (opening < 0 || op[opening] !== Op.If) continue;
    let value = a[opening]!;
    let holds = part === opening;
    for (; value >= 0 && op[value] === Op.Unary && c[value] === UnaryOperator.Not; value = a[value]!)
      holds = !holds;
    if (value < 0) continue;
    const sign = holds ? '' : '!';
    if (op[value] === Op.Global) found.push(`${sign}${names[a[value]!]!}`);
    if (op[value] === Op.Attribute && number[a[value]!] === op.length)
      found.push(`${sign}.${names[b[value]!]!}`);
  }
  return found;
}

function opposite(condition: string): string {
  return condition.startsWith('!') ? condition.slice(1) : `!${condition}`;
}

function isLockCall(analysis: Analysis, scopeId: number, value: number): boolean {
  const { code } = analysis.program.scopes[scopeId]!;
  if (code.op[value] !== Op.Call) return false;
  return analysis.resolver
    .targets(scopeId, value)
    .some((one) => one.kind === 'library' && analysis.library.lockConstructors.get(one.path) !== undefined);
}

/** Whether the store happens only where the place was found empty: a test of it, or an AttributeError. */
function isLazy(analysis: Analysis, scope: Scope, target: Target): boolean {
  const { op, a } = scope.code;
  for (const part of enclosing(scope.code, target.store)) {
    if (op[part] === Op.If && a[part]! >= 0) {
      for (const k of partsOf(scope.code, part)) {
        if (target.isRead(k)) return true;
        if (op[k] === Op.Global && scope.file.source.names[a[k]!] === 'hasattr') return true;
      }
    }
    if (op[part] === Op.Except && a[part]! >= 0) {
      const type = a[part]!;
      if (op[type] !== Op.Global || !/^(AttributeError|NameError)$/.test(scope.file.source.names[a[type]!]!))
        continue;
      for (let k = part; k >= 0 && op[k] !== Op.Try; k--) if (target.isRead(k)) return true;
    }
  }
  return analysis.construction[scope.id] === 1;
}

/** It is handed over where something is called that speaks of forks: `os.register_at_fork(after_in_child=self._reset)`,
 * `forksafe.register(reset)`, `@after_fork`. */
function isForkHandler({ program, resolver, facts }: Analysis, scope: Scope): boolean {
  const { file } = scope;
  if (!program.mentions(file, forks)) return false;
  const outer = program.scopes[scope.parent];
  if (outer && scope.definedAt >= 0 && outer.code.op[scope.definedAt] === Op.Function) {
    const { decorators } = functionExtra(outer.code, scope.definedAt);
    if (decorators.some((one) => speaksOfForks(outer, one))) return true;
  }
  return facts.all(callersOfForks).some((where) => {
    if (where.file !== file) return false;
    const { op, a, b } = where.code;
    const { user } = resolver.numberings.of(where);
    return op.some((one, at) => {
      const name = one === Op.Attribute ? b[at]! : one === Op.Global ? a[at]! : -1;
      if (name < 0 || file.source.names[name] !== scope.name) return false;
      const by = user[at]!;
      return by >= 0 && op[by] === Op.Call && a[by] !== at;
    });
  });
}

const forks = /fork/i;
const none: readonly Scope[] = [];

/** The scope, if it calls something that is named for forks. */
function callersOfForks({ program }: Resolver, scope: Scope): readonly Scope[] {
  if (!program.mentions(scope.file, forks)) return none;
  const { op } = scope.code;
  return op.some((one, at) => one === Op.Call && speaksOfForks(scope, at)) ? [scope] : none;
}

/** Whether what is called, or where it is found, is named for forks. */
function speaksOfForks({ code: { op, a, b }, file: { source } }: Scope, value: number): boolean {
  for (let at = value; ; at = a[at]!) {
    if (op[at] === Op.Global) return /fork/i.test(source.names[a[at]!]!);
    if (op[at] === Op.Attribute && /fork/i.test(source.names[b[at]!]!)) return true;
    if (op[at] !== Op.Attribute && op[at] !== Op.Call) return false;
  }
}

/** Makes anew what a forked child must not have as the parent left it: says so, compares process ids, or is called
 * by such functions alone. */
function isForFork(analysis: Analysis, scope: Scope, depth = 2): boolean {
  if (/fork/i.test(scope.qualifiedName) || handlesFork(scope)) return true;
  const callers = analysis.calls.callers[scope.id]!;
  return (
    depth > 0 &&
    callers.length > 0 &&
    callers.every(({ caller }) => isForFork(analysis, analysis.program.scopes[caller]!, depth - 1))
  );
}

/** A function that compares process ids makes new locks because the old ones are of the parent. */
function handlesFork(scope: Scope): boolean {
  const { op, b } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Attribute && scope.file.source.names[b[at]!] === 'getpid') return true;
  }
  return false;
}
