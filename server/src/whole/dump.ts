// What the engine knows of one function, as text: its code, its calls, the state it touches, the locks it holds, and a
// summary. For expectation tests and for whoever wants to know why a finding is there or missing. Decides nothing.

import { AccessKind } from '../flow/accesses';
import { EntityKind } from '../flow/entities';
import { Binding, bindingOf, dottedName, isContextManager, isProperty } from '../flow/function-facts';
import { type Lock, LockScope } from '../flow/locks';
import type { Target } from '../flow/targets';
import type { Scope } from '../program/program';
import { CodeFlag, Op, ParameterKind, ScopeKind } from '../syntax/code';
import { dumpCode } from '../syntax/dump';
import type { Analysis } from './analysis';

/** What can be asked for. */
export const dumpKinds = ['code', 'calls', 'places', 'locks', 'summary'] as const;
/** A kind of facts. */
export type DumpKind = (typeof dumpKinds)[number];

const writers: Readonly<Record<DumpKind, (analysis: Analysis, scope: Scope) => readonly string[]>> = {
  code: (_, scope) => dumpCode(scope.file.source, scope.index).split('\n').slice(1),
  calls: callLines,
  places: placeLines,
  locks: lockLines,
  summary: summaryLines,
};

/** The dump of the innermost function around a line (from 0) of a file; null when the program has no such file. */
export function explain(analysis: Analysis, path: string, line: number, kind: DumpKind): string | null {
  const file = analysis.program.files.find((one) => one.path === path);
  if (!file) return null;
  let best = analysis.program.scopes[file.firstScope]!;
  for (const scope of analysis.program.scopes) {
    if (scope.file !== file || scope.code.kind === ScopeKind.Class) continue;
    const { base, length } = scope.code;
    const first = analysis.program.lineAt(file, base);
    const last = analysis.program.lineAt(file, base + length);
    if (scope.parent >= 0 && first <= line && line <= last) best = scope;
  }
  return dump(analysis, best, kind);
}

/** One kind of facts of one scope: a head line, then indented lines. */
export function dump(analysis: Analysis, scope: Scope, kind: DumpKind): string {
  const lines = writers[kind](analysis, scope);
  const name = scope.qualifiedName === '' ? 'the module' : scope.qualifiedName;
  const body = lines.length === 0 ? ['  nothing'] : lines.map((line) => `  ${line.trimEnd()}`);
  return `${[`${kind} of ${name}, line ${lineOf(analysis, scope, -1)}`, ...body].join('\n')}\n`;
}

/** An entity in words: `a Cache`, `method Cache.put`, `threading.Lock`. */
export function entityWords({ resolver, program }: Analysis, entity: number): string {
  const x = resolver.entities.x[entity]!;
  switch (resolver.entities.kind[entity]) {
    case EntityKind.Module:
      return `module ${program.files[x]!.path}`;
    case EntityKind.Function:
      return `function ${program.scopes[x]!.qualifiedName}`;
    case EntityKind.Class:
      return `class ${program.scopes[x]!.qualifiedName}`;
    case EntityKind.Instance:
      return `a ${program.scopes[x]!.qualifiedName}`;
    case EntityKind.Method:
      return `method ${program.scopes[x]!.qualifiedName}`;
    case EntityKind.Super:
      return `super of ${program.scopes[x]!.qualifiedName}`;
    default:
      return resolver.entities.path(entity);
  }
}

const kindWords: Readonly<Record<AccessKind, string>> = {
  [AccessKind.Read]: 'read',
  [AccessKind.Test]: 'test',
  [AccessKind.Index]: 'index',
  [AccessKind.Snapshot]: 'snapshot',
  [AccessKind.Iterate]: 'iterate',
  [AccessKind.Mutate]: 'mutate',
  [AccessKind.Write]: 'write',
  [AccessKind.Update]: 'update',
};

/** The word for what an access does. */
export function accessWord(kind: AccessKind): string {
  return kindWords[kind];
}

/** Line of an instruction, or of the definition for -1; from 1, as people count. */
function lineOf({ program }: Analysis, scope: Scope, at: number): number {
  const { base, start } = scope.code;
  return program.lineAt(scope.file, at < 0 ? base : base + start[at]!) + 1;
}

function labels(locks: readonly Lock[]): string {
  return locks.length === 0 ? 'nothing' : locks.map(({ label }) => label).join(', ');
}

function denotes(analysis: Analysis, scope: Scope, value: number): string {
  const entities = analysis.resolver.denotes(scope.id, value);
  return entities.length === 0 ? 'unknown' : entities.map((one) => entityWords(analysis, one)).join(' | ');
}

function targetWords({ program }: Analysis, target: Target): string {
  if (target.kind === 'library') return target.path;
  return `${target.kind} ${program.scopes[target.scope]!.qualifiedName}`;
}

function callLines(analysis: Analysis, scope: Scope): readonly string[] {
  const { op, a } = scope.code;
  const lines: string[] = [];
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call) continue;
    const targets = analysis.resolver.targets(scope.id, at).map((target) => targetWords(analysis, target));
    const name = dottedName(scope, a[at]!) || 'a value';
    lines.push(
      `${lineOf(analysis, scope, at)}: ${name}() -> ${targets.length === 0 ? 'unresolved' : targets.join(' | ')}`,
    );
  }
  return lines;
}

