// A sentence of a review with the places that show it.

import type { Span } from '../text/span';
import { locate, type ProjectFile } from './positions';
import type { Statement } from './protocol';

/** A statement about spans of the reviewed file. */
export function statement(file: ProjectFile, text: string, spans: readonly Span[]): Statement {
  return { text, locations: spans.map((span) => locate(file, span)) };
}
