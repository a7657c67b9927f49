// A review as a document without a format: headings, sentences, places. Written once, so that the text, the
// Markdown and the HTML of a review say the same in the same order.

import type { Review, ReviewSection, Statement } from '../project/protocol';
import type { Finding, Location } from '../rules/finding';
import { countOf } from './wording';

/** A list below a heading. */
export interface ReviewList {
  readonly title: string;
  readonly items: readonly (Statement | Finding)[];
}

/** A heading with what stands below it. */
export interface ReviewPart {
  readonly title: string;
  readonly intro: string;
  readonly lists: readonly ReviewList[];
  /** Where something can be folded, this is: few want to read it. */
  readonly folded?: boolean;
}

/** A whole review. */
export interface ReviewDocument {
  readonly title: string;
  /** The title with the name of the file alone, where the path stands elsewhere. */
  readonly shortTitle: string;
  readonly verdict: string;
  readonly facts: string;
  readonly parts: readonly ReviewPart[];
}

/** Whether an item of a list is a defect. */
export function isFinding(item: Statement | Finding): item is Finding {
  return 'rule' in item;
}

/** More lines than these nobody looks up. */
const mostLines = 24;

/** The lines that a report names for a statement, and how many it leaves out. */
export function linesOf(statement: Statement): {
  readonly lines: readonly Location[];
  readonly more: string;
} {
  const all = allLinesOf(statement);
  if (all.length <= mostLines) return { lines: all, more: '' };
  return { lines: all.slice(0, mostLines - 1), more: ` and ${all.length - mostLines + 1} more` };
}

/** The places in the order of the text, one for each line: to name a line twice says nothing more. */
function allLinesOf({ locations }: Statement): readonly Location[] {
  const byLine = new Map(locations.map((each) => [`${each.range.start.line} ${each.path}`, each]));
  return [...byLine.values()].sort(
    (one, other) => compare(one.path, other.path) || one.range.start.line - other.range.start.line,
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Lays a review out. `path` is the path as shown. */
export function layOutReview(review: Review, path: string): ReviewDocument {
  const parts = review.sections.map(layOutSection);
  if (review.notChecked.length > 0) {
    const items = review.notChecked.map((text) => ({ text, locations: [] }));
    const intro = 'Silence about these says nothing.';
    parts.push({ title: 'Not checked yet', intro, lists: [{ title: '', items }] });
  }
  const asked = review.sections.filter((section) => section.asked.length > 0);
  if (asked.length > 0) {
    const items = asked.map((section) => ({ text: askedWords(section), locations: [] }));
    const inPreview = asked.some((section) => section.asked.some(({ preview }) => preview));
    const intro = inPreview
      ? 'Those with an asterisk are in preview: they were not measured to be right often enough yet.'
      : '';
    parts.push({ title: 'Rules that were asked', intro, lists: [{ title: '', items }], folded: true });
  }
  return {
    title: `Review of ${path}`,
    shortTitle: `Review of ${path.slice(path.lastIndexOf('/') + 1)}`,
    verdict: review.verdict,
    facts: factsOf(review),
    parts,
  };
}

function factsOf({ lineCount, otherFiles, sections }: Review): string {
  const lines = countOf(lineCount, 'line');
  if (sections.length === 0) return `${lines}.`;
  if (otherFiles > 0) return `${lines}, read together with ${countOf(otherFiles, 'other file')}.`;
  return `${lines}, read alone: what other files do with it is not known.`;
}

function askedWords({ title, asked }: ReviewSection): string {
  return `${title}: ${asked.map(({ name, preview }) => (preview ? `${name}*` : name)).join(', ')}.`;
}

function layOutSection({ title, checked, good, noted = [], defects, undecided }: ReviewSection): ReviewPart {
  const lists: ReviewList[] = [
    { title: 'Findings', items: defects },
    { title: 'Good practice', items: good },
    { title: 'Noted', items: noted },
    { title: 'Not decided', items: undecided },
  ];
  return {
    title: checked === '' ? `${title} (no rule yet)` : title,
    intro: checked,
    lists: lists.filter(({ items }) => items.length > 0),
  };
}
