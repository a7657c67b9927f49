// Passes of another thread are taken over where they fit, written down and read again without loss, and never decide what
// is found: not when they come late, not when they were made of less than what is known.

import { expect, it } from 'vitest';
import { Numberings } from '../../../../server/src/flow/numberings';
import { everything } from '../../../../server/src/flow/values/demand';
import {
  type Outline,
  SharedInterpretation,
  type Told,
} from '../../../../server/src/flow/values/shared-interpretation';
import { Values } from '../../../../server/src/flow/values/values';
import { loadLibrary } from '../../../../server/src/library/load';
import { Program } from '../../../../server/src/program/program';
import { Analysis } from '../../../../server/src/whole/analysis';
import { flowPrograms } from '../../project/flow-programs';
import { Random } from '../../project/programs';
import { parser } from '../example';

const sources = Object.entries(flowPrograms).map(([path, text]) => [path, parser.compile(text)] as const);
const { library } = loadLibrary();
const analysed = () => new Analysis(new Program(sources), library, new Numberings());

function flowsOf(values: Values): unknown {
  return values.flows.map((flow) => ({
    ...flow,
    label: 0,
    origin: values.origin(flow),
    path: values.path(flow),
  }));
}

const alone = analysed().values;

interface Side {
  readonly shared: SharedInterpretation;
  readonly analysis: Analysis;
}

function sides(count: number): Side[] {
  return Array.from({ length: count }, () => {
    const analysis = analysed();
    return { analysis, shared: new SharedInterpretation(analysis.resolver, library, everything) };
  });
}

/** Goes through all rounds; `share` says who does a task, and whether the others hear of it before the round ends. */
function together(
  all: readonly Side[],
  share: (task: number) => { readonly by: number; readonly heard: boolean },
) {
  const news: Told[][] = all.map(() => []);
  const late: Told[] = [];
  const spread = (told: Told) => {
    news.forEach((list, k) => {
      if (k !== told.by) list.push(told);
    });
  };
  for (let round = 0, outline: Outline; ; round++) {
    late.splice(0).forEach(spread);
    const outlines = all.map(({ shared }, k) => shared.next(news[k]!.splice(0)));
    outline = outlines[0]!;
    for (const other of outlines) expect(other).toEqual(outline);
    const tasks = outline.levels.reduce((sum, one) => sum + one, 0);
    for (let task = 0; task < tasks; task++) {
      const { by, heard } = share(task);
      const traces = structuredClone(all[by]!.shared.follow(task, news[by]!.splice(0)));
      // What one tells comes in the order of telling.
      if (heard && late.every((told) => told.by !== by)) spread({ by, round, traces });
      else late.push({ by, round, traces });
    }
    if (outline.isLast) break;
  }
  late.forEach(spread);
  return all.map(({ shared, analysis }, k) => {
    const finished = shared.finish(news[k]!);
    const { counts } = finished.interpreter;
    return { counts, values: new Values(analysis.resolver, library, everything, null, [], finished) };
  });
}

it('finds the same, and makes few passes twice, when two share the tasks', () => {
  expect(alone.flows.length).toBeGreaterThan(5);
  for (const { counts, values } of together(sides(2), (task) => ({ by: task % 2, heard: true }))) {
    expect(flowsOf(values)).toEqual(flowsOf(alone));
    expect(counts.passes).toBeLessThan(alone.counts.passes / 2);
  }
});

it.each([1, 2, 3, 4])('finds the same when news come late and by chance, seed %i', (seed) => {
  const random = new Random(seed);
  const found = together(sides(3), () => ({ by: random.below(3), heard: random.below(2) === 0 }));
  for (const { values } of found) expect(flowsOf(values)).toEqual(flowsOf(alone));
});

it('finds the same when nobody tells anything', () => {
  const [one] = sides(1);
  for (let outline = one!.shared.next([]); !outline.isLast; ) outline = one!.shared.next([]);
  const values = new Values(one!.analysis.resolver, library, everything, null, [], one!.shared.finish([]));
  expect(flowsOf(values)).toEqual(flowsOf(alone));
});
