// What a review says of how a file keeps its state: containers with defaults, and whether what is added is taken away.

import { AccessKind } from '../flow/accesses';
import { Op } from '../syntax/code';
import type { Analysis } from '../whole/analysis';
import type { Guarded } from '../whole/guards';
import type { ProjectFile } from './positions';
import type { Statement } from './protocol';
import { type Facts, labelsOf, linesOf, type Site } from './review-facts';
import { statement } from './statement';

/** The data-handling facts of a file. */
export function reviewData(analysis: Analysis, file: ProjectFile): Facts {
  const good: Statement[] = [];
  const noted: Statement[] = [];
  const undecided: Statement[] = [];
  const defaults: { label: string; sites: Site[] }[] = [];
  const balanced: { label: string; sites: Site[] }[] = [];
  for (const guarded of analysis.guards.all) {
    const owner = analysis.program.scopes[guarded.place.owner]!;
    if (owner.file.path !== file.path) continue;
    const { label } = guarded.place;
    const made = defaultSites(analysis, guarded);
    if (made.length > 0) defaults.push({ label, sites: made });
    const changes = guarded.accesses.map((access) => {
      return { ...access, scope: analysis.program.scopes[access.scope]! };
    });
    const adds = changes.filter(
      (one) => one.kind === AccessKind.Mutate && !one.shrinks && grows(analysis, one),
    );
    const removes = changes.filter(
      ({ kind, shrinks }) => kind === AccessKind.Write || (kind === AccessKind.Mutate && shrinks),
    );
    const here = (list: readonly Site[]) => list.filter(({ scope }) => scope.file.path === file.path);
    if (adds.length > 0 && removes.length > 0) balanced.push({ label, sites: here(removes) });
    else if (adds.length > 1 || (adds.length > 0 && guarded.place.ofModule)) {
      const text = `\`${label}\` is added to after construction, and nothing in view takes anything away`;
      undecided.push(statement(file, text, linesOf(analysis, here(adds))));
    }
  }
  if (balanced.length > 0) {
    const labels = labelsOf(balanced.map(({ label }) => label));
    const sites = balanced.flatMap((each) => each.sites);
    good.push(statement(file, `What is added to ${labels} is taken away again`, linesOf(analysis, sites)));
  }
  if (defaults.length > 0) {
    const labels = labelsOf(defaults.map(({ label }) => label));
    noted.push(
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
  return { good, noted, undecided };
}

/** A new key or element. `counts['all'] = n` is none: however often it runs, nothing grows. */
function grows(analysis: Analysis, { scope: { code, file }, at }: Site): boolean {
  const { op, a, b } = code;
  if (op[at] === Op.StoreItem) return op[b[at]!] !== Op.Const;
  if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) return false;
  const effect = analysis.library.containerMethods.get(file.source.names[b[a[at]!]!]!);
  return effect === 'add' || effect === 'getOrAdd';
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
