// Rule 124: a job of a pool that hands another job to the same pool and waits for it. With every worker waiting, no
// worker is left for what they wait for. Also a job that waits for the end of its own pool, and a task of Celery that waits
// for another. Which pool is which is told by what holds it.

import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import { decoratorsOf, keyword, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { type Reached, reachedFrom, type Spawned, wayTo } from '../../whole/spawned';
import type { Report, Rule } from '../rule';
import { functionLabel } from './access-words';
import { calleeName } from './lock-words';
import { handedAlong, poolNamed, poolValue } from './pools';
import { stepsAlong } from './way-steps';

export const rule: Rule = {
  number: 124,
  name: 'pool-waits-on-itself',
  concern: 'synchronization',
  severity: 'warning',
  preview: true,
  cwe: [833],
  category: 'lock-misuse',
  summary: 'A job waits for another job of the same bounded pool.',
  check(analysis, report) {
    const byScope = new Map<number, { one: Spawned; pool: string }[]>();
    const all: { one: Spawned; pool: string }[] = [];
    for (const one of analysis.spawned) {
      if (one.spawn.kind !== 'pool' || one.scope.file.isTest) continue;
      const pool = poolNamed(analysis, one.scope, poolValue(one));
      if (pool === '') continue;
      all.push({ one, pool });
      const list = byScope.get(one.scope.id);
      if (list) list.push({ one, pool });
      else byScope.set(one.scope.id, [{ one, pool }]);
    }
    const told = new Set<string>();
    for (const { one, pool } of all) {
      for (const run of one.runs) {
        const reached = reachedFrom(analysis, run, 4);
        const pools = [pool, ...handedAlong(analysis, one, run)];
        const end = endOfPool(analysis, reached, pools);
        if (end && !told.has(end.key)) {
          told.add(end.key);
          report(endWording(analysis, one, end, wayTo(reached, end.index)));
        }
        for (let index = 0; index < reached.length; index++) {
          const { scope } = reached[index]!;
          for (const inner of byScope.get(scope.id) ?? []) {
            const key = `${scope.id}:${inner.one.at}`;
            if (!pools.includes(inner.pool) || told.has(key)) continue;
            const wait = waitsFor(analysis, scope, inner.one);
            if (wait < 0) continue;
            told.add(key);
            report(wording(analysis, one, inner.one, wait, wayTo(reached, index)));
          }
        }
      }
    }
    for (const found of waitingTasks(analysis)) report(found);
  },
};

/** The instruction that waits for what a call handed over; -1 when nothing does. */
function waitsFor(analysis: Analysis, scope: Scope, one: Spawned): number {
  const { op, a, b, extra } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const last = one.path.slice(one.path.lastIndexOf('.') + 1);
  if (last === 'starmap' || last === 'apply' || (last === 'map' && one.path.startsWith('multiprocessing')))
    return one.at;
  const results = new Set([one.at]);
  for (let at = one.at + 1; at < op.length; at++) {
    // Collected in a list, which is then walked or waited for.
    if (op[at] === Op.Collect && results.has(number[b[at]!]!)) results.add(number[a[at]!]!);
    if (op[at] === Op.Element && results.has(number[a[at]!]!)) {
      results.add(at);
      if (last === 'map') return at;
    }
    if (op[at] !== Op.Call) continue;
    const callee = a[at]!;
    const name = calleeName(scope, at);
    const from = b[at]!;
    const given = extra[from]! > 0 ? number[extra[from + 2]!]! : -1;
    if (op[callee] === Op.Attribute) {
      const receiver = number[a[callee]!]!;
      if (results.has(receiver) && /^(result|exception|get|wait)$/.test(name)) return at;
      if (name === 'append' && results.has(given)) results.add(receiver);
    }
    if (/^(wait|as_completed|list|tuple|gather)$/.test(name) && results.has(given)) return at;
  }
  return -1;
}

/** `result(timeout=1)`, `get(5)`. */
function isTimed(scope: Scope, wait: number): boolean {
  const { code, file } = scope;
  if (code.op[wait] !== Op.Call) return false;
  if (keyword(code, wait, file.source.names.indexOf('timeout')) >= 0) return true;
  return /^(result|exception|get)$/.test(calleeName(scope, wait)) && positional(code, wait, 0) >= 0;
}

function wording(
  analysis: Analysis,
  outer: Spawned,
  inner: Spawned,
  wait: number,
  way: readonly { readonly scope: Scope; readonly at: number }[],
): Report {
  const { program } = analysis;
  const job = program.scopes[outer.runs[0]!]!;
  return {
    ...program.span(inner.scope, wait),
    message: `${functionLabel(inner.scope)} runs in a pool and waits for a job of the same pool: when every worker waits, none is left to do the jobs.`,
    // Who waits for a time has thought of that.
    confidence: isTimed(inner.scope, wait) ? 'low' : 'medium',
    symbol: inner.scope.qualifiedName,
    stepsKind: 'path',
    steps: [
      {
        ...program.span(outer.scope, outer.at),
        message: `${functionLabel(job)} is handed to the pool here.`,
      },
      ...stepsAlong(program, way),
      { ...program.span(inner.scope, inner.at), message: 'The inner job is handed to the same pool.' },
    ],
  };
}

/** A wait for the end of the pool. */
interface PoolEnd {
  readonly index: number;
  readonly scope: Scope;
  readonly at: number;
  readonly key: string;
}

/** `pool.shutdown()` or `pool.join()` in what the pool itself runs. */
function endOfPool(
  analysis: Analysis,
  reached: readonly Reached[],
  pools: readonly string[],
): PoolEnd | null {
  for (let index = 0; index < reached.length; index++) {
    const { scope } = reached[index]!;
    const { code, file } = scope;
    for (let at = 0; at < code.op.length; at++) {
      if (code.op[at] !== Op.Call || code.op[code.a[at]!] !== Op.Attribute) continue;
      const name = calleeName(scope, at);
      const path = name === 'shutdown' || name === 'join' ? libraryOf(analysis, scope, at) : '';
      if (!/^(concurrent\.futures\.\w+\.shutdown|multiprocessing\.(pool\.\w+|Pool)\.join)$/.test(path))
        continue;
      const first = positional(code, at, 0);
      const wait = first >= 0 ? first : keyword(code, at, file.source.names.indexOf('wait'));
      if (
        (wait >= 0 && !isTrue(scope, wait)) ||
        !pools.includes(poolNamed(analysis, scope, code.a[code.a[at]!]!))
      )
        continue;
      return { index, scope, at, key: `${scope.id}:${at}` };
    }
  }
  return null;
}

function isTrue({ code, file }: Scope, value: number): boolean {
  return code.op[value] === Op.Const && file.source.constants[code.a[value]!]!.kind === ConstantKind.True;
}

function libraryOf({ resolver }: Analysis, scope: Scope, call: number): string {
  const [target] = resolver.targets(scope.id, call);
  return target?.kind === 'library' ? target.path : '';
}

function endWording(
  analysis: Analysis,
  outer: Spawned,
  { scope, at }: PoolEnd,
  way: readonly { readonly scope: Scope; readonly at: number }[],
): Report {
  const { program } = analysis;
  return {
    ...program.span(scope, at),
    message: `${functionLabel(scope)} runs in a pool and waits for the end of that pool, which waits for ${functionLabel(scope)} in turn.`,
    confidence: 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'path',
    steps: [
      {
        ...program.span(outer.scope, outer.at),
        message: `${functionLabel(program.scopes[outer.runs[0]!]!)} is handed to the pool here.`,
      },
      ...stepsAlong(program, way),
    ],
  };
}

/** `inner.delay(x).get()` in a task of Celery: the worker process waits for a task that a worker has to run. */
function* waitingTasks(analysis: Analysis): Iterable<Report> {
  const { program, resolver } = analysis;
  for (const scope of program.scopes) {
    if (scope.file.isTest || !isTask(analysis, scope)) continue;
    const { op, a } = scope.code;
    const { number } = resolver.numberings.of(scope);
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute || !/^(get|join)$/.test(calleeName(scope, at)))
        continue;
      const sent = number[a[a[at]!]!]!;
      if (sent < 0 || sent >= op.length || op[sent] !== Op.Call) continue;
      if (!/^(delay|apply_async)$/.test(calleeName(scope, sent))) continue;
      if (keyword(scope.code, at, scope.file.source.names.indexOf('disable_sync_subtasks')) >= 0) continue;
      yield {
        ...program.span(scope, at),
        message: `${functionLabel(scope)} is a task and waits for another task: when every worker waits, none is left to run it.`,
        confidence: isTimed(scope, at) ? 'low' : 'medium',
        symbol: scope.qualifiedName,
        stepsKind: 'path',
        steps: [{ ...program.span(scope, sent), message: 'The other task is sent here.' }],
      };
    }
  }
}

/** Decorated as a task of Celery. */
function isTask({ program, resolver }: Analysis, scope: Scope): boolean {
  if (scope.parent < 0 || scope.definedAt < 0) return false;
  const outer = program.scopes[scope.parent]!;
  if (outer.code.op[scope.definedAt] !== Op.Function) return false;
  return decoratorsOf(outer.code, scope.definedAt).some((decorator) => {
    const named = outer.code.op[decorator] === Op.Call ? outer.code.a[decorator]! : decorator;
    return /^celery\.(\w+\.)*(shared_task|task)$/.test(resolver.libraryPath(outer.id, named));
  });
}
