// What a review says of what a file opens: whether a `with` gives it back, an object keeps it, or neither is seen.
// Facts by library knowledge of what opens; whether every path closes is not asked.

import { Op } from '../syntax/code';
import { argumentCount, argumentValue } from '../syntax/code-reader';
import type { Analysis } from '../whole/analysis';
import type { ProjectFile } from './positions';
import type { Statement } from './protocol';
import { type Facts, linesOf, listOf, type Site, scopesOf } from './review-facts';
import { statement } from './statement';

type Fate = 'with' | 'kept' | 'returned' | 'open';

interface Opened extends Site {
  readonly what: string;
  readonly fate: Fate;
}

/** Calls whose result gives back what they are given: `with closing(x)`, `stack.enter_context(x)`. */
const keepers = /(^|\.)(closing|aclosing|enter_context|enter_async_context|callback)$/;
const most = 3;

/** The resource facts of a file. */
export function reviewResources(analysis: Analysis, file: ProjectFile): Facts {
  const opened = scopesOf(analysis, file).flatMap((scope) => openedIn(analysis, scope));
  const told = (fate: Fate, words: (count: number, things: string) => string): Statement[] => {
    const list = opened.filter((each) => each.fate === fate);
    return list.length === 0
      ? []
      : [statement(file, words(list.length, thingsOf(list)), linesOf(analysis, list))];
  };
  return {
    good: told('with', (count, things) => `${things} ${isOrAre(count)} opened in a \`with\`, which closes`),
    noted: [
      ...told('kept', (count, things) => `${things} ${isOrAre(count)} kept in an attribute or a container`),
      ...told('returned', (count, things) => `${things} ${isOrAre(count)} handed to the caller`),
    ],
    undecided: told(
      'open',
      (count, things) =>
        `${things} ${isOrAre(count)} opened without \`with\`: whether every path closes was not checked`,
    ),
  };
}

function openedIn(analysis: Analysis, scope: Site['scope']): Opened[] {
  const { resolver, library } = analysis;
  const { op } = scope.code;
  const found: Opened[] = [];
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call) continue;
    for (const target of resolver.targets(scope.id, at)) {
      const what = target.kind === 'library' ? library.find(library.resources, target.path) : undefined;
      if (what === undefined) continue;
      found.push({ scope, at, what, fate: fateOf(scope, at) });
      break;
    }
  }
  return found;
}

/** What becomes of a value in the function that makes it, through one variable. */
function fateOf({ code, file }: Site['scope'], value: number): Fate {
  const { op, a, b, c, slots } = code;
  const values = new Set([value]);
  for (let at = value + 1; at < op.length; at++) {
    if (op[at] === Op.StoreLocal && values.has(b[at]!)) {
      for (let use = at + 1; use < op.length; use++)
        if (op[use] === Op.Local && slots[a[use]!] === slots[a[at]!]) values.add(use);
    } else if (op[at] === Op.With && values.has(a[at]!)) return 'with';
    else if (op[at] === Op.Return && values.has(a[at]!)) return 'returned';
    else if (op[at] === Op.Yield && values.has(a[at]!)) return 'returned';
    else if (op[at] === Op.StoreAttribute && values.has(c[at]!)) return 'kept';
    else if (op[at] === Op.StoreItem && values.has(c[at]!)) return 'kept';
    else if (op[at] === Op.StoreGlobal && values.has(b[at]!)) return 'kept';
    else if (op[at] === Op.Call && gives(code, at, values)) {
      const callee = a[at]!;
      const name = op[callee] === Op.Attribute ? b[callee]! : op[callee] === Op.Global ? a[callee]! : -1;
      if (name >= 0 && keepers.test(file.source.names[name]!)) return 'with';
    }
  }
  return 'open';
}

function gives(code: Site['scope']['code'], call: number, values: ReadonlySet<number>): boolean {
  for (let k = 0; k < argumentCount(code, call); k++)
    if (values.has(argumentValue(code, call, k))) return true;
  return false;
}

/** "2 files and 1 socket". */
function thingsOf(opened: readonly Opened[]): string {
  const counts = new Map<string, number>();
  for (const { what } of opened) counts.set(what, (counts.get(what) ?? 0) + 1);
  const words = [...counts].map(([what, count]) => `${count} ${count === 1 ? what : pluralOf(what)}`);
  return words.length <= most ? listOf(words) : `${opened.length} things`;
}

function pluralOf(what: string): string {
  return what.endsWith('s') ? `${what}es` : `${what}s`;
}

function isOrAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}
