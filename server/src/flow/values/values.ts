// What an interpretation of a whole program has come to: which labels arrive at which sinks, and how.

import type { Library } from '../../library/library';
import type { Scope } from '../../program/program';
import type { Resolver } from '../resolver';
import type { Counts } from './context';
import { type Demand, everything } from './demand';
import { type Interpretation, interpretationAfter, maximumRounds, newInterpretation } from './interpretation';
import { LabelKind, type Link, type Root } from './labels';
import type { Flow } from './summary';

/** How many values the tables may hold, in parts of what they held when they were new, before they are made anew. */
const maximumGrowth = 4;
const leastGrowth = 50_000;

/** What flows where in a program. */
export class Values {
  /** Flows of outside data and secrets into sinks, in source order of the sinks. */
  readonly flows: readonly Flow[];
  private readonly interpretation: Interpretation;
  /** How many values there were when the tables were new. */
  private readonly size: number;

  /** `earlier`: of the same program before these bodies changed, their faces staying the same. It is used up.
   * `finished`: an interpretation that went through all rounds. */
  constructor(
    private readonly resolver: Resolver,
    library: Library,
    demand: Demand = everything,
    earlier: Values | null = null,
    changed: readonly Scope[] = [],
    finished: Interpretation | null = null,
  ) {
    const kept = earlier?.isTooLarge() || earlier?.registersIn(changed) ? null : earlier;
    this.interpretation =
      finished ??
      (kept === null
        ? newInterpretation(resolver, library, demand)
        : interpretationAfter(kept.interpretation, changed));
    if (finished === null) for (let round = 0; round < maximumRounds; round++) this.interpretation.run(round);
    this.interpretation.interpreter.finish();
    this.size = kept?.size ?? this.interpretation.context.domain.size;
    this.flows = this.sorted();
  }

  /** Where a flow comes from. */
  origin(flow: Flow): Root {
    const { labels } = this.interpretation.context.domain;
    return labels.rootOf(flow.label);
  }

  /** Whether a flow carries a secret; else it carries outside data. */
  isSecret(flow: Flow): boolean {
    return this.origin(flow).kind === LabelKind.Secret;
  }

  /** The path of a flow, its origin first, the sink left out. */
  path(flow: Flow): readonly Link[] {
    return this.interpretation.context.domain.labels.path(flow.label);
  }

  /** How many steps the path of a flow has, its origin among them. */
  steps(flow: Flow): number {
    return this.interpretation.context.domain.labels.lengthOf(flow.label);
  }

  /** Figures of the work that was done, without what was taken over. */
  get counts(): Counts {
    return this.interpretation.interpreter.counts;
  }

  /** Functions of the program apart from tests, and how many of them were interpreted. */
  get share(): { readonly functions: number; readonly followed: number } {
    const { program } = this.resolver;
    const { interpreter } = this.interpretation;
    const isFunction = (scope: Scope) => !scope.file.isTest && !interpreter.isBody(scope.id);
    const functions = program.scopes.filter(isFunction);
    return {
      functions: functions.length,
      followed: functions.filter(({ id }) => interpreter.last.has(id) || interpreter.fulls.has(id)).length,
    };
  }

  private isTooLarge(): boolean {
    return this.interpretation.context.domain.size > maximumGrowth * this.size + leastGrowth;
  }

  /** Whether changed bodies hand functions to a framework, or did. */
  private registersIn(changed: readonly Scope[]): boolean {
    return changed.some((scope) => this.interpretation.context.entryPoints.registers(scope));
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
    const { last, fulls } = this.interpretation.interpreter;
    const { labels } = this.interpretation.context.domain;
    const traces = [
      ...last,
      ...[...fulls].flatMap(([scope, all]) =>
        [...all].sort(([x], [y]) => x - y).map(([, trace]) => [scope, trace] as const),
      ),
    ].sort(([x], [y]) => x - y);
    for (const [, trace] of traces) {
      for (const [key, flow] of trace.flows) {
        const other = all.get(key);
        if (other === undefined || labels.lengthOf(flow.label) < labels.lengthOf(other.label))
          all.set(key, flow);
      }
    }
    return [...all.values()];
  }
}
