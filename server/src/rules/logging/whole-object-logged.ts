// Rule 206: something that holds secrets among other things is logged whole: the headers of a request, the environment,
// all local variables, or what the program itself reads a password from elsewhere. Looks at the call's own arguments.

import { dottedName } from '../../flow/function-facts';
import { LabelKind } from '../../flow/values/labels';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { nameAt, placeOf } from '../flow-words';
import type { Report, Rule } from '../rule';
import { logSites, shownValues } from './log-sites';
import { type Holder, nameOf, SecretHolders } from './secret-holders';

export const rule: Rule = {
  number: 206,
  name: 'whole-object-logged',
  concern: 'logging',
  severity: 'warning',
  preview: true,
  cwe: [532],
  category: 'sensitive-logging',
  summary: 'Headers, an environment or a mapping that holds a secret is logged whole.',
  check(analysis, report) {
    const holders = new SecretHolders(analysis);
    const told = secretSites(analysis);
    for (const { scope, at } of logSites(analysis)) {
      if (told.has(`${scope.id}|${at}`)) continue;
      for (const value of shownValues(scope, at)) {
        const found = ofKind(analysis, scope, at, value) ?? ofHolder(analysis, scope, at, value, holders);
        if (found === null) continue;
        report(found);
        break;
      }
    }
  },
};

/** Log calls of which it is known already which secret they write. */
function secretSites({ values }: Analysis): ReadonlySet<string> {
  const sites = values.flows.filter(
    (flow) => flow.use.kind === 'log' && values.origin(flow).kind === LabelKind.Secret,
  );
  return new Set(sites.map(({ use }) => `${use.scope}|${use.at}`));
}

/** What shows secrets by its kind. */
function ofKind(analysis: Analysis, scope: Scope, at: number, value: number): Report | null {
  const { code } = scope;
  const path = dottedName(scope, value);
  if (code.op[value] === Op.Call && (path === 'locals' || path === 'vars'))
    return reportAt(analysis, scope, at, value, `\`${path}()\` holds all there is`);
  if (code.op[value] !== Op.Attribute) return null;
  if (path === 'os.environ')
    return reportAt(analysis, scope, at, value, 'the environment often holds secrets');
  if (/(^|\.)(request|req|_request)\.(headers|cookies|META|COOKIES)$/.test(path))
    return reportAt(analysis, scope, at, value, 'the headers of a request hold its credentials and cookies');
  return null;
}

function ofHolder(
  analysis: Analysis,
  scope: Scope,
  at: number,
  value: number,
  holders: SecretHolders,
): Report | null {
  const holder = holders.of(scope, value, ['member', 'address', 'arguments']);
  if (holder === null || analysis.library.secretWords.isNeutral(nameOf(scope, value))) return null;
  return reportAt(analysis, scope, at, value, reasons[holder.kind](holder), holder);
}

const reasons: Readonly<Record<Holder['kind'], (holder: Holder) => string>> = {
  member: ({ word }) => `it holds \`${word}\`, as other code reads it`,
  address: () => 'other code takes a password out of it',
  arguments: ({ word }) => `\`${word}()\` is called with all of it`,
  masked: ({ word }) => `\`${word}()\` masks it elsewhere`,
};

function reportAt(
  analysis: Analysis,
  scope: Scope,
  call: number,
  value: number,
  why: string,
  holder?: Holder,
): Report {
  const name = dottedName(scope, value);
  const isCall = scope.code.op[value] === Op.Call;
  return {
    ...placeOf(analysis, scope.id, value),
    message: `\`${name}${isCall ? '()' : ''}\` is logged whole by \`${nameAt(analysis, scope.id, call)}\`, and ${why}.`,
    confidence: 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: holder ? [{ ...placeOf(analysis, holder.scope.id, holder.at), message: `Here ${why}.` }] : [],
  };
}
