// The interpretation of a whole program: modules first, then functions bottom-up over the call graph, a second round
// where fields carry labels from one method to another. Answers which labels arrive at which sinks, and how.

import type { Library } from '../../library/library';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import type { Resolver } from '../resolver';
import { Context, type Counts } from './context';
import { LabelKind, type Link, type Root } from './labels';
import { Pass } from './pass';
import { readersOf } from './readers';
import { type Relevance, relevant } from './relevance';
import { looksTheSame } from './standing';
import type { Flow, Summary } from './summary';

const maximumRounds = 3;

/** What flows where in a program. */
export class Values {
  /** Flows of outside data and secrets into sinks, in source order of the sinks. */
  readonly flows: readonly Flow[];
  readonly counts: Counts;
  private readonly context: Context;
  private readonly relevance: Relevance;
  private readonly reads = new Map<number, ReadonlyMap<string, number>>();
  private readonly found = new Map<number, ReadonlyMap<string, Flow>>();

  constructor(
    private readonly resolver: Resolver,
    library: Library,
  ) {
    this.context = new Context(resolver, library, (scope, full) => this.run(scope, full));
    this.relevance = relevant(resolver, library);
    this.counts = this.context.counts;
    this.interpret();
    this.flows = this.sorted();
  }

  /** Where a flow comes from. */
  origin(flow: Flow): Root {
    const { labels } = this.context.domain;
    return labels.rootOf(flow.label);
  }

  /** Whether a flow carries a secret; else it carries outside data. */
  isSecret(flow: Flow): boolean {
    return this.origin(flow).kind === LabelKind.Secret;
  }

  /** The path of a flow, its origin first, the sink left out. */
  path(flow: Flow): readonly Link[] {
    return this.context.domain.labels.path(flow.label);
  }

  /** Whether all of this still holds after bodies changed, their faces being the same. Nothing is computed anew. */
  standsAfter(changed: readonly Scope[]): boolean {
    const { context, relevance } = this;
    return changed.every(
      (scope) =>
        !context.summaries.has(scope.id) &&
        !this.found.has(scope.id) &&
        looksTheSame(this.resolver, context.library, scope, {
          flag: relevance.flags[scope.id]!,
          callees: relevance.callees[scope.id]!,
        }),
    );
  }

  private interpret(): void {
    const { context } = this;
    const { order, bodies, callees, hasSource } = this.relevance;
    for (const body of bodies) context.run(body, false);
    context.fields.seed();
    for (const scope of order) {
      if (context.summaries.has(scope)) continue;
      if (hasSource[scope] || callees[scope]!.some((callee) => this.brings(callee)))
        context.run(scope, false);
    }
    for (let round = 1; round < maximumRounds; round++) this.again();
    context.counts.functions = this.found.size - bodies.length;
  }

  /** Interprets again what has read a shared place that holds more by now, and the callers of what changed by that. */
  private again(): void {
    const { context } = this;
    const { order, callees } = this.relevance;
    const isSecret = (name: string) => context.library.secretWords.judge(name) !== SecretEvidence.None;
    context.fields.advance();
    const changed = new Set<number>();
    const readers = readersOf(this.resolver, context.fields);
    for (const scope of order) {
      const before = context.summaries.get(scope);
      const stale =
        (before !== undefined && context.fields.differ(this.reads.get(scope)!, isSecret)) ||
        callees[scope]!.some((callee) => changed.has(callee)) ||
        (before === undefined && readers.has(scope));
      if (!stale) continue;
      context.summaries.delete(scope);
      context.run(scope, before?.full ?? false);
      context.counts.reruns++;
      if (before === undefined || differ(before, context.summaries.get(scope)!)) changed.add(scope);
    }
  }

  /** Whether calling a function brings a label in: by its result, or in what it leaves in its arguments. */
  private brings(scope: number): boolean {
    const summary = this.context.summaries.get(scope);
    if (summary === undefined) return false;
    const { fields, domain } = this.context;
    return [summary.result, ...summary.left].some((value) => domain.hasLabels(fields.concrete(value)));
  }

  private run(scope: number, full: boolean): void {
    const pass = new Pass(this.context, this.resolver.program.scopes[scope]!, full);
    pass.run();
    this.context.summaries.set(scope, pass.inputs.summary());
    this.reads.set(scope, pass.reads);
    this.found.set(scope, pass.flows);
  }

  private sorted(): Flow[] {
    const { scopes } = this.resolver.program;
    const place = (scope: number, at: number): number[] => {
      const { file, code } = scopes[scope]!;
      return [file.index, code.base + (at < 0 ? 0 : code.start[at]!), at];
    };
    const key = (flow: Flow): number[] => {
      const origin = this.origin(flow);
      return [...place(flow.use.scope, flow.use.at), flow.use.argument, ...place(origin.scope, origin.at)];
    };
    return this.distinct()
      .map((flow) => ({ flow, key: key(flow) }))
      .sort((x, y) => {
        for (let k = 0; k < x.key.length; k++) if (x.key[k] !== y.key[k]) return x.key[k]! - y.key[k]!;
        return 0;
      })
      .map(({ flow }) => flow);
  }

  /** Flows of all functions, one for each sink and origin. */
  private distinct(): Flow[] {
    const all = new Map<string, Flow>();
    for (const scope of [...this.found.keys()].sort((x, y) => x - y)) {
      for (const [key, flow] of this.found.get(scope)!) {
        const other = all.get(key);
        const { labels } = this.context.domain;
        if (other === undefined || labels.path(flow.label).length < labels.path(other.label).length)
          all.set(key, flow);
      }
    }
    return [...all.values()];
  }
}

function differ(x: Summary, y: Summary): boolean {
  return (
    x.result !== y.result ||
    x.sinks.length !== y.sinks.length ||
    x.sinks.some((sink, k) => sink.label !== y.sinks[k]!.label || sink.mask !== y.sinks[k]!.mask) ||
    [x.left, x.checked, x.checkedIfTrue].join() !== [y.left, y.checked, y.checkedIfTrue].join()
  );
}
