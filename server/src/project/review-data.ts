// What a review says of how a file keeps its state: containers with defaults, and whether what is added is taken away.

import { AccessKind } from '../flow/accesses';
import type { Analysis } from '../whole/analysis';
import type { Guarded } from '../whole/guards';
import type { ProjectFile } from './positions';
import type { Statement } from './protocol';
import { type Facts, linesOf, listOf, type Site } from './review-facts';
import { statement } from './statement';

/** The data-handling facts of a file. */
export function reviewData(analysis: Analysis, file: ProjectFile): Facts {
  const good: Statement[] = [];
  const undecided: Statement[] = [];
  const defaults: { label: string; sites: Site[] }[] = [];
  for (const guarded of analysis.guards.all) {
    const owner = analysis.program.scopes[guarded.place.owner]!;
    if (owner.file.path !== file.path) continue;
    const made = defaultSites(analysis, guarded);
    if (made.length > 0) defaults.push({ label: guarded.place.label, sites: made });
    const here = guarded.accesses.filter(
      (access) => analysis.program.scopes[access.scope]!.file.path === file.path,
    );
    const adds = guarded.accesses.filter((access) => access.kind === AccessKind.Mutate && !access.shrinks);
    const removes = guarded.accesses.filter((access) => access.kind === AccessKind.Mutate && access.shrinks);
    if (adds.length === 0) continue;
    const sites = (shrinks: boolean) =>
      here
        .filter((access) => access.kind === AccessKind.Mutate && access.shrinks === shrinks)
        .map((access) => ({ scope: analysis.program.scopes[access.scope]!, at: access.at }));
    if (removes.length > 0) {
      good.push(
        statement(
          file,
          `What is added to \`${guarded.place.label}\` is taken away again`,
          linesOf(analysis, sites(true)),
        ),
      );
    } else if (guarded.place.ofModule || adds.length > 1) {
      undecided.push(
        statement(
          file,
          `\`${guarded.place.label}\` is added to after construction, and nothing in view takes anything away`,
          linesOf(analysis, sites(false)),
        ),
      );
    }
  }
  if (defaults.length > 0) {
    const labels = listOf(defaults.map(({ label }) => `\`${label}\``));
    good.unshift(
      statement(
        file,
        `${labels} ${defaults.length === 1 ? 'gives' : 'give'} a default for missing keys`,
        linesOf(
          analysis,
          defaults.flatMap(({ sites }) => sites),
        ),
      ),
    );
  }
  return { good, undecided };
}

/** Where a place is filled with a defaultdict. */
function defaultSites(analysis: Analysis, guarded: Guarded): Site[] {
  const { resolver } = analysis;
  const { place } = guarded;
  const stores = place.ofModule
    ? resolver.bindings.of(place.owner, place.name)
    : resolver.classes.storesOf(place.owner, place.name);
  return stores
    .filter((store) => /(^|\.)defaultdict(\(\))?$/.test(resolver.libraryPath(store.scope, store.value)))
    .map((store) => ({ scope: analysis.program.scopes[store.scope]!, at: store.at }));
}
