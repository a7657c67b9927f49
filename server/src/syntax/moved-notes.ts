// The comments and errors of a file when a part of its text has become another one: those before it stay, those behind it
// move. Knows offsets only.

import type { Comment, SourceFile } from './code';

/** A part of a text that was replaced. */
export interface ReplacedPart {
  /** Where it begins, and where it ended before. */
  readonly start: number;
  readonly end: number;
  /** How much longer the text became. */
  readonly growth: number;
  /** The comments in it now. */
  readonly comments: readonly Comment[];
  /** Of the text as it is now. */
  readonly lineStarts: Int32Array;
}

/** The notes of a file with a part replaced, in which there are no errors. */
export function moveNotes(
  { comments, errors, lineStarts }: SourceFile,
  part: ReplacedPart,
): Pick<SourceFile, 'comments' | 'errors' | 'lineStarts'> {
  const { start, end, growth } = part;
  const lines = part.lineStarts.length - lineStarts.length;
  const move = (comment: Comment): Comment => ({
    ...comment,
    start: comment.start + growth,
    end: comment.end + growth,
    line: comment.line + lines,
  });
  return {
    comments: [
      ...comments.filter((comment) => comment.start < start),
      ...part.comments,
      ...comments.filter((comment) => comment.start >= end).map(move),
    ],
    errors: errors.map((error) =>
      error.start < start ? error : { start: error.start + growth, end: error.end + growth },
    ),
    lineStarts: part.lineStarts,
  };
}
