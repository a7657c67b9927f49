// The interpretation of a whole program: bodies first that bring labels in, then functions that do, bottom-up over the call
// graph, with what they ask for; further rounds where fields carry labels from one method to another. Answers which labels arrive at which sinks, and how.

import type { Library } from '../../library/library';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import type { Resolver } from '../resolver';
import { Context, type Counts } from './context';
import { Interpreter } from './interpreter';
import { LabelKind, type Link, type Root } from './labels';
import { Readers } from './readers';
import { type Relevance, relevant, relevantAfter } from './relevance';
import type { Flow, Summary } from './summary';
import { type Trace, Traces } from './trace';

const maximumRounds = 3;
/** How many values the tables may hold, in parts of what they held when they were new, before they are made anew. */
const maximumGrowth = 4;
const leastGrowth = 50_000;

/** What flows where in a program. */
export class Values {
  /** Flows of outside data and secrets into sinks, in source order of the sinks. */
  readonly flows: readonly Flow[];
  private readonly context: Context;
  private readonly relevance: Relevance;
  private readonly readers: Readers;
  private readonly interpreter: Interpreter;
  /** How many values there were when the tables were new. */
  private readonly size: number;

  /** `earlier`: of the same program before these bodies changed, their faces staying the same. It is used up. */
  constructor(
    private readonly resolver: Resolver,
    library: Library,
    earlier: Values | null = null,
    changed: readonly Scope[] = [],
  ) {
    const kept = earlier?.isTooLarge() || earlier?.registersIn(changed) ? null : earlier;
    if (kept === null) {
      this.context = new Context(resolver, library);
      this.relevance = relevant(resolver, library, this.context.entryPoints);
      this.readers = new Readers(this.context);
    } else {
      this.context = kept.context;
      this.relevance = relevantAfter(resolver, library, this.context.entryPoints, kept.relevance, changed);
      this.readers = kept.readers;
      this.readers.update(changed);
      for (const scope of changed) {
        this.context.objectUses.forget(scope);
        kept.interpreter.used.forget(scope.id);
      }
    }
    this.interpreter = new Interpreter(
      this.context,
      kept?.interpreter.used ?? new Traces(),
      this.relevance.answers,
    );
    this.interpret();
    this.size = kept?.size ?? this.context.domain.size;
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

  /** Figures of the work that was done, without what was taken over. */
  get counts(): Counts {
    return this.interpreter.counts;
  }

  private isTooLarge(): boolean {
    return this.context.domain.size > maximumGrowth * this.size + leastGrowth;
  }

  /** Whether changed bodies hand functions to a framework, or did. */
  private registersIn(changed: readonly Scope[]): boolean {
    return changed.some((scope) => this.context.entryPoints.registers(scope));
  }

  private interpret(): void {
    const { interpreter } = this;
    const { order, bodies, callees, brings } = this.relevance;
    for (const body of bodies) if (!interpreter.last.has(body)) interpreter.run(body, false);
    for (const scope of order) {
      if (interpreter.last.has(scope)) continue;
      if (brings[scope] || callees[scope]!.some((callee) => this.brings(callee)))
        interpreter.run(scope, false);
    }
    for (let round = 1; round < maximumRounds; round++) this.again();
    interpreter.finish();
  }

  /** Interprets again what has read a shared place that holds more by now, and the callers of what changed by that. */
  private again(): void {
    const { interpreter, context } = this;
    const { order, callees } = this.relevance;
    const isSecret = (name: string) => context.library.secretWords.judge(name) !== SecretEvidence.None;
    interpreter.fields.advance();
    const changed = new Set<number>();
    const readers = this.readers.of(interpreter.fields.labelled());
    for (const scope of order) {
      const before = interpreter.last.get(scope);
      const full = interpreter.fulls.get(scope);
      const below = callees[scope]!.some((callee) => changed.has(callee));
      const stale = (trace: Trace) => below || interpreter.fields.differ(trace.reads, isSecret);
      if (full !== undefined && stale(full)) {
        interpreter.rerun(scope, true);
        if (differ(full.summary, interpreter.fulls.get(scope)!.summary)) changed.add(scope);
      }
      if (before === undefined ? full === undefined && (below || readers.has(scope)) : stale(before)) {
        interpreter.rerun(scope, false);
        if (before === undefined || differ(before.summary, interpreter.summary(scope)!)) changed.add(scope);
      }
    }
  }

  /** Whether calling a function brings a label in: by its result, or in what it leaves in its arguments. */
  private brings(scope: number): boolean {
    const summary = this.interpreter.summary(scope);
    if (summary === undefined) return false;
    const { concrete, domain } = this.context;
    return [summary.result, ...summary.left].some((value) => domain.hasLabels(concrete.of(value)));
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
    const { last, fulls } = this.interpreter;
    const { labels } = this.context.domain;
    const traces = [...last, ...fulls].sort(([x], [y]) => x - y);
    for (const [, trace] of traces) {
      for (const [key, flow] of trace.flows) {
        const other = all.get(key);
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
