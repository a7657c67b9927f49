// Rule 107: a container that a lock guards leaves the lock alive: returned, yielded or stored elsewhere as itself, as a
// view or as an iterator, while other functions change it in place. What is copied first, replaced whole, or used by
// callers that hold the lock themselves is left alone.

import { AccessKind } from '../../flow/accesses';
import { isProperty } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Edge } from '../../whole/call-graph';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { Meeting } from '../../whole/meetings';
import { Effect } from '../../whole/method-effects';
import type { PropertyReads } from '../../whole/property-reads';
import type { Confidence, FixProposal } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel, verbOf } from './access-words';
import { Conflict, onlyGrows } from './conflicts';
import { type Escape, escapesOf, type Tie } from './escapes';
import { makingsOf } from './instances';
import { isLockItself, isNear } from './self-guarding';
import { Sharing } from './sharing';

export const rule: Rule = {
  number: 107,
  name: 'guarded-state-escapes',
  concern: 'synchronization',
  severity: 'warning',
  preview: false,
  cwe: [567],
  category: 'missing-lock',
  summary: 'A live view or reference of guarded state leaves the lock.',
  check(analysis, report) {
    let reads: PropertyReads | null = null;
    const readsOf = (scope: Scope) => {
      if (!isProperty(analysis.program, scope)) return [];
      reads ??= analysis.propertyReads;
      return reads.of(scope.id);
    };
    for (const guarded of analysis.guards.underLocks) {
      if (!guarded.guard || !guarded.accesses.some((one) => isChange(analysis, one))) continue;
      if (isLockItself(analysis, guarded) || !isNear(analysis, guarded, guarded.guard)) continue;
      if (onlyGrows(analysis.program, guarded)) continue;
      const found = reportOn(analysis, guarded, readsOf);
      if (found) report(found);
    }
  },
};

const mostSteps = 12;
const pickling = /^__(getstate|reduce|reduce_ex|getnewargs|copy|deepcopy)__$/;

/** What a caller does with what it gets. */
interface User {
  readonly edge: Edge;
  /** It walks or changes it, and does not hold the guard. */
  readonly works: boolean;
}

interface Weighed {
  readonly leak: Escape;
  readonly change: HeldAccess;
  readonly users: readonly User[];
  readonly confidence: Confidence;
  readonly underLock: boolean;
}

function reportOn(
  analysis: Analysis,
  guarded: Guarded,
  readsOf: (scope: Scope) => readonly Edge[],
): Report | null {
  const { program, resolver } = analysis;
  const found: Weighed[] = [];
  const scopes = new Set(guarded.accesses.map(({ scope }) => scope));
  for (const id of scopes) {
    const scope = program.scopes[id]!;
    if (pickling.test(scope.name)) continue;
    const accesses = guarded.accesses.filter((one) => one.scope === id);
    for (const leak of escapesOf(resolver, scope, accesses)) {
      const weighed = weigh(analysis, guarded, accesses, leak, [
        ...analysis.calls.callers[id]!,
        ...readsOf(scope),
      ]);
      if (weighed) found.push(weighed);
    }
  }
  const order: readonly Confidence[] = ['high', 'medium', 'low'];
  const worst = order.map((each) => found.find(({ confidence }) => confidence === each)).find((one) => one);
  return worst ? tell(analysis, guarded, worst, found) : null;
}

function weigh(
  analysis: Analysis,
  guarded: Guarded,
  accesses: readonly HeldAccess[],
  leak: Escape,
  edges: readonly Edge[],
): Weighed | null {
  const guard = guarded.guard!;
  const { scope, access, tie, at } = leak;
  const change = guarded.accesses.find(
    (one) => one.scope !== scope.id && isChange(analysis, one) && one.locks.includes(guard),
  );
  if (!change) return null;
  // Swapped out: nobody else reaches the old container any more.
  if (accesses.some((one) => one.kind === AccessKind.Write && one.at < at)) return null;
  const underLock = analysis.entryLocks.at(scope, access.load).includes(guard);
  // A function whose callers hold the lock hands out nothing.
  if (analysis.entryLocks.isAssumed(scope) || analysis.entryLocks.of(scope).includes(guard)) return null;
  const users = edges
    .filter(({ caller }) => !analysis.program.scopes[caller]!.file.isTest)
    .map((edge) => ({ edge, works: works(analysis, guarded, edge) }));
  const working = users.some((one) => one.works);
  const isCareful = ({ edge }: User) => holds(analysis, guarded, edge) || copiesAtOnce(analysis, edge);
  if (users.length > 0 && users.every(isCareful)) return null;
  if (!working && isPrivate(scope.name)) return null;
  const known = confidenceOf(tie, underLock, working, users.length);
  if (known === null) return null;
  const isAsked = users.length > 0 || !isDead(analysis, guarded, scope);
  const confidence = isAsked && (underLock || working || isWalked(analysis, guarded)) ? known : 'low';
  // Coroutines meet at an await only, and whether there is one in the walk is not asked here.
  const isSure = !guard.weak && guard.model !== 'asyncio' && isShared(analysis, guarded, leak, change);
  return { leak, change, users, underLock, confidence: isSure ? confidence : 'low' };
}

