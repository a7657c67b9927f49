// The interpretation of a whole program: modules first, then functions bottom-up over the call graph, a second round
// where fields carry labels from one method to another. Answers which labels arrive at which sinks, and how.

import type { Library } from '../../library/library';
import type { Resolver } from '../resolver';
import { Context, type Counts } from './context';
import { LabelKind, type Root, type StepKind } from './labels';
import { Pass } from './pass';
import { relevant } from './relevance';
import type { Flow, Summary } from './summary';

/** A link of a flow's path: what happened, and the instruction where. `at` is -1 - parameter for a parameter. */
export interface Link {
  readonly step: StepKind;
  readonly scope: number;
  readonly at: number;
}

const maximumRounds = 3;

/** What flows where in a program. */
export class Values {
  /** Flows of outside data and secrets into sinks, in source order of the sinks. */
  readonly flows: readonly Flow[];
  readonly counts: Counts;
  private readonly context: Context;
  private readonly reads = new Map<number, ReadonlyMap<string, number>>();
  private readonly found = new Map<number, ReadonlyMap<string, Flow>>();

  constructor(
    private readonly resolver: Resolver,
    library: Library,
  ) {
    this.context = new Context(resolver, library);
    this.counts = this.context.counts;
    this.interpret();
    this.flows = this.sorted();
  }

  /** Where a flow comes from. */
  origin(flow: Flow): Root {
    const { labels } = this.context.domain;
    return labels.roots[labels.root[flow.label]!]!;
  }

  /** Whether a flow carries a secret; else it carries outside data. */
  isSecret(flow: Flow): boolean {
    return this.origin(flow).kind === LabelKind.Secret;
  }

  /** The path of a flow, its origin first, the sink left out. */
  path(flow: Flow): readonly Link[] {
    const { labels } = this.context.domain;
    return labels
      .path(flow.label)
      .map((link) => ({ step: labels.step[link]!, scope: labels.scope[link]!, at: labels.at[link]! }));
  }

  private interpret(): void {
    const { context, resolver } = this;
    const { order, bodies, callees } = relevant(resolver, context.library);
    for (const body of bodies) this.run(body);
    context.fields.seed();
    for (const component of order) context.counts.functions += component.length;
    for (const component of order) this.solve(component);
    for (let round = 1; round < maximumRounds; round++) {
      context.fields.advance();
      const changed = new Set<number>();
      for (const component of order) {
        const stale = component.some(
          (scope) =>
            context.fields.differ(this.reads.get(scope)!) || callees[scope]!.some((one) => changed.has(one)),
        );
        if (!stale) continue;
        const before = component.map((scope) => context.summaries.get(scope)!);
        for (const scope of component) context.summaries.delete(scope);
        this.solve(component);
        component.forEach((scope, k) => {
          if (differ(before[k]!, context.summaries.get(scope)!)) changed.add(scope);
        });
        context.counts.reruns += component.length;
      }
    }
  }

  /** A component that calls itself runs twice: from nothing, then with its own summaries. */
  private solve(component: readonly number[]): void {
    for (const scope of component) this.run(scope);
    if (component.length > 1) for (const scope of component) this.run(scope);
  }

  private run(scope: number): void {
    const pass = new Pass(this.context, this.resolver.program.scopes[scope]!);
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
        const { depth } = this.context.domain.labels;
        if (other === undefined || depth[flow.label]! < depth[other.label]!) all.set(key, flow);
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
