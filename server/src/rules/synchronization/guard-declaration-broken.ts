// Rule 127: what a comment declares of locks, and the code does not keep to: state touched without its declared lock,
// a function called without the lock that it requires, a declaration that binds to nothing. Whether the declaration
// is wise is not asked.

import { isWrite } from '../../flow/accesses';
import { isProperty } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import type { Analysis } from '../../whole/analysis';
import type { Edge } from '../../whole/call-graph';
import type { BrokenDeclaration, DeclaredLock } from '../../whole/declarations';
import { type Guarded, type HeldAccess, unguarded } from '../../whole/guards';
import type { Place, Report, Rule } from '../rule';
import { functionLabel, verbOf } from './access-words';
import { brokenConfinements } from './confinement';
import { holdFixes } from './hold-fix';

export const rule: Rule = {
  number: 127,
  name: 'guard-declaration-broken',
  concern: 'synchronization',
  severity: 'error',
  preview: false,
  cwe: [820],
  category: 'missing-lock',
  summary: 'Code does not keep to a declared lock, or a comment that declares something declares nothing.',
  check(analysis, report) {
    for (const broken of analysis.declarations.broken) report(reportVoid(analysis, broken));
    for (const guarded of analysis.guards.underLocks) {
      const declared = guarded.declared?.guard;
      const found = declared ? reportAccesses(analysis, guarded, declared) : null;
      if (found) report(found);
    }
    for (const found of brokenConfinements(analysis)) report(found);
    for (const [callee, locks] of analysis.declarations.requiring()) {
      for (const declared of locks) {
        for (const found of reportCalls(analysis, callee, declared)) report(found);
      }
    }
  },
};

const mostSteps = 20;

function reportVoid(analysis: Analysis, { file, span, directive, wrong }: BrokenDeclaration): Report {
  return {
    file,
    start: span.start,
    end: span.end,
    message: `\`${directive}\` declares nothing: ${wrong}.`,
    confidence: 'high',
    symbol: symbolAt(analysis, file, span.start),
  };
}

/** The qualified name of the innermost definition around an offset. */
function symbolAt({ program }: Analysis, file: number, offset: number): string {
  let innermost = '';
  const { firstScope, source } = program.files[file]!;
  for (let index = 1; index < source.codes.length; index++) {
    const scope = program.scopes[firstScope + index]!;
    const { base, length } = scope.code;
    if (base <= offset && offset < base + length) innermost = scope.qualifiedName;
  }
  return innermost;
}

function reportAccesses(analysis: Analysis, guarded: Guarded, declared: DeclaredLock): Report | null {
  const { program } = analysis;
  const bare = unguarded(guarded);
  const worst = bare.find((access) => isWrite(access.kind)) ?? bare[0];
  if (!worst) return null;
  const scope = program.scopes[worst.scope]!;
  const others = bare.filter((access) => access !== worst).slice(0, mostSteps);
  return {
    ...program.span(scope, worst.at),
    message:
      `\`${guarded.place.label}\` is declared to be guarded by \`${declared.expression}\`, ` +
      `but ${functionLabel(scope)} ${verbOf(worst)} it without that lock.`,
    confidence: isWrite(worst.kind) ? 'high' : 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      declaredHere(declared),
      ...others.map((access) => ({
        ...program.span(program.scopes[access.scope]!, access.at),
        message: `${labelOf(analysis, access)} ${verbOf(access)} it without the lock, too.`,
      })),
    ],
    fixes: () => holdFixes(analysis, guarded.place, declared.lock, bare),
  };
}

function labelOf({ program }: Analysis, { scope }: HeldAccess): string {
  return functionLabel(program.scopes[scope]!);
}

/** One report for each function that calls without the lock. */
function reportCalls(analysis: Analysis, callee: number, declared: DeclaredLock): readonly Report[] {
  const { program, calls } = analysis;
  const byCaller = new Map<number, Edge[]>();
  const reads = isProperty(program, program.scopes[callee]!) ? analysis.propertyReads : null;
  for (const edge of [...calls.callers[callee]!, ...(reads?.of(callee) ?? [])]) {
    if (!isBare(analysis, program.scopes[edge.caller]!, edge, declared)) continue;
    const list = byCaller.get(edge.caller);
    if (list) list.push(edge);
    else byCaller.set(edge.caller, [edge]);
  }
  const required = program.scopes[callee]!;
  const verb = reads ? 'reads' : 'calls';
  return [...byCaller.values()].map(([first, ...further]) => {
    const caller = program.scopes[first!.caller]!;
    return {
      ...program.span(caller, first!.at),
      message:
        `${functionLabel(required)} requires \`${declared.expression}\`, ` +
        `but ${functionLabel(caller)} ${verb} it without that lock.`,
      confidence: declared.lock.weak ? ('medium' as const) : ('high' as const),
      symbol: caller.qualifiedName,
      stepsKind: 'places' as const,
      steps: [
        declaredHere(declared),
        ...further.slice(0, mostSteps).map(({ at }) => ({
          ...program.span(caller, at),
          message: `${functionLabel(caller)} ${verb} it without the lock here, too.`,
        })),
      ],
    };
  });
}

function isBare(analysis: Analysis, caller: Scope, { at }: Edge, { lock }: DeclaredLock): boolean {
  const { entryLocks, construction, declarations } = analysis;
  // Nobody else has seen an object that is being made; tests and contracts in words answer for themselves.
  if (caller.file.isTest || construction[caller.id] || entryLocks.isAssumed(caller)) return false;
  if (entryLocks.isUnused(caller) || declarations.isExcused(caller.id, at)) return false;
  return !entryLocks.at(caller, at).includes(lock);
}

function declaredHere({ file, span, expression }: DeclaredLock): Place & { readonly message: string } {
  return { file, start: span.start, end: span.end, message: `\`${expression}\` is declared here.` };
}
