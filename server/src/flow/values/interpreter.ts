// One interpretation of the program: what is known of functions and shared places so far, and who is being interpreted.
// Runs a pass only where no earlier one of the same code got the same answers; both come to the same.

import type { Code } from '../../syntax/code';
import { CodeFlag, Op, ScopeKind } from '../../syntax/code';
import { keptByStatement } from './body-slices';
import type { Answerer, Context, Counts } from './context';
import { bottom } from './domain';
import { Fields, type Place } from './fields';
import { Pass } from './pass';
import { Answers } from './relevance';
import { type Summary, sameSummary } from './summary';
import { type Answer, Ask, Recorder, type Trace, Traces } from './trace';

const maximumNesting = 40;

/** The state of an interpretation. */
export class Interpreter implements Answerer {
  readonly counts: Counts = { passes: 0, unknownCalls: 0, exhausted: 0 };
  /** Function -> its last pass on its own, whatever it is given. */
  readonly last = new Map<number, Trace>();
  /** Function -> its last passes in terms of inputs, by which. */
  readonly fulls = new Map<number, Map<number, Trace>>();
  /** All passes that went into the result. */
  readonly used = new Traces();
  /** Functions being interpreted, so that a recursive call is seen. */
  private readonly running = new Set<number>();
  /** The one that is being interpreted. */
  private asker = -1;
  private recorder = new Recorder([]);
  private readonly newlyMade: (readonly [scope: number, trace: Trace])[] = [];
  /** Whether the pass under way is over a module or a class body: those run before anything is stored anywhere. */
  private inBody = false;

  constructor(
    private readonly context: Context,
    private earlier: Traces,
    /** Scope -> whether it is interpreted when it is asked for. */
    private readonly answers: Uint8Array,
    readonly fields = new Fields(context.domain),
  ) {
    context.answerBy(this);
  }

  /** Answers the questions of passes from now on. */
  takeOver(): void {
    this.context.answerBy(this);
  }

  /** What is known of a function. */
  summary(scope: number): Summary | undefined {
    return this.last.get(scope)?.summary;
  }

  /** Interprets a function, or takes over a pass that would be the same. */
  run(scope: number, inputs: number): void {
    const { recorder, inBody, asker } = this;
    this.asker = scope;
    this.running.add(scope);
    this.inBody = this.isBody(scope);
    const trace = this.passOf(scope, inputs);
    this.running.delete(scope);
    this.asker = asker;
    this.recorder = recorder;
    this.used.add(scope, trace);
    this.adopt(scope, trace);
    this.inBody = inBody;
  }

  /** The last pass over a function in terms of these inputs. */
  known(scope: number, inputs: number): Trace | undefined {
    return inputs === 0 ? this.last.get(scope) : this.fulls.get(scope)?.get(inputs);
  }

  /** Takes over a pass that was made elsewhere. */
  adopt(scope: number, trace: Trace): void {
    const { inputs } = trace.summary;
    if (inputs === 0) this.last.set(scope, trace);
    else {
      const fulls = this.fulls.get(scope);
      if (fulls === undefined) this.fulls.set(scope, new Map([[inputs, trace]]));
      else fulls.set(inputs, trace);
    }
    this.keep(scope, trace);
  }

  /** An interpreter that goes on from here. `earlier`: passes that it may take over. */
  copy(earlier: Traces): Interpreter {
    const copy = new Interpreter(this.context, earlier, this.answers, this.fields.copy());
    for (const [scope, trace] of this.last) copy.last.set(scope, trace);
    for (const [scope, traces] of this.fulls) copy.fulls.set(scope, new Map(traces));
    return copy;
  }

  /** The passes that were made since this was asked last, in order. */
  takeMade(): readonly (readonly [scope: number, trace: Trace])[] {
    return this.newlyMade.splice(0);
  }

  /** Interprets a function again, as if it had not been. */
  rerun(scope: number, inputs: number): void {
    if (inputs === 0) this.last.delete(scope);
    else this.fulls.get(scope)?.delete(inputs);
    this.run(scope, inputs);
  }

  /** Ends the interpretation: what was not taken over goes. */
  finish(): void {
    this.earlier = new Traces();
    this.newlyMade.length = 0;
  }

  ask(ask: Ask, of: Place): Answer {
    const { recorder } = this;
    const asked = ask === Ask.Field ? recorder.reads : ask === Ask.ObjectField ? recorder.objectFields : null;
    const before = asked?.get(of);
    // These stay as they are while a pass runs.
    if (before !== undefined) return before;
    const answer = recorder.isAhead ? recorder.next() : this.answer(ask, of);
    recorder.note(ask, of, answer);
    asked?.set(of, answer as number);
    return answer;
  }

  store(place: Place, value: number): void {
    this.recorder.stores.push([place, value]);
  }

