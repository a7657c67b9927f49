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

/** The places of a statement in the order of the text, one for each line: to name a line twice says nothing more. */
export function linesOf({ locations }: Statement): readonly Location[] {
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
  if (review.recommendations.length > 0) {
    parts.push({
      title: 'Recommendations',
      intro: '',
      lists: [{ title: '', items: review.recommendations }],
    });
  }
  if (review.notChecked.length > 0) {
    const items = review.notChecked.map((text) => ({ text, locations: [] }));
    const intro = 'Silence about these says nothing.';
    parts.push({ title: 'Not checked yet', intro, lists: [{ title: '', items }] });
  }
  return {
    title: `Review of ${path}`,
    shortTitle: `Review of ${path.slice(path.lastIndexOf('/') + 1)}`,
    verdict: review.verdict,
    facts: `${countOf(review.lineCount, 'line')}.`,
    parts,
  };
}

function layOutSection({ title, checked, good, noted = [], defects, undecided }: ReviewSection): ReviewPart {
  const lists: ReviewList[] = [
    { title: 'Good practice', items: good },
    { title: 'Defects', items: defects },
    { title: 'Noted', items: noted },
    { title: 'Not decided', items: undecided },
  ];
  return { title, intro: checked, lists: lists.filter(({ items }) => items.length > 0) };
}
