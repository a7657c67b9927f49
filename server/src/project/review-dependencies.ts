// What a review says of what a file leans on: packages from outside the program and outside the standard library, of
// which only Airlock's own description is known, not their code.

import { Op } from '../syntax/code';
import type { Analysis } from '../whole/analysis';
import type { ProjectFile } from './positions';
import { type Facts, linesOf, listOf, type Site, scopesOf } from './review-facts';
import { statement } from './statement';

/** More names than these tell a reader nothing. */
const mostNames = 12;

/** The facts about the imports of a file. */
export function reviewDependencies(analysis: Analysis, file: ProjectFile): Facts {
  const own = analysis.program.files.find((one) => one.path === file.path);
  if (!own) return { good: [], undecided: [] };
  const { library, resolver } = analysis;
  const sites = new Map<string, Site[]>();
  for (const scope of scopesOf(analysis, file)) {
    const { op, a, c } = scope.code;
    for (let at = 0; at < op.length; at++) {
      if ((op[at] !== Op.Import && op[at] !== Op.ImportStar) || c[at]! > 0) continue;
      const module = scope.file.source.names[a[at]!]!;
      const top = module.split('.', 1)[0]!;
      if (library.standardModules.has(top) || isOfProgram(module)) continue;
      sites.set(top, [...(sites.get(top) ?? []), { scope, at }]);
    }
  }
  if (sites.size === 0) return { good: [], undecided: [] };
  const names = [...sites.keys()].sort();
  const shown = names.length <= mostNames ? names : names.slice(0, mostNames - 1);
  const listed = shown.map((name) => `\`${name}\``);
  if (shown.length < names.length) listed.push(`${names.length - shown.length} more`);
  const text = `${names.length === 1 ? '1 package' : `${names.length} packages`} from elsewhere, whose code was not read: ${listOf(listed)}`;
  return {
    good: [],
    noted: [statement(file, text, linesOf(analysis, [...sites.values()].flat()))],
    undecided: [],
  };

  function isOfProgram(module: string): boolean {
    for (let name = module; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.'))))
      if (resolver.modules.resolve(name, own!) !== null) return true;
    return false;
  }
}
