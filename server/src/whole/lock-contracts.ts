// What names, docstrings and comments say of the locks that a function's callers hold: `_evict_locked`, "Called with
// the lock held", `# caller holds self._lock`. A reader of the code believes them, and so does the analysis; which
// lock is meant is not asked.

import type { Program, ProgramFile, Scope } from '../program/program';
import { ScopeKind } from '../syntax/code';

const contractNames =
  /[a-z]_(locked|unlocked|lock_held|under_lock|with_lock_held|holding_lock|no_?lock|without_lock)$/i;
const predicates = /^_*(is|are|was|has|have|if|get|set|check|assert\w*)_(un)?locked$/i;
const mentions =
  /\b\w*(lock|mutex|semaphore)s?(ed)?\b|\b(holds?|holding|owns?) [\w. `']*\b(cond(ition)?|monitor)\b|\b(cond(ition)?|monitor)[`']? (is |to be |being )?held\b/i;
const denies = /\b(not|never|without|don't|doesn't|needn't|no need|unless|avoid)\b/i;
const demands = [
  /\bcall(er|ers|s? this|ing (code|function|method)|s to this)\b.*\b(holds?|held|holding|owns?|has|have|acquires?d?|takes?n?)\b/i,
  /\b(called|invoked|entered|run|executed?|runs|used)\b.*\b(with|while|under)\b.*\b(held|hold|holding|lock|mutex)\b/i,
  /\b(must|should|expect(s|ed)?( to)?|assum(e|es|ed|ing)|requires?|needs? to)\b.*\b(held|hold|holding|owned)\b/i,
  /\bwhile holding\b/i,
  /\((under|with|holding|inside) [\w. ]*(lock|mutex)( held| taken)?\)/i,
];

/** Whether words say that callers hold a lock around the function. */
export function saysLockIsHeld(text: string): boolean {
  if (!mentions.test(text)) return false;
  return text
    .replace(/\s+/g, ' ')
    .split(/[.;!](?: |$)/)
    .some(
      (sentence) =>
        mentions.test(sentence) && !denies.test(sentence) && demands.some((demand) => demand.test(sentence)),
    );
}

/** Verdicts on texts, remembered. */
export type ContractWords = Map<string, boolean>;

/** 1 for functions whose name, docstring or comments say that their callers hold a lock; of some files, or of all. */
export function contractsByWord(
  program: Program,
  words: ContractWords,
  files: Iterable<ProgramFile> = program.files,
): Uint8Array {
  const says = (text: string): boolean => {
    let verdict = words.get(text);
    if (verdict === undefined) {
      verdict = saysLockIsHeld(text);
      words.set(text, verdict);
    }
    return verdict;
  };
  const found = new Uint8Array(program.scopes.length);
  for (const file of files) {
    const { firstScope, source } = file;
    for (let id = firstScope; id < firstScope + source.codes.length; id++) {
      const { code, name } = program.scopes[id]!;
      if (code.kind !== ScopeKind.Function) continue;
      const named = contractNames.test(name) && !predicates.test(name);
      if (named || (code.docstring >= 0 && says(source.constants[code.docstring]!.text))) found[id] = 1;
    }
    for (const { start, line, alone, text } of file.source.comments) {
      if (!says(text)) continue;
      const scope = functionOf(program, file.firstScope, file.source.codes.length, start, alone ? line : -1);
      if (scope) found[scope.id] = 1;
    }
  }
  return found;
}

/** The innermost function around an offset, or the one whose definition follows a comment on a line of its own. */
function functionOf(
  program: Program,
  first: number,
  count: number,
  offset: number,
  line: number,
): Scope | null {
  let innermost: Scope | null = null;
  for (let id = first; id < first + count; id++) {
    const scope = program.scopes[id]!;
    const { kind, base, length } = scope.code;
    if (kind !== ScopeKind.Function) continue;
    if (line >= 0 && program.lineAt(scope.file, base) === line + 1) return scope;
    if (base <= offset && offset < base + length) innermost = scope;
  }
  return innermost;
}
