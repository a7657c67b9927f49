// State that is declared to belong to one thread, and is reached by two: asked of the roots. What no root reaches is
// taken to run in the declared thread.

import { type Access, isWrite, type PlaceOf } from '../../flow/accesses';
import type { Analysis } from '../../whole/analysis';
import { rootWords } from '../../whole/roots';
import type { Report } from '../rule';
import { functionLabel, verbOf } from './access-words';

/** One finding for each declared place that two roots reach, one of them to change it. */
export function* brokenConfinements(analysis: Analysis): Iterable<Report> {
  const { program, construction, declarations, accesses: table } = analysis;
  if (!declarations.confines) return;
  const accesses = new Map<PlaceOf, Access[]>();
  for (const scope of program.scopes) {
    if (scope.file.isTest || construction[scope.id]) continue;
    for (const access of table.of(scope)) {
      const place = table.places.all[access.place]!;
      if (!declarations.isConfined(place)) continue;
      const list = accesses.get(place);
      if (list) list.push(access);
      else accesses.set(place, [access]);
    }
  }
  for (const [place, all] of accesses) {
    const found = reportOn(analysis, place, all);
    if (found) yield found;
  }
}

function reportOn(analysis: Analysis, place: PlaceOf, accesses: readonly Access[]): Report | null {
  const { program, roots } = analysis;
  for (const one of accesses) {
    if (!isWrite(one.kind)) continue;
    const other = accesses.find((each) => roots.mayMeet(one.scope, each.scope));
    if (!other) continue;
    const scope = program.scopes[one.scope]!;
    const where = program.scopes[other.scope]!;
    return {
      ...program.span(scope, one.at),
      message: `\`${place.label}\` is declared to belong to one thread, but ${functionLabel(scope)} ${verbOf(one)} it in ${runners(analysis, one)}, and ${functionLabel(where)} ${verbOf(other)} it in ${runners(analysis, other)}.`,
      confidence: 'medium',
      symbol: scope.qualifiedName,
      stepsKind: 'places',
      steps: [
        { ...program.span(where, other.at), message: `${functionLabel(where)} ${verbOf(other)} it.` },
        ...[one, other].flatMap(({ scope: id }) =>
          roots.reaching(id).map((root) => ({
            ...program.nameSpan(program.scopes[root.scope]!),
            message: `${functionLabel(program.scopes[root.scope]!)} runs in ${rootWords(root)}.`,
          })),
        ),
      ].slice(0, 6),
    };
  }
  return null;
}

function runners({ program, roots }: Analysis, { scope }: Access): string {
  const root = roots.reaching(scope)[0]!;
  const words = root.many ? `${rootWords(root)} that runs beside itself` : rootWords(root);
  return root.scope === scope ? words : `${words} (${functionLabel(program.scopes[root.scope]!)})`;
}
