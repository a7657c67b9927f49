// Rule 381: a broken hash protects something: it hashes a password or another secret, or its digest serves as one.
// Digests that only tell contents apart (checksums, cache keys, ETags) are no defect.

import { LabelKind } from '../../flow/values/labels';
import { SecretEvidence } from '../../library/secret-words';
import { lowest, reportFlows } from '../flow-reports';
import { sourceWords } from '../flow-words';
import type { Rule } from '../rule';
import { checkWeak, weakPlaces } from './weak-secret';

export const rule: Rule = {
  number: 381,
  name: 'weak-hash',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [328, 327, 916],
  category: 'weak-hash',
  summary: 'MD5 or SHA-1 protects a password or another secret.',
  check(analysis, report) {
    const { values } = analysis;
    checkWeak(analysis, report, {
      weakness: 'digest',
      message: (made, use) =>
        `${made === 'a broken hash' ? 'The hash' : made} is broken, and its digest serves as ${use}. Use SHA-256, and for passwords scrypt.`,
    });
    const told = weakPlaces(analysis, 'digest');
    const flows = values.flows.filter(
      ({ use, ...flow }) =>
        use.kind === 'weak-hash' &&
        values.origin({ use, ...flow }).kind === LabelKind.Secret &&
        !told.has(`${use.scope}|${use.at}`),
    );
    reportFlows(analysis, report, flows, {
      confidence: (flow) =>
        lowest(flow.use.cap, values.origin(flow).evidence === SecretEvidence.Plain ? 'medium' : 'low'),
      message: (best) =>
        `${best.use.words}, and the hash is broken: ${sourceWords(analysis, values.origin(best))} can be found from it.`,
      ends: (best) => [`${sourceWords(analysis, values.origin(best))} is a secret.`, `${best.use.words}.`],
    });
  },
};