/** Somebody walks the container, or its object, under the lock: so it is known to change meanwhile. */
function isWalked(analysis: Analysis, { guard, accesses, place }: Guarded): boolean {
  if (accesses.some(({ kind, locks }) => kind === AccessKind.Iterate && locks.includes(guard!))) return true;
  const { program, resolver, entryLocks } = analysis;
  return program.scopes.some((scope) => {
    if (place.ofModule || scope.owner !== place.owner) return false;
    const { op, a } = scope.code;
    const { number } = resolver.numberings.of(scope);
    return op.some(
      (one, at) =>
        one === Op.Element && number[a[at]!] === op.length && entryLocks.at(scope, at).includes(guard!),
    );
  });
}

/** The program makes objects of the class, and none of it asks for this; the methods of containers are for others. */
function isDead(analysis: Analysis, { place }: Guarded, { name }: Scope): boolean {
  if (place.ofModule || /^__(iter|reversed|enter)__$/.test(name)) return false;
  const { classes, entities } = analysis.resolver;
  const isMapping = classes.order(place.owner).some((one) => /Mapping|[dD]ict$/.test(entities.path(one)));
  if (isMapping && /^(keys|values|items)$/.test(name)) return false;
  return makingsOf(analysis, analysis.program.scopes[place.owner]!).length > 0;
}

/** Whether what leaves is used beside the change, and the others keep to the lock. */
function isShared(analysis: Analysis, guarded: Guarded, { access }: Escape, change: HeldAccess): boolean {
  const found = guarded.accesses.find((one) => one.scope === access.scope && one.at === access.at);
  if (!found) return false;
  const collision = { conflict: Conflict.Torn, partner: change.scope } as const;
  return new Sharing(analysis, guarded, guarded.guard!).evidenceOf(found, [collision]) !== Meeting.Apart;
}

/** What hands out a plain reference without the lock speaks of state that is read here and there: callers decide. */
function confidenceOf(tie: Tie, underLock: boolean, working: boolean, users: number): Confidence | null {
  if (tie === 'reference') {
    if (working) return 'medium';
    return underLock && users === 0 ? 'medium' : 'low';
  }
  if (underLock) return working || users === 0 ? 'high' : 'medium';
  return working || users === 0 ? 'medium' : 'low';
}

function holds({ program, entryLocks }: Analysis, { guard }: Guarded, { caller, at }: Edge): boolean {
  const scope = program.scopes[caller]!;
  return entryLocks.isAssumed(scope) || entryLocks.at(scope, at).includes(guard!);
}

/** `set(cache.ids())`: a copy is made before anything else is done. */
function copiesAtOnce({ program, resolver, library }: Analysis, { caller, at }: Edge): boolean {
  const scope = program.scopes[caller]!;
  const { op, a } = scope.code;
  const by = resolver.numberings.of(scope).user[at]!;
  if (by < 0 || op[by] !== Op.Call || op[a[by]!] !== Op.Global) return false;
  const name = scope.file.source.names[a[a[by]!]!]!;
  return library.snapshots.has(name) || name === 'len';
}

/** Whether a caller walks or changes what it gets without the guard. */
function works(analysis: Analysis, guarded: Guarded, edge: Edge): boolean {
  if (holds(analysis, guarded, edge)) return false;
  const scope = analysis.program.scopes[edge.caller]!;
  const { op, a, b } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const result = number[edge.at]!;
  for (let at = edge.at + 1; at < op.length; at++) {
    if (op[at] === Op.Element || op[at] === Op.StoreItem || op[at] === Op.DeleteItem) {
      if (isMadeOf(scope, number, a[at]!, result)) return true;
    } else if (op[at] === Op.Call && op[a[at]!] === Op.Attribute) {
      const effect = analysis.library.containerMethods.get(scope.file.source.names[b[a[at]!]!]!);
      const changes = effect !== undefined && !['read', 'test', 'copy', 'view', 'iterate'].includes(effect);
      if (changes && number[a[a[at]!]!] === result) return true;
    }
  }
  return false;
}

