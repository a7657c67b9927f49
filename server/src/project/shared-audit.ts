// One audit by several engines that hold the same files, each in a thread of its own. They share the work on calls and
// the following of values; the first runs the rules and settles what they report. Decides in what order the engines are
// asked; who follows which values depends on who is free. The outcome is that of one engine.

import type { Report } from '../rules/rule';
import type { Part, SharedCalls } from '../whole/call-sharing';
import type { AuditResult, EngineMethod, EngineRequests } from './protocol';
import { TaskBoard } from './task-board';

/** What a rule reported, without the rule. */
export interface NamedReport {
  readonly rule: string;
  readonly report: Report;
}

/** What rules reported, and whether all of them have run: those that ask for values wait until all are followed. */
export interface Examined {
  readonly reports: readonly NamedReport[];
  readonly isDone: boolean;
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
  const found = await inParts(
    engines,
    (ask) => ask('begin', {}),
    (ask, part) => ask('gather', { part }),
  );
  const calls = await inParts(
    engines,
    (ask) => ask('learn', { arguments: found }),
    (ask, part) => ask('link', { part }),
  );
  const board = new TaskBoard(engines.length);
  const reports = await all(engines, async (ask, index) => {
    try {
      if (index === 0) return await lead(ask, calls, board);
      await follow(ask, index, calls, board);
      return [];
    } catch (error) {
      board.fail(error);
      throw error;
    }
  });
  return engines[0]!('audit', { reports: reports.flat() });
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

/** Runs the rules, and helps to follow values in between. */
async function lead(
  ask: Ask,
  calls: readonly SharedCalls[],
  board: TaskBoard,
): Promise<readonly NamedReport[]> {
  const early = await ask('examine', { calls });
  if (early.isDone) {
    board.close();
    return early.reports;
  }
  await follow(ask, 0, undefined, board);
  const late = await ask('examine', { told: board.newsFor(0) });
  return [...early.reports, ...late.reports];
}

/** Does what there is to do until all rounds are over. */
async function follow(
  ask: Ask,
  by: number,
  calls: readonly SharedCalls[] | undefined,
  board: TaskBoard,
): Promise<void> {
  for (let round = 0; !board.isClosed; round++) {
    const outline = await ask('outline', { calls: round === 0 ? calls : undefined, told: board.newsFor(by) });
    board.begin(round, outline);
    for (let level = 0; level < outline.levels.length; level++) {
      for (let task = board.take(round, level, by); task !== null; task = board.take(round, level, by)) {
        const traces = await ask('follow', { task: task.number, told: board.newsFor(by) });
        board.finish(task, { by, round, traces });
      }
      await board.endOf(round, level);
    }
    if (outline.isLast) return;
  }
}

async function all<T>(engines: readonly Ask[], asked: (ask: Ask, index: number) => Promise<T>): Promise<T[]> {
  const settled = await Promise.allSettled(engines.map(asked));
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
