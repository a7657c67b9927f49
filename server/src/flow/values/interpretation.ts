// The rounds of an interpretation: bodies first that bring labels in, then functions that do, bottom-up over the call
// graph, with what they ask for; further rounds where fields carry labels from one method to another. Decides what is
// interpreted in which round; what a pass does is decided in `pass`.

import type { Library } from '../../library/library';
import type { Scope } from '../../program/program';
import type { Resolver } from '../resolver';
import { Context } from './context';
import type { Demand } from './demand';
import { Interpreter } from './interpreter';
import { Readers } from './readers';
import { type Relevance, relevant, relevantAfter } from './relevance';
import type { SharedRelevance } from './shared-relevance';
import type { Summary } from './summary';
import { type Trace, Traces } from './trace';

const none: readonly (readonly [inputs: number, trace: Trace])[] = [];

/** How often the program is gone through. */
export const maximumRounds = 3;

/** One interpretation of a program. */
export class Interpretation {
  /** What has another summary since the round began. */
  private changed = new Set<number>();
  private reading: ReadonlySet<number> = new Set();
  private readonly bodies: ReadonlySet<number>;

  constructor(
    readonly resolver: Resolver,
    readonly context: Context,
    readonly relevance: Relevance,
    readonly readers: Readers,
    readonly interpreter: Interpreter,
  ) {
    this.bodies = new Set(relevance.bodies);
  }

  /** Runs a round to its end. */
  run(round: number): void {
    this.begin(round);
    for (const scope of this.scopes(round)) this.visit(round, scope);
  }

  /** What a round looks at, in order. */
  scopes(round: number): readonly number[] {
    const { bodies, order } = this.relevance;
    return round === 0 ? [...bodies, ...order] : order;
  }

  /** Lets a round read what the one before stored. Must come before its visits. */
  begin(round: number): void {
    const { fields } = this.interpreter;
    if (round === 0) return;
    fields.advance();
    this.changed = new Set();
    this.reading = this.readers.of(fields.labelled());
  }

  /** Interprets a scope, if this round has a reason to. */
  visit(round: number, scope: number): void {
    if (round > 0) this.visitAgain(scope);
    else if (!this.interpreter.last.has(scope) && this.isWanted(scope)) this.interpreter.run(scope, 0);
  }

  /** Whether a later round has a reason to interpret a scope, apart from what it calls. */
  isStale(scope: number): boolean {
    const { last, fulls } = this.interpreter;
    const traces = [last.get(scope), ...(fulls.get(scope)?.values() ?? [])];
    return traces.some((trace) => trace !== undefined && this.readsOther(trace)) || this.reading.has(scope);
  }

  /** Takes over a pass that was made elsewhere, as if it had been made here in this round. */
  adopt(round: number, scope: number, trace: Trace): void {
    const before = this.interpreter.known(scope, trace.summary.inputs);
    this.interpreter.adopt(scope, trace);
    if (round > 0 && (before === undefined || differ(before.summary, trace.summary))) this.changed.add(scope);
  }

  /** Another interpretation that goes on from where this one is. `earlier`: passes that it may take over. */
  copy(earlier: Traces): Interpretation {
    const { resolver, context, relevance, readers, interpreter } = this;
    return new Interpretation(resolver, context, relevance, readers, interpreter.copy(earlier));
  }

  private isWanted(scope: number): boolean {
    const { brings, callees } = this.relevance;
    return (
      brings[scope] === 1 || this.bodies.has(scope) || callees[scope]!.some((callee) => this.bringsIn(callee))
    );
  }

  /** Interprets again what has read a shared place that holds more by now, and the callers of what changed by that. */
  private visitAgain(scope: number): void {
    const { interpreter, changed } = this;
    const before = interpreter.last.get(scope);
    const known = interpreter.fulls.get(scope);
    const isKnown = before !== undefined || known !== undefined;
    if (!isKnown && changed.size === 0 && !this.reading.has(scope)) return;
    const fulls = known === undefined ? none : [...known].sort(([x], [y]) => x - y);
    const below = changed.size > 0 && this.relevance.callees[scope]!.some((callee) => changed.has(callee));
    for (const [inputs, full] of fulls) {
      if (!below && !this.readsOther(full)) continue;
      interpreter.rerun(scope, inputs);
      if (differ(full.summary, interpreter.known(scope, inputs)!.summary)) changed.add(scope);
    }
    const isDue =
      before === undefined
        ? (this.context.demand.isBounded || fulls.length === 0) &&
          (this.reading.has(scope) || this.bringsFromBelow(scope))
        : below || this.readsOther(before);
    if (!isDue) return;
    interpreter.rerun(scope, 0);
    const isOther =
      before === undefined ? this.bringsIn(scope) : differ(before.summary, interpreter.summary(scope)!);
    if (isOther) changed.add(scope);
  }

  /** Whether calling something that has another summary now brings a label in. */
  private bringsFromBelow(scope: number): boolean {
    const { changed } = this;
    if (changed.size === 0) return false;
    return this.relevance.callees[scope]!.some((callee) => changed.has(callee) && this.bringsIn(callee));
  }

  private readsOther({ reads }: Trace): boolean {
    const { demand, library } = this.context;
    const isSecret = (name: string) => demand.asksSecrets(library.secretWords.judge(name));
    return this.interpreter.fields.differ(reads, isSecret);
  }

  /** Whether calling a function brings a label in: by its result, or in what it leaves in its arguments. */
  private bringsIn(scope: number): boolean {
    const summary = this.interpreter.summary(scope);
    if (summary === undefined) return false;
    const { concrete, domain } = this.context;
    return [summary.result, ...summary.left].some((value) => domain.hasLabels(concrete.of(value)));
  }
}

/** An interpretation that has not begun. `earlier`: passes that it may take over. `shared`: what scopes show, found
 * together. */
export function newInterpretation(
  resolver: Resolver,
  library: Library,
  demand: Demand,
  earlier = new Traces(),
  shared: SharedRelevance | null = null,
): Interpretation {
  const context = shared?.context ?? new Context(resolver, library, demand);
  const relevance = relevant(context, shared?.reader, shared?.flags);
  const interpreter = new Interpreter(context, earlier, relevance.answers);
  return new Interpretation(resolver, context, relevance, new Readers(context), interpreter);
}

/** One that has not begun, of a program whose bodies changed, with the tables and passes of the one before. */
export function interpretationAfter(before: Interpretation, changed: readonly Scope[]): Interpretation {
  const { resolver, context, readers } = before;
  const relevance = relevantAfter(context, before.relevance, changed);
  readers.update(changed);
  for (const scope of changed) {
    context.objectUses.forget(scope);
    before.interpreter.used.forget(scope.id);
  }
  const interpreter = new Interpreter(context, before.interpreter.used, relevance.answers);
  return new Interpretation(resolver, context, relevance, readers, interpreter);
}

function differ(x: Summary, y: Summary): boolean {
  return (
    x.result !== y.result ||
    x.sinks.length !== y.sinks.length ||
    x.sinks.some((sink, k) => sink.label !== y.sinks[k]!.label || sink.mask !== y.sinks[k]!.mask) ||
    [x.left, x.checked, x.checkedIfTrue].join() !== [y.left, y.checked, y.checkedIfTrue].join()
  );
}