/** The result itself, or a view of it. */
function isMadeOf(scope: Scope, number: Int32Array, value: number, result: number): boolean {
  const { op, a } = scope.code;
  const one = number[value]!;
  if (one === result) return true;
  if (one < 0 || one >= op.length || op[one] !== Op.Call || op[a[one]!] !== Op.Attribute) return false;
  return number[a[a[one]!]!] === result;
}

/** Whether an access changes the container in place, not one of its elements. */
function isChange(analysis: Analysis, access: HeldAccess): boolean {
  // An object with methods of its own may keep itself in order.
  if (access.kind !== AccessKind.Mutate || access.effect !== Effect.None) return false;
  const scope = analysis.program.scopes[access.scope]!;
  const { op, a } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const target = op[access.at] === Op.Call ? a[a[access.at]!]! : a[access.at]!;
  const container = number[target]!;
  return container >= 0 && container < op.length && op[container] !== Op.Item;
}

function isPrivate(name: string): boolean {
  return name.startsWith('_') && !name.endsWith('__');
}

const ties: Readonly<Record<Tie, string>> = {
  reference: 'itself',
  view: 'as a live view',
  iterator: 'as an iterator over it',
  generator: 'as a generator over it',
};

function tell(
  analysis: Analysis,
  guarded: Guarded,
  { leak, change, users, confidence, underLock }: Weighed,
  all: readonly Weighed[],
): Report {
  const { program } = analysis;
  const { place, guard } = guarded;
  const { scope, at, tie, value } = leak;
  const changer = program.scopes[change.scope]!;
  const { op } = scope.code;
  const verb = op[at] === Op.Return ? 'returns' : op[at] === Op.Yield ? 'yields' : 'stores';
  const outcome =
    verb === 'stores' ? 'elsewhere, where it is used without the lock' : 'and whoever gets it holds no lock';
  const bare = users.filter(({ edge, works: working }) => working || !holds(analysis, guarded, edge));
  return {
    ...program.span(scope, value),
    message:
      `\`${place.label}\` is guarded by ${lockLabel(guard!)}, ` +
      `but ${functionLabel(scope)} ${verb} it ${ties[tie]}${tie === 'reference' ? ',' : ''} ${outcome}.`,
    confidence,
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      {
        ...program.span(changer, change.at),
        message: `${functionLabel(changer)} ${verbOf(change)} it holding ${lockLabel(guard!)}.`,
      },
      ...bare.slice(0, mostSteps).map(({ edge, works: working }) => {
        const caller = program.scopes[edge.caller]!;
        const what = working ? 'works on it' : 'gets it';
        return {
          ...program.span(caller, edge.at),
          message: `${functionLabel(caller)} ${what} without the lock.`,
        };
      }),
      ...all
        .filter((one) => one.leak !== leak)
        .slice(0, mostSteps)
        .map((one) => ({
          ...program.span(one.leak.scope, one.leak.value),
          message: `It leaves ${functionLabel(one.leak.scope)} ${ties[one.leak.tie]}, too.`,
        })),
    ],
    fixes: underLock && verb !== 'yields' ? copyFix(analysis, leak) : [],
  };
}

/** Handing out a copy that is made under the lock. */
function copyFix({ program, resolver }: Analysis, { scope, value, tie }: Escape): readonly FixProposal[] {
  const maker = tie === 'reference' ? makerOf(resolver, scope.id, value) : 'list';
  if (maker === null || tie === 'iterator' || tie === 'generator') return [];
  const { start, end } = program.span(scope, value);
  const edits = [
    { start, end: start, text: `${maker}(` },
    { start: end, end, text: ')' },
  ];
  return [{ kind: 'replace', title: `Hand out a copy: ${maker}(...)`, safe: false, data: { edits } }];
}

function makerOf(resolver: Analysis['resolver'], scope: number, value: number): string | null {
  const paths = resolver.denotes(scope, value).map((entity) => resolver.entities.path(entity));
  const first = paths[0];
  const isPlain = first === 'dict' || first === 'list' || first === 'set';
  return isPlain && paths.every((path) => path === first) ? first : null;
}