  private answer(ask: Ask, of: Place): Answer {
    const { scope, name } = of;
    switch (ask) {
      case Ask.Summary:
        if (!this.inBody) this.provide(scope);
        return this.summary(scope);
      case Ask.FullSummary:
        return this.fullSummary(scope, Number(name));
      case Ask.NeverReturns: {
        if (!this.inBody) this.provide(scope);
        const { code } = this.context.resolver.program.scopes[scope]!;
        return Number(this.summary(scope)?.returns === false || onlyRaises(code));
      }
      case Ask.Field:
        if (this.inBody) return bottom;
        return this.isBody(scope) ? this.keptBy(of) : this.fields.at(of);
      case Ask.Captures:
        return this.context.captureId(scope);
      case Ask.ObjectField:
        return Number(this.context.objectUses.isField(scope, name));
    }
  }

  private keep(scope: number, { stores }: Trace): void {
    const isBody = this.isBody(scope);
    for (const [place, value] of stores) {
      if (isBody) this.fields.seed(place, value);
      else this.fields.add(place, value);
    }
  }

  /** Whether a scope is the body of a module or class. */
  isBody(scope: number): boolean {
    const { kind } = this.context.resolver.program.scopes[scope]!.code;
    return kind === ScopeKind.Module || kind === ScopeKind.Class;
  }

  /** Interprets a scope that was not yet, if it may have something to say. */
  private provide(scope: number): void {
    const answers = this.answers[scope] as Answers;
    if (answers === Answers.Never || this.last.has(scope) || this.running.has(scope)) return;
    if (answers === Answers.ToNames && this.answers[this.asker] !== Answers.Always) return;
    if (this.running.size < maximumNesting) this.run(scope, 0);
  }

  /** What a shared place of a body holds, which is interpreted if it has to be. */
  private keptBy(of: Place): number {
    if (this.answers[of.scope] === 0) return this.fields.at(of);
    const plain = this.context.plainName(of) ?? this.keptByStatement(of);
    if (plain === null) this.provide(of.scope);
    return this.context.domain.join(this.fields.at(of), plain ?? bottom);
  }

  /** What one statement of a body keeps, as if the body ran; null when it has to run. */
  private keptByStatement(of: Place): number | null {
    const { context, recorder, inBody } = this;
    let value = context.statementValues.get(of);
    if (value !== undefined) return value;
    this.recorder = new Recorder([]);
    this.inBody = true;
    const { resolver } = context;
    value = resolver.findFor(of.scope, () =>
      keptByStatement(context, resolver.program.scopes[of.scope]!, of.name),
    );
    this.recorder = recorder;
    this.inBody = inBody;
    context.statementValues.set(of, value);
    return value;
  }

  private fullSummary(scope: number, inputs: number): Summary | undefined {
    const known = this.known(scope, inputs)?.summary;
    if (known) return known;
    if (this.running.size >= maximumNesting || this.running.has(scope)) return undefined;
    this.run(scope, inputs);
    return this.known(scope, inputs)!.summary;
  }

  /** Passes of one function with the same answers so far have the same next question, so one of them stands for all. */
  private passOf(scope: number, inputs: number): Trace {
    const known = [...this.earlier.of(scope), ...this.used.of(scope)].filter(
      ({ summary }) => summary.inputs === inputs,
    );
    let candidates = known;
    const answers: Answer[] = [];
    for (let first = candidates[0]; first !== undefined; first = candidates[0]) {
      const step = first.steps[answers.length];
      if (step === undefined) return first;
      const place = answers.length;
      const answer = this.answer(step.ask, step.of);
      answers.push(answer);
      candidates = candidates.filter((one) => one.steps[place]!.answer === answer);
    }
    return this.made(scope, inputs, answers, known);
  }

  private made(scope: number, inputs: number, answers: readonly Answer[], known: readonly Trace[]): Trace {
    this.counts.passes++;
    const recorder = new Recorder(answers);
    this.recorder = recorder;
    const { resolver } = this.context;
    const pass = new Pass(this.context, resolver.program.scopes[scope]!, inputs);
    resolver.findFor(scope, () => pass.run());
    const summary = pass.inputs.summary();
    const same = known.find((one) => sameSummary(one.summary, summary));
    const { steps, stores, reads } = recorder;
    const trace = { steps, stores, reads, flows: pass.flows, summary: same?.summary ?? summary };
    this.newlyMade.push([scope, trace]);
    return trace;
  }
}

/** No return anywhere, and a raise that no condition guards. */
function onlyRaises(code: Code): boolean {
  if ((code.flags & CodeFlag.Generator) !== 0 || code.op.includes(Op.Return)) return false;
  let depth = 0;
  for (const op of code.op) {
    if (op === Op.If || op === Op.Loop || op === Op.Try || op === Op.With) depth++;
    else if (op === Op.End) depth--;
    else if (op === Op.Raise && depth === 0) return true;
  }
  return false;
}
