// Who follows which values in an audit by several engines: tasks by rounds and levels, given to whoever is free, and what
// was found out, passed on to the others. A level begins when all tasks of the one before are done. Which engine takes
// what depends on chance; nothing but the time does.

import type { Outline, Told } from '../flow/values/shared-interpretation';

/** A task under way. */
export interface Task {
  /** Within its round. */
  readonly number: number;
  readonly level: Level;
}

interface Level {
  /** Tasks not yet taken: from `next` up to, not including, `end`. */
  next: number;
  end: number;
  underWay: number;
  waiting: (() => void)[];
}

/** The tasks of one audit. What is called a round here may also be what has to be done before the first one. */
export class TaskBoard {
  private readonly rounds: { readonly outline: string; readonly levels: readonly Level[] }[] = [];
  private readonly told: Told[] = [];
  private readonly read: number[];
  private failure: { readonly error: unknown } | null = null;
  private closed = false;

  constructor(engines: number) {
    this.read = new Array<number>(engines).fill(0);
  }

  /** Whether nothing is left to do, for nobody needs it. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** What an engine found in a round; the same for each of them. */
  begin(round: number, outline: Outline): void {
    const words = JSON.stringify(outline);
    const known = this.rounds[round];
    if (known !== undefined && known.outline !== words)
      throw new Error('The engines see different programs.');
    if (known !== undefined) return;
    let next = 0;
    const levels = outline.levels.map((count) => {
      const level: Level = { next, end: next + count, underWay: 0, waiting: [] };
      next += count;
      return level;
    });
    this.rounds[round] = { outline: words, levels };
  }

  /** The next task for an engine; null when none is left. Engines begin at different ends: neighbours rest on the same. */
  take(round: number, level: number, by: number): Task | null {
    const from = this.levelOf(round, level);
    if (this.closed || from.next === from.end) return null;
    from.underWay++;
    return { number: by % 2 === 0 ? from.next++ : --from.end, level: from };
  }

  /** A task is done, and this is what came of it for others to hear, if anything did. */
  finish({ level }: Task, told?: Told): void {
    if (told) this.told.push(told);
    level.underWay--;
    if (isOver(level)) release(level);
  }

  /** Resolves when all tasks of a level are done. */
  async endOf(round: number, level: number): Promise<void> {
    const from = this.levelOf(round, level);
    if (!this.closed && !isOver(from)) await new Promise<void>((done) => from.waiting.push(done));
    this.levelOf(round, level);
  }

  /** What others told since an engine asked last. */
  newsFor(by: number): readonly Told[] {
    const news = this.told.slice(this.read[by]).filter((one) => one.by !== by);
    this.read[by] = this.told.length;
    return news;
  }

  /** Nobody needs what is left. */
  close(): void {
    this.closed = true;
    this.releaseAll();
  }

  /** An engine failed: all others stop at their next step. */
  fail(error: unknown): void {
    this.failure ??= { error };
    this.releaseAll();
  }

  private levelOf(round: number, level: number): Level {
    if (this.failure) throw this.failure.error;
    return this.rounds[round]!.levels[level]!;
  }

  private releaseAll(): void {
    for (const { levels } of this.rounds) levels.forEach(release);
  }
}

function isOver({ next, end, underWay }: Level): boolean {
  return next === end && underWay === 0;
}

function release({ waiting }: Level): void {
  for (const done of waiting.splice(0)) done();
}
