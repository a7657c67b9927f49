// Puts `with LOCK:` around the statements from the first to the last of a function's accesses, so that what belongs
// together is held together. A `with` of the same lock among them, or right beside them, is widened instead. Answers
// null where a statement between must not run under the lock, or where the text has another form than expected.

import type { TextEdit } from '../text/span';
import type { FixContext } from './build';
import { insideStrings } from './line-blocks';
import { type Run, StatementRuns } from './statement-runs';

/** The accesses of one function. All numbers are offsets. */
export interface HoldGroup {
  readonly accesses: readonly number[];
  /** The managers of `with` statements that take the same lock. */
  readonly sections: readonly number[];
  /** What must not run with the lock held. */
  readonly stops: readonly number[];
  /** As the lock is written there. */
  readonly lock: string;
  /** `with` or `async with`. */
  readonly keyword: string;
}

/** Longer runs do more than one thing: where the lock belongs there is for the reader to say. */
const mostLines = 40;
const mostLinesOfTest = 12;

/** Edits that hold the lock in all of `data.groups`; null when one of them can't be. */
export function holdLock(
  data: Readonly<Record<string, unknown>>,
  { text, runs = new StatementRuns(text) }: FixContext,
): readonly TextEdit[] | null {
  if (!Array.isArray(data.groups)) return null;
  const edits: TextEdit[] = [];
  for (const group of data.groups as readonly HoldGroup[]) {
    const more = holdGroup(runs, group);
    if (!more) return null;
    edits.push(...more);
  }
  return edits;
}

function holdGroup(runs: StatementRuns, group: HoldGroup): readonly TextEdit[] | null {
  let run: Run | null = null;
  for (const offset of group.accesses) {
    const statement = runs.statementAt(runs.lineOf(offset));
    run = run && statement ? runs.join(run, statement) : statement;
    if (!run) return null;
  }
  if (!run) return null;
  const sections = group.sections.flatMap((offset) => plainSection(runs, group, offset) ?? []);
  const isSection = (one: Run | null) => one !== null && sections.some(({ first }) => first === one.first);
  run = testOf(runs, run, isSection);
  const [before, behind] = [runs.before(run), runs.behind(run)];
  if (isSection(before)) run = { first: before!.first, last: run.last };
  if (isSection(behind)) run = { first: run.first, last: behind!.last };
  const widest = run;
  const taken = group.sections.filter((offset) => runs.covers(widest, offset));
  const widened = sections.filter(({ first }) => runs.covers(widest, runs.lines[first]!.start));
  // A section of another form would take the lock twice.
  if (widened.length !== taken.length || run.last - run.first >= mostLines) return null;
  if (group.stops.some((offset) => runs.covers(widest, offset))) return null;
  const unit = runs.unitOf(run.first);
  if (widened.some(({ first }) => runs.unitOf(first + 1) !== unit)) return null;
  return editsOf(runs, group, run, widened, unit);
}

/** The `if` around a run that stands right behind a section: it tests what was read there. Else the run itself. */
function testOf(runs: StatementRuns, run: Run, isSection: (one: Run | null) => boolean): Run {
  const outer = runs.outer(run);
  if (!outer || !/^\s*if\b/.test(runs.lines[outer.first]!.text)) return run;
  return outer.last - outer.first < mostLinesOfTest && isSection(runs.before(outer)) ? outer : run;
}

/** A statement `with LOCK:` that takes this lock and nothing else, its head on one line without a comment. */
function plainSection(runs: StatementRuns, { lock, keyword }: HoldGroup, offset: number): Run | null {
  const line = runs.lineOf(offset);
  return runs.lines[line]?.text.trim() === `${keyword} ${lock}:` ? runs.statementAt(line) : null;
}

function editsOf(
  { text, lines }: StatementRuns,
  { lock, keyword }: HoldGroup,
  { first, last }: Run,
  widened: readonly Run[],
  unit: string,
): TextEdit[] {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = /^[ \t]*/.exec(lines[first]!.text)![0];
  const strings = insideStrings(first, last, lines);
  const edits: TextEdit[] = [];
  for (let each = first; each <= last; each++) {
    const line = lines[each]!;
    const section = widened.find((one) => each >= one.first && each <= one.last);
    // The head of a section that comes first stays the head.
    const begins = each === first && section?.first !== each;
    const moves = !section && line.text.trim() !== '' && !strings.has(each);
    const put = `${begins ? `${indent}${keyword} ${lock}:${newline}` : ''}${moves ? unit : ''}`;
    const drops = section?.first === each && each !== first;
    if (put !== '' || drops)
      edits.push({ start: line.start, end: drops ? line.next : line.start, text: put });
  }
  return edits;
}
