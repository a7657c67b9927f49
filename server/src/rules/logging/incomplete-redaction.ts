// Rule 207: a value that the same file masks before it shows it is logged bare. The names of the value and of the masker
// are all the evidence.

import { LabelKind } from '../../flow/values/labels';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { nameAt, placeOf } from '../flow-words';
import type { Rule } from '../rule';
import { logSites, shownValues } from './log-sites';
import { nameOf, secretHolders } from './secret-holders';
import { plainSecrets } from './secret-words';

export const rule: Rule = {
  number: 207,
  name: 'incomplete-redaction',
  concern: 'logging',
  severity: 'information',
  preview: true,
  cwe: [532],
  category: 'sensitive-logging',
  summary: 'A value that is masked in one place is logged bare in another.',
  asks: () => [{ sink: 'log', labels: [LabelKind.Secret], bounds: plainSecrets }],
  check(analysis, report) {
    const holders = secretHolders(analysis);
    const { values } = analysis;
    const told = new Set(
      values.flows
        .filter((flow) => flow.use.kind === 'log' && values.origin(flow).kind === LabelKind.Secret)
        .map(({ use }) => `${use.scope}|${use.at}`),
    );
    for (const { scope, at } of logSites(analysis)) {
      if (told.has(`${scope.id}|${at}`)) continue;
      const numbering = analysis.resolver.numberings.of(scope);
      for (const value of shownValues(scope, at)) {
        const holder = holders.of(scope, value, ['masked']);
        // The very function that masks keeps what came out of it under the same name.
        if (holder === null || holder.scope.id === scope.id) continue;
        if (numbering.number[value]! < 0) continue;
        const name = nameOf(scope, value);
        report({
          ...placeOf(analysis, scope.id, value),
          message: `\`${name}\` is logged as it is by \`${nameAt(analysis, scope.id, at)}\`; elsewhere in this file \`${holder.word}()\` masks it first.`,
          // Elsewhere a variable of the same name may hold something else.
          confidence: isField(scope, value) && holder.scope.owner === scope.owner ? 'medium' : 'low',
          symbol: scope.qualifiedName,
          stepsKind: 'places',
          steps: [
            {
              ...placeOf(analysis, holder.scope.id, holder.at),
              message: `Here \`${holder.word}()\` masks it.`,
            },
          ],
        });
        break;
      }
    }
  },
};

/** `self.name`. */
function isField({ code, owner }: Scope, value: number): boolean {
  if (owner < 0 || code.op[value] !== Op.Attribute) return false;
  const object = code.a[value]!;
  return code.op[object] === Op.Local && code.a[object] === 0;
}
