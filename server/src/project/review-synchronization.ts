// What a review says of a file's locks: which functions enter with which lock, which state each lock guards and on
// how many accesses, and which state is changed with no lock in sight.

import { isWrite } from '../flow/accesses';
import type { Lock } from '../flow/locks';
import type { Scope } from '../program/program';
import { ScopeKind } from '../syntax/code';
import type { Span } from '../text/span';
import type { Analysis } from '../whole/analysis';
import type { Guarded } from '../whole/guards';
import { rootWords } from '../whole/roots';
import type { ProjectFile } from './positions';
import type { Statement } from './protocol';
import { type Facts, labelsOf, listOf } from './review-facts';
import { statement } from './statement';

/** More places than these tell a reader nothing. */
const mostPlaces = 40;
/** More names than these hide what is said of them. */
const mostNames = 6;

/** Functions run in these, and as the others. */
const byRun: ReadonlySet<string> = new Set(['start', 'timer', 'pool']);

/** What is said of a lock, once it is decided how to call it. */
interface LockStatement {
  readonly lock: Lock;
  readonly words: (name: string) => string;
  readonly sites: readonly Span[];
}

interface Site {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The synchronization facts of a file. */
export function reviewSynchronization(analysis: Analysis, file: ProjectFile): Facts {
  const scopes = analysis.program.scopes.filter((scope) => scope.file.path === file.path);
  const told = [
    ...entryStatements(analysis, scopes),
    ...contractStatements(analysis, scopes),
    ...guardStatements(analysis, file),
  ];
  const nameOf = lockNames(
    analysis,
    told.map(({ lock }) => lock),
  );
  const good = told.map(({ lock, words, sites }) => statement(file, words(nameOf(lock)), sites));
  const noted = runStatements(analysis, file, scopes);
  if (good.length + noted.length === 0) {
    noted.push(statement(file, 'The file takes no lock, and starts no thread that Airlock knows.', []));
  }
  return { good, noted, undecided: undecidedStatements(analysis, file) };
}

/** "`_sweep()` runs in a thread": functions of the file that somebody else enters. */
function runStatements(analysis: Analysis, file: ProjectFile, scopes: readonly Scope[]): Statement[] {
  const own = new Set(scopes.map(({ id }) => id));
  const byWords = new Map<string, Site[]>();
  for (const root of analysis.roots.all) {
    if (!own.has(root.scope)) continue;
    const scope = analysis.program.scopes[root.scope]!;
    const words = `${byRun.has(root.kind) ? 'in' : 'as'} ${rootWords(root)}${root.many ? ', several at a time' : ''}`;
    push(byWords, words, { name: scope.name, ...analysis.program.nameSpan(scope) });
  }
  return [...byWords].map(([words, sites]) => {
    const what = sites.length > mostNames ? `${sites.length} functions` : names(sites);
    const plural = words.replace(/^as an? ([\w ]+)/, 'as $1s');
    const text = sites.length === 1 ? `${what} runs ${words}` : `${what} run ${plural}`;
    return statement(file, text, sites);
  });
}

/** "4 functions are only called with the lock held". */
function contractStatements(analysis: Analysis, scopes: readonly Scope[]): LockStatement[] {
  const byLock = new Map<Lock, Site[]>();
  for (const scope of scopes) {
    if (scope.code.kind !== ScopeKind.Function || scope.file.isTest) continue;
    for (const lock of analysis.entryLocks.of(scope))
      push(byLock, lock, { name: scope.name, ...analysis.program.nameSpan(scope) });
  }
  return [...byLock].map(([lock, sites]) => {
    const many = count(sites.length, 'function is', 'functions are');
    return { lock, sites, words: (name) => `${many} only called while ${name} is held${listed(sites)}` };
  });
}

/** "3 functions take 'port-forwarding' for their whole body". */
function entryStatements(analysis: Analysis, scopes: readonly Scope[]): LockStatement[] {
  const wrapped = new Map<Lock, Site[]>();
  const inside = new Map<Lock, Site[]>();
  for (const scope of scopes) {
    if (scope.code.kind !== ScopeKind.Function) continue;
    const outer = scope.parent < 0 ? null : analysis.program.scopes[scope.parent]!;
    for (const { lock, decorator } of analysis.entryLocks.wrappersOf(scope)) {
      if (outer) push(wrapped, lock, { name: scope.name, ...analysis.program.span(outer, decorator) });
    }
    const { held, sets } = analysis.resolver.numberings.of(scope);
    const told = new Set<Lock>();
    for (let at = 1; at < held.length; at++) {
      if (held[at] === held[at - 1] || sets.lists[held[at]!]!.length === 0) continue;
      for (const lock of analysis.locks.ofSet(scope.id, held[at]!)) {
        if (told.has(lock)) continue;
        told.add(lock);
        push(inside, lock, { name: scope.name, ...analysis.program.span(scope, at - 1) });
      }
    }
  }
  const say = (of: ReadonlyMap<Lock, readonly Site[]>, where: string): LockStatement[] =>
    [...of].map(([lock, sites]) => {
      const many = count(sites.length, 'function takes', 'functions take');
      return { lock, sites, words: (name) => `${many} ${name} ${where}${listed(sites)}` };
    });
  return [...say(wrapped, 'for the whole body'), ...say(inside, 'inside')];
}

/** "Each of the 12 accesses of X after construction holds L". */
function guardStatements(analysis: Analysis, file: ProjectFile): LockStatement[] {
  const byLock = new Map<Lock, Guarded[]>();
  for (const guarded of analysis.guards.all) {
    const lock = lockOfAll(guarded);
    if (lock && concerns(analysis, guarded, file)) push(byLock, lock, guarded);
  }
  return [...byLock].map(([lock, places]) => {
    const total = places.reduce((sum, { accesses }) => sum + accesses.length, 0);
    const labels = labelsOf(places.map(({ place }) => place.label));
    const every = total === 1 ? 'The one access' : `Each of the ${total} accesses`;
    const sites = places.flatMap((guarded) => sitesIn(analysis, guarded, file)).slice(0, mostPlaces);
    return { lock, sites, words: (name) => `${every} of ${labels} after construction holds ${name}` };
  });
}

function undecidedStatements(analysis: Analysis, file: ProjectFile): Statement[] {
  const open: Statement[] = [];
  for (const guarded of analysis.guards.all) {
    if (guarded.guard || lockOfAll(guarded) || !guarded.changes || !concerns(analysis, guarded, file))
      continue;
    const changes = guarded.accesses.filter(({ kind }) => isWrite(kind));
    const locked = changes.filter(({ locks }) => locks.length > 0).length;
    if (locked === 0) continue;
    open.push(
      statement(
        file,
        `\`${guarded.place.label}\` is changed ${changeWords(changes.length, locked)}`,
        sitesIn(analysis, guarded, file).slice(0, mostPlaces),
      ),
    );
  }
  return open;
}

function changeWords(changes: number, locked: number): string {
  const places = count(changes, 'place', 'places');
  return changes === locked
    ? `with a lock after construction (${places}) and read without it`
    : `in ${places} after construction, in ${locked} of them with a lock: which lock guards it is not clear`;
}

/** The lock that every access holds. */
function lockOfAll({ guard, accesses, changes }: Guarded): Lock | undefined {
  const [first, ...others] = accesses;
  const shared = (first?.locks ?? []).filter((lock) => others.every(({ locks }) => locks.includes(lock)));
  if (guard && shared.includes(guard)) return guard;
  // What nothing changes needs no lock: that its reads hold one is chance.
  if (!changes) return undefined;
  return [...shared].sort((x, y) => (x.key < y.key ? -1 : 1))[0];
}

function concerns(analysis: Analysis, guarded: Guarded, file: ProjectFile): boolean {
  return analysis.program.scopes[guarded.place.owner]!.file.path === file.path;
}

function sitesIn(analysis: Analysis, guarded: Guarded, file: ProjectFile): { start: number; end: number }[] {
  return guarded.accesses
    .map((access) => ({ scope: analysis.program.scopes[access.scope]!, at: access.at }))
    .filter(({ scope }) => scope.file.path === file.path)
    .map(({ scope, at }) => analysis.program.span(scope, at));
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function count(many: number, one: string, more: string): string {
  return `${many} ${many === 1 ? one : more}`;
}

/** `: a(), b()`, where there are few. */
function listed(sites: readonly Site[]): string {
  return sites.length > mostNames ? '' : `: ${names(sites)}`;
}

function names(sites: readonly Site[]): string {
  return listOf(sites.map(({ name }) => `\`${name}()\``));
}

/**
 * Locks as the code names them: an expression, or a name in its quotes. Where two have one name, the class is told,
 * too.
 */
function lockNames({ program }: Analysis, locks: readonly Lock[]): (lock: Lock) => string {
  const byLabel = new Map<string, Set<Lock>>();
  for (const lock of locks) byLabel.set(lock.label, (byLabel.get(lock.label) ?? new Set()).add(lock));
  return (lock) => {
    const owner = /^field:(\d+):/.exec(lock.key)?.[1];
    const isOneOfMany = (byLabel.get(lock.label)?.size ?? 0) > 1;
    const of = isOneOfMany && owner !== undefined ? ` of \`${program.scopes[Number(owner)]!.name}\`` : '';
    return `\`${lock.label}\`${of}`;
  };
}
