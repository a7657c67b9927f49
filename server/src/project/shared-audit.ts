// One audit by several engines that hold the same files, each in a thread of its own. They share the work on calls and
// the following of values; the first runs the rules and settles what they report. Decides in what order the engines are
// asked; who follows which values depends on who is free. The outcome is that of one engine.

import type { ShownPart } from '../flow/values/shared-relevance';
import type { Report } from '../rules/rule';
import type { Part, SharedCalls } from '../whole/call-sharing';
import type { AuditResult, EngineMethod, EngineRequests } from './protocol';
import { TaskBoard } from './task-board';

/** What a rule reported, without the rule: plain data, its fixes found. */
export interface NamedReport {
  readonly rule: string;
  readonly report: Report;
}

/** Names of the rules that speak: those that do without values by concern, and those that ask for them. */
export interface RulePlan {
  readonly groups: readonly (readonly string[])[];
  readonly ofValues: readonly string[];
}

/** What rules reported, and the names of those that have to wait until all values are followed. */
export interface Examined {
  readonly reports: readonly NamedReport[];
  readonly later: readonly string[];
}

/** Asks one engine. */
export type Ask = <M extends EngineMethod>(
  method: M,
  params: EngineRequests[M]['params'],
) => Promise<EngineRequests[M]['result']>;

/** Enough that the engines end together. */
const partsOfEngine = 16;

/** Has the engines do one audit together. When one of them fails, so does this, after all have fallen silent. */
export async function auditTogether(engines: readonly Ask[]): Promise<AuditResult> {
  let plan: RulePlan = { groups: [], ofValues: [] };
  const found = await inParts(
    engines,
    async (ask) => {
      plan = await ask('begin', {});
    },
    (ask, part) => ask('gather', { part }),
  );
  const calls = await inParts(
    engines,
    (ask) => ask('learn', { arguments: found }),
    (ask, part) => ask('link', { part }),
  );
  const examination = new Examination(engines, calls, plan);
  await all(engines, (_, index) => examination.join(index));
  return engines[0]!('audit', { reports: await examination.reports() });
}

/** What follows once all calls are known: the first engine runs rules while the others follow values; whoever is through
 * with its own joins in. The first that has all values asks the rules about them. */
class Examination {
  private readonly board: TaskBoard;
  private readonly groups: (readonly string[])[];
  private readonly examined: Examined[] = [];
  private readonly linked = new Set<number>();
  private readonly shown: ShownPart[] = [];
  /** Who has all values. */
  private owner = 0;

  constructor(
    private readonly engines: readonly Ask[],
    private readonly calls: readonly SharedCalls[],
    private readonly plan: RulePlan,
  ) {
    this.board = new TaskBoard(engines.length);
    this.groups = [...plan.groups];
    if (plan.ofValues.length === 0) this.board.close();
  }

  /** Has an engine do what there is to do. */
  async join(by: number): Promise<void> {
    try {
      if (by === 0) await this.examine(by);
      await this.follow(by);
      await this.examine(by);
    } catch (error) {
      this.board.fail(error);
      throw error;
    }
  }

  /** What all rules reported. */
  async reports(): Promise<readonly NamedReport[]> {
    const later = this.examined.flatMap((one) => one.later);
    const last = later.length > 0 ? [await this.engines[this.owner]!('examine', { rules: later })] : [];
    return [...this.examined, ...last].flatMap(({ reports }) => reports);
  }

  private async examine(by: number): Promise<void> {
    for (;;) {
      const rules = by === 0 ? this.groups.shift() : this.groups.pop();
      if (rules === undefined) return;
      this.examined.push(await this.engines[by]!('examine', { rules, calls: this.news(by) }));
    }
  }

  /** Follows values until nothing is left of them. */
  private async follow(by: number): Promise<void> {
    const { board } = this;
    const ask = this.engines[by]!;
    await this.show(by);
    for (let round = 0; !board.isClosed; round++) {
      const shown = round === 0 ? this.shown : undefined;
      const outline = await ask('outline', { calls: this.news(by), shown, told: board.newsFor(by) });
      const stage = round + 1;
      board.begin(stage, outline);
      for (let level = 0; level < outline.levels.length; level++) {
        for (let task = board.take(stage, level, by); task !== null; task = board.take(stage, level, by)) {
          const traces = await ask('follow', { task: task.number, told: board.newsFor(by) });
          board.finish(task, { by, round, traces });
        }
        await board.endOf(stage, level);
      }
      if (outline.isLast && !board.isClosed) {
        board.close();
        this.owner = by;
        const params = { rules: this.plan.ofValues, told: board.newsFor(by) };
        this.examined.push(await ask('examine', params));
      }
    }
  }

  /** Finds where labels begin. */
  private async show(by: number): Promise<void> {
    const { board, engines } = this;
    if (board.isClosed) return;
    const of = partsOfEngine * engines.length;
    board.begin(0, { levels: [of], isLast: false });
    for (let task = board.take(0, 0, by); task !== null; task = board.take(0, 0, by)) {
      const part = { index: task.number, of };
      this.shown[part.index] = await engines[by]!('show', { part, calls: this.news(by) });
      board.finish(task);
    }
    await board.endOf(0, 0);
  }

  /** The calls, for an engine that has not heard of them. */
  private news(by: number): readonly SharedCalls[] | undefined {
    if (this.linked.has(by)) return undefined;
    this.linked.add(by);
    return this.calls;
  }
}

/** Work on a program by its parts, given to whoever is ready for it and free; what came of each part, in order. Engines
 * begin at different ends: neighbours rest on the same. */
async function inParts<T>(
  engines: readonly Ask[],
  prepared: (ask: Ask) => Promise<unknown>,
  done: (ask: Ask, part: Part) => Promise<T>,
): Promise<readonly T[]> {
  const of = partsOfEngine * engines.length;
  const results = new Array<T>(of);
  let next = 0;
  let end = of;
  await all(engines, async (ask, index) => {
    try {
      await prepared(ask);
      while (next < end) {
        const part = { index: index % 2 === 0 ? next++ : --end, of };
        results[part.index] = await done(ask, part);
      }
    } catch (error) {
      end = next;
      throw error;
    }
  });
  return results;
}

async function all<T>(engines: readonly Ask[], asked: (ask: Ask, index: number) => Promise<T>): Promise<T[]> {
  const settled = await Promise.allSettled(engines.map(asked));
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
