// What a review says of where a file's data comes from: functions that others call with data of their own, and
// outside sources that it reads.

import { Op } from '../syntax/code';
import type { Analysis } from '../whole/analysis';
import type { ProjectFile } from './positions';
import type { Statement } from './protocol';
import { countOf, type Facts, linesOf, type Site, scopesOf } from './review-facts';
import { statement } from './statement';

const trusts: Readonly<Record<string, string>> = {
  remote: 'a remote caller',
  local: 'the local user',
  environment: 'the environment',
  file: 'a file',
};

/** The input facts of a file. */
export function reviewInputs(analysis: Analysis, file: ProjectFile): Facts {
  const noted: Statement[] = [];
  const bySource = new Map<string, Site[]>();
  const registered: Site[] = [];
  for (const scope of scopesOf(analysis, file)) {
    const { op } = scope.code;
    for (let at = 0; at < op.length; at++) {
      if (op[at] === Op.Call) {
        for (const target of analysis.resolver.targets(scope.id, at)) {
          if (target.kind !== 'library') continue;
          const spawn = analysis.library.find(analysis.library.spawns, target.path);
          if (spawn?.kind === 'handler' || spawn?.kind === 'callback') registered.push({ scope, at });
        }
      }
      if (op[at] !== Op.Attribute && op[at] !== Op.Call && op[at] !== Op.Global) continue;
      const path = analysis.resolver.libraryPath(scope.id, at);
      const source = path === '' ? undefined : analysis.library.sources.get(path);
      if (!source) continue;
      const list = bySource.get(source.trust);
      if (list) list.push({ scope, at });
      else bySource.set(source.trust, [{ scope, at }]);
    }
  }
  for (const [trust, sites] of bySource) {
    const text = `${countOf(sites.length, 'place reads', 'places read')} data of ${trusts[trust] ?? trust}`;
    noted.push(statement(file, text, linesOf(analysis, sites)));
  }
  const undecided: Statement[] = [];
  if (registered.length > 0) {
    const text = `${countOf(registered.length, 'function is', 'functions are')} registered to be called with data from elsewhere; what that data may hold is not known here`;
    undecided.push(statement(file, text, linesOf(analysis, registered)));
  }
  if (noted.length === 0) {
    noted.push(statement(file, 'The file reads no source of outside data that Airlock knows.', []));
  }
  return { good: [], noted, undecided };
}
