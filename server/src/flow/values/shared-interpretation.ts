// An interpretation that several threads do together. In each round every thread guesses: it interprets some of the
// functions, callees first, and takes over what the others made of theirs. Then it goes through the round for real, with
// all these passes at hand; what was guessed under other circumstances does not fit and is made anew. So the outcome
// depends neither on who did what nor on what came late: only the time does.

import type { Library } from '../../library/library';
import type { Resolver } from '../resolver';
import type { Demand } from './demand';
import { type Interpretation, maximumRounds, newInterpretation } from './interpretation';
import { type MadeTrace, type PackedTraces, TraceReader, TraceWriter } from './packed-traces';
import type { SharedRelevance } from './shared-relevance';
import { Traces } from './trace';

/** What there is to do in a round; the same in every thread. */
export interface Outline {
  /** How many tasks each level has. A level rests on those before it; its tasks hardly rest on each other. */
  readonly levels: readonly number[];
  /** No round follows. */
  readonly isLast: boolean;
}

/** What a thread made in a round. Who made it, counted as the threads are. */
export interface Told {
  readonly by: number;
  readonly round: number;
  readonly traces: PackedTraces;
}

const mostLevels = 8;
const mostTasks = 8;
/** Work that is worth telling of, and that is worth a level of its own, in instructions. */
const leastWork = 200;
const workOfLevel = 1_000;
/** What a scope costs beside its instructions, and one that is only looked at, in instructions. */
const costOfScope = 20;
const costOfLook = 0.1;

/** One thread's side of it. */
export class SharedInterpretation {
  /** Passes that were made in guessing, whoever made them. */
  private readonly pool = new Traces();
  private readonly real: Interpretation;
  private guess: Interpretation;
  private readonly writer: TraceWriter;
  private readonly readers = new Map<number, TraceReader>();
  private readonly depths: Int32Array;
  private tasks: readonly (readonly number[])[] = [];
  private round = -1;
  /** What was told of rounds that have not begun here. */
  private early: { readonly round: number; readonly made: readonly MadeTrace[] }[] = [];

  constructor(resolver: Resolver, library: Library, demand: Demand, shared: SharedRelevance | null = null) {
    this.real = newInterpretation(resolver, library, demand, this.pool, shared);
    this.guess = this.real;
    this.writer = new TraceWriter(this.real.context);
    this.depths = depthsOf(this.real);
  }

  /** Ends the round, if one is under way, and says what there is to do in the next one. */
  next(told: readonly Told[]): Outline {
    this.learn(told);
    if (this.round >= 0) this.conclude();
    this.round++;
    this.guess = this.real.copy(this.pool);
    this.guess.begin(this.round);
    const levels = this.planned();
    for (const { round, made } of this.early.splice(0)) this.adopt(round, made);
    this.tasks = levels.flat();
    return { levels: levels.map(({ length }) => length), isLast: this.round === maximumRounds - 1 };
  }

  /** Does a task of the round. */
  follow(task: number, told: readonly Told[]): PackedTraces {
    this.learn(told);
    const { interpreter } = this.guess;
    interpreter.takeOver();
    for (const scope of this.tasks[task]!) this.guess.visit(this.round, scope);
    const made = interpreter.takeMade();
    for (const [scope, trace] of made) this.pool.add(scope, trace);
    return this.writer.write(made);
  }

  /** The interpretation when all rounds are over. */
  finish(told: readonly Told[]): Interpretation {
    this.learn(told);
    this.conclude();
    return this.real;
  }

  private conclude(): void {
    this.real.interpreter.takeOver();
    this.real.run(this.round);
    for (const [scope, trace] of this.real.interpreter.takeMade()) this.pool.add(scope, trace);
  }

  private learn(told: readonly Told[]): void {
    for (const { by, round, traces } of told) {
      let reader = this.readers.get(by);
      if (reader === undefined) {
        reader = new TraceReader(this.real.context, this.pool);
        this.readers.set(by, reader);
      }
      this.adopt(round, reader.read(traces));
    }
  }

  private adopt(round: number, made: readonly MadeTrace[]): void {
    if (round > this.round) this.early.push({ round, made });
    else if (round === this.round) for (const [scope, trace] of made) this.guess.adopt(round, scope, trace);
  }

  /** The scopes of each task, by levels. */
  private planned(): readonly (readonly (readonly number[])[])[] {
    const { depths } = this;
    const scopes = this.real.scopes(this.round);
    const costs = scopes.map((scope) => this.costOf(scope));
    const total = costs.reduce((sum, cost) => sum + cost, 0);
    if (total < leastWork) return [];
    const count = Math.min(mostLevels, Math.ceil(total / workOfLevel));
    const byDepth = new Map<number, number>();
    scopes.forEach((scope, k) => {
      byDepth.set(depths[scope]!, (byDepth.get(depths[scope]!) ?? 0) + costs[k]!);
    });
    const levelOf = new Map<number, number>();
    let seen = 0;
    for (const depth of [...byDepth.keys()].sort((x, y) => x - y)) {
      levelOf.set(depth, Math.floor((seen * count) / total));
      seen += byDepth.get(depth)!;
    }
    const levels: number[][] = [];
    scopes.forEach((scope, k) => {
      const level = levelOf.get(depths[scope]!)!;
      levels[level] ??= [];
      levels[level].push(k);
    });
    return levels
      .filter((level) => level !== undefined)
      .map((level) => split(level, scopes, costs, total / (count * mostTasks)));
  }

  private costOf(scope: number): number {
    const { relevance, resolver } = this.real;
    const wanted = this.round === 0 ? relevance.answers[scope] === 1 : this.guess.isStale(scope);
    return wanted ? resolver.program.scopes[scope]!.code.op.length + costOfScope : costOfLook;
  }
}

/** Tasks of about this cost: neighbours in the program together, each in the order of the round. */
function split(
  level: readonly number[],
  scopes: readonly number[],
  costs: readonly number[],
  size: number,
): number[][] {
  const tasks: number[][] = [];
  let cost = size;
  for (const k of [...level].sort((x, y) => scopes[x]! - scopes[y]!)) {
    if (cost >= size) {
      tasks.push([]);
      cost = 0;
    }
    tasks[tasks.length - 1]!.push(k);
    cost += costs[k]!;
  }
  return tasks.map((task) => task.sort((x, y) => x - y).map((k) => scopes[k]!));
}

/** Scope -> how many calls lie below it at most, those that lead back left out. */
function depthsOf({ resolver, relevance }: Interpretation): Int32Array {
  const depths = new Int32Array(resolver.program.scopes.length);
  for (const scope of relevance.order) {
    for (const callee of relevance.callees[scope]!)
      if (callee !== scope) depths[scope] = Math.max(depths[scope]!, depths[callee]! + 1);
  }
  return depths;
}
