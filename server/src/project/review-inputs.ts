// What a review says of where a file's data comes from: outside sources that it reads, functions that others call
// with data of their own, and uses that outside data must not reach. Which of them meet, the rules say.

import { EntryPoints } from '../flow/values/entry-points';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import type { Analysis } from '../whole/analysis';
import { sinkUsesIn } from '../whole/sink-uses';
import type { ProjectFile } from './positions';
import type { Statement } from './protocol';
import { countOf, type Facts, linesOf, listOf, type Site, scopesOf } from './review-facts';
import { statement } from './statement';

const trusts: Readonly<Record<string, string>> = {
  remote: 'a remote caller',
  message: 'a message',
  local: 'the local user',
  environment: 'the environment',
  file: 'a file',
};

/** More names than these hide what is said of them. */
const mostNames = 6;

const registers = new Set(['handler', 'callback']);

/** The input facts of a file. */
export function reviewInputs(analysis: Analysis, file: ProjectFile): Facts {
  const entered = entryStatements(analysis, file);
  const noted = [...sourceStatements(analysis, file), ...(entered.noted ?? [])];
  if (noted.length === 0)
    noted.push(statement(file, 'The file reads no source of outside data that Airlock knows.', []));
  return {
    good: [],
    noted: [...noted, ...useStatements(analysis, file)],
    undecided: entered.undecided,
  };
}

function sourceStatements(analysis: Analysis, file: ProjectFile): Statement[] {
  const bySource = new Map<
    string,
    { readonly trust: string; readonly words: Set<string>; readonly sites: Site[] }
  >();
  for (const scope of scopesOf(analysis, file)) {
    const { op } = scope.code;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Attribute && op[at] !== Op.Call && op[at] !== Op.Global) continue;
      const path = analysis.resolver.libraryPath(scope.id, at);
      const source = path === '' ? undefined : analysis.library.sources.get(path);
      if (!source) continue;
      const known = bySource.get(source.trust) ?? { trust: source.trust, words: new Set(), sites: [] };
      known.words.add(source.words ?? `\`${path}\``);
      known.sites.push({ scope, at });
      bySource.set(source.trust, known);
    }
  }
  return [...bySource.values()].map(({ trust, words, sites }) => {
    const places = countOf(sites.length, 'place reads', 'places read');
    const text = `${places} data of ${trusts[trust] ?? trust}: ${listOf([...words].sort())}`;
    return statement(file, text, linesOf(analysis, sites));
  });
}

/** Functions of the file that somebody else enters with data of its own: by a route, as a callback. */
function entryStatements(analysis: Analysis, file: ProjectFile): Pick<Facts, 'noted' | 'undecided'> {
  const { program, roots, resolver, library } = analysis;
  const entries = new EntryPoints(resolver, library, null);
  const byTrust = new Map<string, Scope[]>();
  for (const scope of scopesOf(analysis, file)) {
    const trust = entries.of(scope)[0]?.entry.trust;
    if (trust !== undefined) byTrust.set(trust, [...(byTrust.get(trust) ?? []), scope]);
  }
  const told = new Set([...byTrust.values()].flat().map(({ id }) => id));
  const others = roots.all
    .filter(({ kind, scope }) => registers.has(kind) && !told.has(scope))
    .map(({ scope }) => program.scopes[scope]!)
    .filter((scope) => scope.file.path === file.path && takesData(scope));
  const say = (scopes: readonly Scope[], words: string): Statement => {
    const names = [...new Set(scopes.map(({ name }) => `\`${name}()\``))];
    const what = names.length > mostNames ? `${scopes.length} functions` : listOf(names);
    const text = `${what} ${scopes.length === 1 ? 'is' : 'are'} ${words}`;
    return statement(
      file,
      text,
      scopes.map((scope) => program.nameSpan(scope)),
    );
  };
  return {
    noted: [...byTrust].map(([trust, scopes]) =>
      say(scopes, `called with data of ${trusts[trust] ?? trust}`),
    ),
    undecided:
      others.length === 0
        ? []
        : [say(others, 'called from elsewhere; what the arguments may hold is not known')],
  };
}

/** Whether a function has a parameter beside `self`. */
function takesData({ code, owner }: Scope): boolean {
  return code.parameters.length > (owner >= 0 ? 1 : 0);
}

/** Uses that outside data must not reach, by what they do. */
function useStatements(analysis: Analysis, file: ProjectFile): Statement[] {
  const { resolver, library, program } = analysis;
  const uses = sinkUsesIn(resolver, library, scopesOf(analysis, file));
  if (uses.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { words } of uses) counts.set(words, (counts.get(words) ?? 0) + 1);
  const list = [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([words, count]) => (count === 1 ? words : `${words} (${count} times)`));
  const text = `${countOf(uses.length, 'use', 'uses')} of a value that must not come from outside unchecked: ${list.join('; ')}`;
  const sites = uses.map(({ scope, at }) => ({ scope: program.scopes[scope]!, at }));
  return [statement(file, text, linesOf(analysis, sites))];
}
