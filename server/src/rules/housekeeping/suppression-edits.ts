// The edits that mend suppression comments: remove the comment, or one name of it, and nothing else of the line.

import type { IgnoreDirective } from '../../syntax/directives';
import type { TextEdit } from '../../text/span';
import type { FixProposal } from '../finding';

/** A suppression in its file. */
export interface SuppressionPlace {
  /** Index of the file. */
  readonly file: number;
  readonly text: string;
  readonly directive: IgnoreDirective;
}

/** A fix that is a list of edits known in advance; `fixes/` hands them on as they are. */
export function replaceProposal(title: string, safe: boolean, edits: readonly TextEdit[]): FixProposal {
  return { kind: 'replace', title, safe, data: { edits } };
}

/** The edit that removes a whole suppression, with its line when nothing else stands on it. */
export function removalOf(place: SuppressionPlace): TextEdit {
  const { text, directive } = place;
  const { comment, span } = directive;
  const whole =
    span.start === comment.start && span.end >= comment.start + `#${comment.text}`.trimEnd().length;
  let start = span.start;
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
  if (!whole)
    return span.start === comment.start ? partRemoval(span.start, span.end, text) : edit(start, span.end);
  if (!comment.alone) return edit(start, comment.end);
  let end = comment.end;
  if (text[end] === '\r') end++;
  if (text[end] === '\n') end++;
  return edit(start, end);
}

/** The edit that removes one name, and the comma that belongs to it. */
export function removalOfName(directive: IgnoreDirective, index: number): TextEdit {
  const { rules } = directive;
  const before = rules[index - 1];
  const after = rules[index + 1];
  if (after) return edit(rules[index].start, after.start);
  return edit(before ? before.end : rules[index].start, rules[index].end);
}

// The first of several pragmas in one comment: what follows moves up to where it began.
function partRemoval(start: number, end: number, text: string): TextEdit {
  let next = end;
  while (text[next] === ' ' || text[next] === '\t') next++;
  return edit(start, next);
}

function edit(start: number, end: number): TextEdit {
  return { start, end, text: '' };
}
