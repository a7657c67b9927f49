// What the chapters of a review share: the scopes of the file, places as lines, counts in words.

import type { Scope } from '../program/program';
import type { Span } from '../text/span';
import type { Analysis } from '../whole/analysis';
import type { ProjectFile } from './positions';
import type { Statement } from './protocol';

/** What a chapter found beside defects. */
export interface Facts {
  readonly good: readonly Statement[];
  /** What the file does, neither good nor bad. */
  readonly noted?: readonly Statement[];
  readonly undecided: readonly Statement[];
}

/** An instruction of a scope. */
export interface Site {
  readonly scope: Scope;
  readonly at: number;
}

/** The scopes of the reviewed file, in source order. */
export function scopesOf(analysis: Analysis, file: ProjectFile): readonly Scope[] {
  const found = analysis.program.files.find((one) => one.path === file.path);
  if (!found) return [];
  return found.source.codes.map((_, index) => analysis.program.scopeOf(found, index));
}

/** The places of sites, in source order. */
export function linesOf(analysis: Analysis, sites: readonly Site[]): readonly Span[] {
  return sites.map(({ scope, at }) => analysis.program.span(scope, at)).sort((x, y) => x.start - y.start);
}

/** "a", "a and b", "a, b and c". */
export function listOf(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** "1 call", "3 calls". */
export function countOf(many: number, one: string, more: string): string {
  return `${many} ${many === 1 ? one : more}`;
}

/** Attributes as prose names them, those of one class together: "`a` and `b` of `Cache`". */
export function labelsOf(labels: readonly string[]): string {
  const byOwner = new Map<string, string[]>();
  for (const label of labels) {
    const dot = label.lastIndexOf('.');
    const owner = label.slice(0, Math.max(0, dot));
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), label.slice(dot + 1)]);
  }
  const groups = [...byOwner].map(([owner, names]) => {
    if (owner !== '' && names.length === 1) return `\`${owner}.${names[0]}\``;
    const listed = listOf(names.map((name) => `\`${name}\``));
    return owner === '' ? listed : `${listed} of \`${owner}\``;
  });
  return listOf(groups);
}
