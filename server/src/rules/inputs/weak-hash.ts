// Rule 381: a broken hash protects something: it hashes a password or another secret, or its digest serves as one.
// Digests that only tell contents apart (checksums, cache keys, ETags) are no defect.

import { LabelKind, Mask, type Root } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { lowest, reportFlows } from '../flow-reports';
import { sourceWords } from '../flow-words';
import type { Rule } from '../rule';
import { checkWeak, weakFlows, weakPlaces } from './weak-secret';

export const rule: Rule = {
  number: 381,
  name: 'weak-hash',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [328, 327, 916],
  category: 'weak-hash',
  summary: 'MD5 or SHA-1 protects a password or another secret.',
  asks: () => [
    ...weakFlows('digest'),
    {
      sink: 'weak-hash',
      labels: [LabelKind.Secret],
      beside: [LabelKind.Weak],
      bounds: { evidence: [SecretEvidence.Plain], steps: maximumSteps, sure: true },
    },
  ],
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
        lowest(
          flow.use.cap,
          isPassword(values.origin(flow)) && isNear(analysis, flow) && !isProtocol(analysis, flow)
            ? 'medium'
            : 'low',
        ),
      message: (best) =>
        `${best.use.words}, and the hash is broken: ${sourceWords(analysis, values.origin(best))} can be found from it.`,
      ends: (best) => [`${sourceWords(analysis, values.origin(best))} is a secret.`, `${best.use.words}.`],
    });
  },
};

/** Whether a secret is one that people choose: of a long random one, a broken hash tells nothing. */
function isPassword({ words, evidence }: Root): boolean {
  return evidence === SecretEvidence.Plain && /passw(or)?d|passphrase|(^|_)(pwd|pw)(_|$)/i.test(words);
}

/** Whether little lies between a password and the hash: of a text with much else in it, it cannot be found. */
function isNear({ values }: Analysis, flow: Flow): boolean {
  return (flow.mask & Mask.Guessed) === 0 && values.path(flow).length <= maximumSteps;
}

const maximumSteps = 5;
const protocolNames = /^(h?a[12]|realm|[cs]?nonce|qop|challenge|auth_?plugin_?data|scramble)$/i;
const protocolTexts = /pwnedpasswords|\b(qop|cnonce|realm)\b/i;

/** Whether somebody else's protocol asks for this hash: digest authentication, a list of passwords that got out. */
function isProtocol({ program }: Analysis, { use }: Flow): boolean {
  for (let id = use.scope; id >= 0; id = program.scopes[id]!.parent) {
    const { code, file, name } = program.scopes[id]!;
    if (code.kind !== ScopeKind.Function) continue;
    if (/pwned|upgrade|legacy|migrat|compat|deprecated/i.test(name)) return true;
    const { names, constants } = file.source;
    let hints = 0;
    for (const slot of code.slots) if (protocolNames.test(names[slot]!)) hints++;
    for (let at = 0; at < code.op.length; at++) {
      if (code.op[at] !== Op.Const) continue;
      const { kind, text } = constants[code.a[at]!]!;
      if (kind === ConstantKind.String && protocolTexts.test(text)) hints += 2;
    }
    if (hints > 1) return true;
  }
  return false;
}