function accessesOfScope(analysis: Analysis, scope: Scope) {
  return analysis.guards.all
    .flatMap((guarded) => guarded.accesses.map((access) => ({ access, guarded })))
    .filter(({ access }) => access.scope === scope.id)
    .sort((one, other) => one.access.at - other.access.at);
}

function placeLines(analysis: Analysis, scope: Scope): readonly string[] {
  return accessesOfScope(analysis, scope).map(({ access, guarded }) => {
    const guard = guarded.guard ? `, guard ${guarded.guard.label}` : '';
    const word = accessWord(access.kind);
    return `${lineOf(analysis, scope, access.at)}: ${word} ${guarded.place.label} holding ${labels(access.locks)}${guard}`;
  });
}

const scopeWords: Readonly<Record<LockScope, string>> = {
  [LockScope.Program]: 'one in the program',
  [LockScope.Instance]: 'one for each object',
  [LockScope.Keyed]: 'one for each key or call',
  [LockScope.Local]: 'made where it is used',
};

function lockLines(analysis: Analysis, scope: Scope): readonly string[] {
  const lines = [`entered with ${labels(analysis.entryLocks.of(scope))}`];
  const seen = new Set<Lock>();
  for (const { lock } of analysis.entryLocks.wrappersOf(scope)) {
    lines.push(`wrapped in ${lock.label}`);
    seen.add(lock);
  }
  const { held, reached } = analysis.resolver.numberings.of(scope);
  let before = 0;
  let told = labels([]);
  for (let at = 0; at < held.length; at++) {
    if (held[at] === before || !reached[at]) continue;
    before = held[at]!;
    const locks = analysis.locks.ofSet(scope.id, before);
    for (const lock of locks) seen.add(lock);
    if (labels(locks) === told) continue;
    told = labels(locks);
    lines.push(`${lineOf(analysis, scope, at)}: holds ${told}`);
  }
  for (const lock of seen) {
    const traits = [
      scopeWords[lock.scope],
      lock.model,
      ...(lock.reentrant ? ['reentrant'] : []),
      ...(lock.weak ? ['known by its name only'] : []),
    ];
    lines.push(`${lock.label}: ${traits.join(', ')}`);
  }
  return lines;
}

const bindingWords: Readonly<Record<Binding, string>> = {
  [Binding.Instance]: 'method',
  [Binding.Class]: 'class method',
  [Binding.Static]: 'function',
};
const stars: Readonly<Partial<Record<number, string>>> = {
  [ParameterKind.VarPositional]: '*',
  [ParameterKind.VarKeyword]: '**',
};

function summaryLines(analysis: Analysis, scope: Scope): readonly string[] {
  const { program, calls, construction } = analysis;
  const { code, file } = scope;
  const lines: string[] = [];
  const traits = [
    scope.owner >= 0 || code.kind === ScopeKind.Function
      ? bindingWords[bindingOf(program, scope)]
      : code.kind === ScopeKind.Module
        ? 'module'
        : 'lambda',
    code.flags & CodeFlag.Async ? 'async' : '',
    code.flags & CodeFlag.Generator ? 'generator' : '',
    isProperty(program, scope) ? 'property' : '',
    isContextManager(program, scope) ? 'context manager' : '',
    construction[scope.id] ? 'runs only during construction or import' : '',
    calls.escapes[scope.id] ? 'used as a value' : '',
    file.isTest ? 'test code' : '',
  ];
  lines.push(traits.filter((trait) => trait !== '').join(', '));
  for (let slot = 0; slot < code.parameters.length; slot++) {
    const found = analysis.resolver.denotesNumber(scope.id, code.op.length + slot);
    const words = found.length === 0 ? 'unknown' : found.map((one) => entityWords(analysis, one)).join(' | ');
    const name = file.source.names[code.slots[slot]!]!;
    lines.push(`parameter ${stars[code.parameters[slot]!] ?? ''}${name}: ${words}`);
  }
  for (const [op, word] of [
    [Op.Return, 'returns'],
    [Op.Yield, 'yields'],
  ] as const) {
    for (let at = 0; at < code.op.length; at++) {
      if (code.op[at] !== op) continue;
      const value = code.a[at]!;
      lines.push(
        `${lineOf(analysis, scope, at)}: ${word} ${value < 0 ? 'nothing' : denotes(analysis, scope, value)}`,
      );
    }
  }
  lines.push(`entered with ${labels(analysis.entryLocks.of(scope))}`);
  for (const { caller, at } of calls.callers[scope.id] ?? []) {
    const from = program.scopes[caller]!;
    const held = labels(analysis.entryLocks.at(from, at));
    lines.push(
      `called by ${from.qualifiedName || 'the module'} (${from.file.path}:${lineOf(analysis, from, at)}) holding ${held}`,
    );
  }
  const touched = new Map<string, Set<string>>();
  for (const { access, guarded } of accessesOfScope(analysis, scope)) {
    const words = touched.get(guarded.place.label) ?? new Set();
    touched.set(guarded.place.label, words.add(accessWord(access.kind)));
  }
  for (const [place, words] of touched) lines.push(`touches ${place}: ${[...words].join(', ')}`);
  return lines;
}
