// What comments say of the value that a statement assigns: `# airlock: secret`, `# airlock: trusted`. They are believed.

import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import type { SourceFile } from '../../syntax/code';
import { parseDirectives } from '../../syntax/directives';
import { Type } from './domain';
import { withSecret } from './evidence';
import { allSinks } from './labels';
import type { Pass } from './pass';
import { cleared } from './refinement';

/** Marks of one scope: line from 0 -> what is said of the value that is assigned there. */
export type Marks = ReadonlyMap<number, 'secret' | 'trusted'>;

const written = /airlock:\s*(secret|trusted)\b/i;

/** Whether any scope of a file may have marks. */
export function mayMark({ comments }: SourceFile): boolean {
  return comments.some(({ text }) => written.test(text));
}

/** The marks within a scope; null when there are none. */
export function marksOf({ code, file }: Scope): Marks | null {
  const near = file.source.comments.filter(
    ({ start, text }) =>
      start >= code.base - 1000 && start <= code.base + code.length + 1000 && written.test(text),
  );
  if (near.length === 0) return null;
  const marks = new Map<number, 'secret' | 'trusted'>();
  for (const { kind, comment } of parseDirectives({ comments: near })) {
    if (kind !== 'secret' && kind !== 'trusted') continue;
    marks.set(comment.alone ? comment.line + 1 : comment.line, kind);
  }
  return marks;
}

/** The value as the comment at its statement calls it. `from`: the instruction of the value. */
export function marked(pass: Pass, at: number, from: number, value: number, name: string): number {
  const { marks, scope, context, domain } = pass;
  if (marks === null) return value;
  const { code, file } = scope;
  const { program } = context.resolver;
  const first = program.lineAt(file, code.base + code.start[at]!);
  const last = from < 0 ? first : program.lineAt(file, code.base + code.end[from]!);
  for (let line = first; line <= Math.max(first, last); line++) {
    const mark = marks.get(line);
    if (mark === 'trusted') return cleared(domain, value, allSinks);
    if (mark === 'secret') {
      const open = domain.value(domain.types[value]! | Type.Unjudged, 0, domain.labelsOf[value]!);
      return withSecret(pass, open, name, at, SecretEvidence.Plain);
    }
  }
  return value;
}
