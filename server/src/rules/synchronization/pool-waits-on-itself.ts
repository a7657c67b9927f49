// Rule 124: a job of a pool that hands another job to the same pool and waits for it. With every worker waiting, no
// worker is left for what they wait for. The pool is known by the field or module variable that holds it.

import { EntityKind } from '../../flow/entities';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { keyword, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { reachedFrom, type Spawned, wayTo } from '../../whole/spawned';
import type { Report, Rule } from '../rule';
import { functionLabel } from './access-words';
import { calleeName } from './lock-words';

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
      const pool = poolOf(analysis, one);
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
        for (let index = 0; index < reached.length; index++) {
          const { scope } = reached[index]!;
          for (const inner of byScope.get(scope.id) ?? []) {
            const key = `${scope.id}:${inner.one.at}`;
            if (inner.pool !== pool || told.has(key)) continue;
            const wait = waitsFor(analysis, scope, inner.one);
            if (wait < 0) continue;
            told.add(key);
            report(wording(analysis, one, inner.one, wait, wayTo(reached, index)));
          }
        }
      }
    }
  },
};

/** The field or variable that holds the pool, '' for any other. */
function poolOf(analysis: Analysis, { scope, at }: Spawned): string {
  const { resolver } = analysis;
  const { op, a, b } = scope.code;
  const callee = a[at]!;
  if (op[callee] !== Op.Attribute) return '';
  const { number } = resolver.numberings.of(scope);
  const pool = number[a[callee]!]!;
  if (pool < 0 || pool >= op.length) return '';
  const { names } = scope.file.source;
  if (op[pool] === Op.Global) return `${scope.file.path}:${names[a[pool]!]!}`;
  if (op[pool] !== Op.Attribute) return '';
  const name = names[b[pool]!]!;
  for (const entity of resolver.denotes(scope.id, a[pool]!)) {
    const kind = resolver.entities.kind[entity];
    if (kind === EntityKind.Instance || kind === EntityKind.Class)
      return `${resolver.classes.ownerOf(resolver.entities.x[entity]!, name)}.${name}`;
  }
  return '';
}

/** The instruction that waits for what a call handed over; -1 when nothing does. */
function waitsFor(analysis: Analysis, scope: Scope, one: Spawned): number {
  const { op, a, b, extra } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const last = one.path.slice(one.path.lastIndexOf('.') + 1);
  if (last === 'starmap' || (last === 'map' && one.path.startsWith('multiprocessing'))) return one.at;
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
      ...way.map((step) => ({
        ...program.span(step.scope, step.at),
        message: `${functionLabel(step.scope)} calls on.`,
      })),
      { ...program.span(inner.scope, inner.at), message: 'The inner job is handed to the same pool.' },
    ],
  };
}
