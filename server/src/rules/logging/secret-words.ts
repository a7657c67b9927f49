// How the rules on secrets word what they found: the secret, how sure it is one, and where it comes from.

import type { Bounds } from '../../flow/values/demand';
import { StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Confidence } from '../finding';
import { lowest } from '../flow-reports';
import { literalText } from './literals';
import { isSentAsCredential } from './sent-credentials';

const confidences: Readonly<Record<SecretEvidence, Confidence>> = {
  [SecretEvidence.Personal]: 'low',
  [SecretEvidence.None]: 'low',
  [SecretEvidence.Weak]: 'low',
  // Half of the values called "token" are positions, counts or pieces of a text.
  [SecretEvidence.Likely]: 'low',
  [SecretEvidence.Plain]: 'high',
};
/** Of the findings over more calls than that, most are wrong: some step does not hold for the values in question. */
const maximumCalls = 2;
/** Within one file, whoever wrote the one end had the other one in sight. */
const maximumInFile = 4;
/** Secrets that are told at more than low confidence. */
export const plainSecrets: Bounds = {
  evidence: [SecretEvidence.Likely, SecretEvidence.Plain],
  calls: maximumInFile,
};
/** Results of functions that make what they are named for. */
const given = /^_*(create|generate|gen|issue|new|fetch|request|obtain|refresh|exchange)_?\w*\(\)/i;

/** "the secret `admin_password`", or what a library call gives. */
export function secretWords(analysis: Analysis, flow: Flow): string {
  const { words } = analysis.values.origin(flow);
  return words.includes(' ') && !words.includes('(')
    ? words
    : `the secret \`${words.replace(/ \(.*$/, '')}\``;
}

/** The first sentence of a path. */
export function originSentence(analysis: Analysis, flow: Flow): string {
  const root = analysis.values.origin(flow);
  return root.at < 0
    ? `The parameter \`${root.words}\` holds a secret, as its name says.`
    : `${capitalized(secretWords(analysis, flow))} is read here.`;
}

/** How sure it is that a secret arrives: by its evidence, and by the length of the way. */
export function secretConfidence(analysis: Analysis, flow: Flow, most = maximumCalls): Confidence {
  const { file } = analysis.program.scopes[flow.use.scope]!;
  if (file.isTest) return 'low';
  const root = analysis.values.origin(flow);
  // What `generate_token()` returns was made to be one.
  const isGiven =
    root.evidence === SecretEvidence.Likely &&
    (given.test(root.words) ||
      isConfirmed(analysis, flow) ||
      isSentAsCredential(analysis.program.scopes[root.scope]!, root));
  const evidence = isGiven ? 'medium' : confidences[root.evidence];
  const calls = analysis.values
    .path(flow)
    .filter(({ step }) => step === StepKind.Passed || step === StepKind.Returned);
  const { scopes } = analysis.program;
  if (analysis.values.path(flow).some((link) => scopes[link.scope]!.file.isTest)) return 'low';
  for (let use = flow.use.inner; use !== null; use = use.inner)
    if (scopes[use.scope]!.file.isTest) return 'low';
  if (calls.length <= most) return lowest(evidence, flow.use.cap);
  const isNear = most === maximumCalls && isInOneFile(analysis, flow) && calls.length <= maximumInFile;
  return isNear ? lowest('medium', lowest(evidence, flow.use.cap)) : 'low';
}

/** Whether what may be a secret is kept under a name on the way that says the same plainly: the token that is stored as
 * `headers['X-Auth-Token']`. */
function isConfirmed({ library, program, values }: Analysis, flow: Flow): boolean {
  return values.path(flow).some(({ step, scope: id, at }) => {
    if ((step !== StepKind.Stored && step !== StepKind.Assigned) || at < 0) return false;
    const scope = program.scopes[id]!;
    const { op, a, b, slots } = scope.code;
    const { names } = scope.file.source;
    const name =
      op[at] === Op.StoreItem
        ? (literalText(scope, b[at]!) ?? '')
        : op[at] === Op.StoreLocal
          ? names[slots[a[at]!]!]!
          : op[at] === Op.StoreAttribute
            ? names[b[at]!]!
            : '';
    // A thing that is called a secret is called so everywhere; an OAuth token is shown to its user, its secret is not.
    return (
      !/^_*secrets?$|oauth_?token$/i.test(name) && library.secretWords.judge(name) === SecretEvidence.Plain
    );
  });
}

function isInOneFile({ program, values }: Analysis, flow: Flow): boolean {
  const { file } = program.scopes[flow.use.scope]!;
  return values.path(flow).every((link) => program.scopes[link.scope]!.file === file);
}

/** The text with a capital letter. */
export function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
