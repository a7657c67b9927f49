// Rule 381: a broken hash protects something: it hashes a password or another secret, or its digest serves as one.
// Digests that only tell contents apart (checksums, cache keys, ETags) are no defect.

import { LabelKind, Mask, type Root } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
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
      isExcused: (flow) =>
        isProtocol(analysis, values.origin(flow).scope) || isProtocol(analysis, flow.use.scope),
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
          isPassword(values.origin(flow)) && isNear(analysis, flow) && !isForAnother(analysis, flow)
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
  return (flow.mask & Mask.Guessed) === 0 && values.steps(flow) <= maximumSteps;
}

const maximumSteps = 5;
const protocolNames = /^(h?a[12]|realm|[cs]?nonce|qop|challenge|auth_?plugin_?data|scramble)$/i;
const protocolTexts = /pwnedpasswords|\b(qop|c?nonce|realm)\b/i;

/** Whether a password is hashed for somebody else, who says how. */
function isForAnother(analysis: Analysis, flow: Flow): boolean {
  return (
    isProtocol(analysis, flow.use.scope) ||
    isOwnPassword(analysis, analysis.values.origin(flow)) ||
    isOfTable(analysis, flow)
  );
}

const people = /user|account|member|customer|person|profile/i;

/** `self.password` of a client is what it signs in with elsewhere. */
function isOwnPassword({ program }: Analysis, { scope: id, at }: Root): boolean {
  const scope = program.scopes[id]!;
  const { op, a } = scope.code;
  if (at < 0 || scope.owner < 0 || op[at] !== Op.Attribute) return false;
  return op[a[at]!] === Op.Local && a[a[at]!] === 0 && !people.test(program.scopes[scope.owner]!.name);
}

/** Whether the hash is one of several, out of a table: `self.algorithms[name](text)`. */
function isOfTable({ program }: Analysis, { use }: Flow): boolean {
  const { code } = program.scopes[use.scope]!;
  const { op, a, b } = code;
  if (op[use.at] !== Op.Call) return false;
  const callee = a[use.at]!;
  if (op[callee] === Op.Item) return true;
  if (op[callee] !== Op.Local) return false;
  return op.some((one, at) => one === Op.StoreLocal && a[at] === a[callee] && op[b[at]!] === Op.Item);
}

const chosen = /^(md5|sha-?1?|sha)(-sess)?$/i;

/** Whether a function asks which hash was agreed on: `if algorithm == 'MD5':`. */
function choosesHash({ code, file }: Scope): boolean {
  const { op, a, b } = code;
  const names = (at: number) => op[at] === Op.Const && chosen.test(file.source.constants[a[at]!]!.text);
  return op.some((one, at) => one === Op.Compare && (names(a[at]!) || names(b[at]!)));
}

/** Whether somebody else's protocol asks for this hash: digest authentication, a list of passwords that got out. */
function isProtocol({ program }: Analysis, from: number): boolean {
  for (let id = from; id >= 0; id = program.scopes[id]!.parent) {
    const { code, file, name } = program.scopes[id]!;
    if (code.kind !== ScopeKind.Function) continue;
    if (/pwned|wsse|upgrade|legacy|migrat|compat|deprecated/i.test(name) || choosesHash(program.scopes[id]!))
      return true;
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
