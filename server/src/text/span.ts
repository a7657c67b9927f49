// Positions and ranges of source text. All offsets and columns count UTF-16 code units,
// lines and columns count from 0. Knows nothing of Python, files or editors.

/** A half-open range of UTF-16 offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A line and a column, both from 0, the column in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** A half-open range of positions. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** The replacement of one span of a text. */
export interface TextEdit extends Span {
  readonly text: string;
}
