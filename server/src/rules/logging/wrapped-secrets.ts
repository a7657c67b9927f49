// Programs that wrap their passwords in a class whose text is stars: what is shown there is the wrapper, unless somebody
// takes the password out of it on the way. Which values are wrapped is not proved: the class says how the program treats
// them.

import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { hides } from './shown-on-purpose';

/** Whether the program has such a class, and nothing on the way reads what it wraps. */
export function isWrapped(analysis: Analysis, flow: Flow): boolean {
  const { program, values } = analysis;
  const fields = wrappedFields(analysis);
  if (fields.size === 0) return false;
  const ways = new Set([values.origin(flow).scope, ...values.path(flow).map(({ scope }) => scope)]);
  for (let use: Flow['use'] | null = flow.use; use !== null; use = use.inner) ways.add(use.scope);
  return ![...ways].some((id) => {
    const { code, file } = program.scopes[id]!;
    return code.op.some((op, at) => op === Op.Attribute && fields.has(file.source.names[code.b[at]!]!));
  });
}

/** The fields in which such classes keep what they are given. */
function wrappedFields({ program, library }: Analysis): ReadonlySet<string> {
  const found = new Set<string>();
  for (const scope of program.scopes) {
    if (scope.owner < 0 || scope.name !== '__str__' || scope.file.isTest) continue;
    const owner = program.scopes[scope.owner]!;
    if (library.secretWords.judge(owner.name) !== SecretEvidence.Plain || !hides(scope)) continue;
    for (const field of keptFields(program.scopes, scope)) found.add(field);
  }
  return found;
}

function keptFields(scopes: readonly Scope[], method: Scope): readonly string[] {
  const start = scopes.find(
    (scope) => scope.owner === method.owner && scope.name === '__init__' && scope.file === method.file,
  );
  if (start === undefined) return [];
  const { code, file } = start;
  const found: string[] = [];
  for (let at = 0; at < code.op.length; at++) {
    if (code.op[at] === Op.StoreAttribute && code.op[code.c[at]!] === Op.Local)
      found.push(file.source.names[code.b[at]!]!);
  }
  return found;
}
