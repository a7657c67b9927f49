// What a name says of a value: that it is a secret. Evidence of the value wins: constants, truth values, numbers and
// what a masker returned are no secrets, whatever they are called.

import type { Library } from '../../library/library';
import { SecretEvidence, wordsOf } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { Op, ScopeKind } from '../../syntax/code';
import { elements, functionExtra } from '../../syntax/code-reader';
import { Type } from './domain';
import { LabelKind, Mask } from './labels';
import type { Pass } from './pass';
import { ShapeKind } from './shapes';
import { inputBit } from './summary';
import { constantText } from './text';

/** The value with a secret label when `name` names a secret and the value may be one. `at` is the instruction that
 * reads or stores it, or -1 - parameter. */
export function namedSecret(pass: Pass, value: number, name: string, at: number): number {
  if (!pass.context.demand.asks(LabelKind.Secret)) return value;
  const verdict = pass.context.library.secretWords.judge(name);
  if (verdict === SecretEvidence.None) return value;
  const evidence = mayBeObject(pass, name, at) ? SecretEvidence.Likely : verdict;
  return mayBeSecret(pass, value) ? withSecret(pass, value, name, at, evidence) : value;
}

/** What is only called `secret` may be a thing that has a name, a key and a value; under a key it is the value. */
function mayBeObject({ scope }: Pass, name: string, at: number): boolean {
  if (!/^_*secret$/i.test(name)) return false;
  const { op, a } = scope.code;
  if (at < 0) return true;
  if (op[at] === Op.Attribute) return op[a[at]!] !== Op.Local || a[a[at]!] !== 0 || scope.owner < 0;
  return op[at] === Op.StoreLocal || op[at] === Op.Local || op[at] === Op.Captured || op[at] === Op.Global;
}

/** Parameters that are numbers, truth values or paths of files by annotation: no secrets, whatever they are called. */
export function otherParameters({ scope, context }: Pass): ReadonlySet<number> {
  const found = new Set<number>();
  if (scope.parent < 0 || scope.definedAt < 0 || scope.code.kind !== ScopeKind.Function) return found;
  const outer = context.resolver.program.scopes[scope.parent]!;
  for (const { parameter, value } of functionExtra(outer.code, scope.definedAt).annotations) {
    if (mayBeOther(outer, value)) found.add(parameter);
  }
  return found;
}

const otherTypes = /^(int|float|bool|UUID|(Pure)?(Posix|Windows)?Path|PathLike|FilePath|StrPath)$/;

/** `int`, `Path`, and what may be one: a secret is a text in all cases. */
function mayBeOther(scope: Scope, annotation: number): boolean {
  const { code, file } = scope;
  const { names, constants } = file.source;
  switch (code.op[annotation] as Op) {
    case Op.Global:
      return otherTypes.test(names[code.a[annotation]!]!);
    case Op.Attribute:
      return otherTypes.test(names[code.b[annotation]!]!);
    case Op.Const:
      return constants[code.a[annotation]!]!.text.split(/[^\w]+/).some((name) => otherTypes.test(name));
    case Op.Binary:
      return [code.a[annotation]!, code.b[annotation]!].some((part) => mayBeOther(scope, part));
    case Op.Item:
      return isUnion(scope, code.a[annotation]!) && mayBeOther(scope, code.b[annotation]!);
    case Op.Tuple:
      return [...elements(code, annotation)].some((part) => mayBeOther(scope, part));
    default:
      return false;
  }
}

function isUnion({ code, file }: Scope, value: number): boolean {
  const { names } = file.source;
  const name =
    code.op[value] === Op.Global ? code.a[value]! : code.op[value] === Op.Attribute ? code.b[value]! : -1;
  return name >= 0 && /^(Optional|Union)$/.test(names[name]!);
}

/** The same for a value out of a shared place: where the name says it here, who stored it does not matter. */
export function freshSecret(pass: Pass, value: number, name: string, at: number): number {
  if (!pass.context.demand.asks(LabelKind.Secret)) return value;
  if (pass.context.library.secretWords.judge(name) === SecretEvidence.None) return value;
  const { domain } = pass;
  const { labels } = domain;
  const own = labels.map(domain.labelsOf[value]!, (label, mask) =>
    labels.kindOf(label) === LabelKind.Secret ? null : [label, mask],
  );
  return namedSecret(pass, domain.withLabels(value, own), name, at);
}

/** The value under a name that says what it is instead: an id, a hash, a count, a user. */
export function disowned(pass: Pass, value: number, name: string): number {
  const { labels, labelsOf } = pass.domain;
  const pairs = labels.sets[labelsOf[value]!]!;
  if (pairs.length === 0 || !saysOtherwise(pass, name)) return value;
  const carries = carriers.test(name) && !placesOfSecrets.test(name);
  // A text that begins with something known was put together: the secret is in it still.
  const isPut = pass.domain.known.prefix(pass.domain.knownOf[value]!) !== '';
  const own = labels.map(labelsOf[value]!, (label, mask) => {
    const kind = labels.kindOf(label);
    if (kind === LabelKind.Secret)
      return carries && (isPut || labels.rootOf(label).evidence === SecretEvidence.Plain)
        ? [label, mask]
        : null;
    return kind === LabelKind.Input ? [label, mask | Mask.SecretCleared] : [label, mask];
  });
  return pass.domain.withLabels(value, own);
}

/** Whether a name says that its value is not the secret that it may come from. */
export function saysOtherwise(pass: Pass, name: string): boolean {
  if (madeHarmless.test(name) || namesTheKey.test(name)) return true;
  return tellsLittle.test(name) && pass.context.library.secretWords.isNeutral(name);
}

/** The same where the value is whatever a caller has: a part of an address may be all that is secret in it. */
export function refusesSecrets(pass: Pass, name: string): boolean {
  return saysOtherwise(pass, name) && (!carriers.test(name) || placesOfSecrets.test(name));
}

const madeHarmless = /^_*(hashed|masked|redacted|encrypted|obfuscated|sanitized|scrubbed)_/i;
/** Of an access key and its secret the first is like a user's name. */
const namesTheKey = /(^|_)access_?key(_?id)?$/i;
const tellsLittle =
  /(^|_)(id|uuid|ref|name|user|username|login|hash|count|len|length|type|path|file|filename|url|uri|prefix|suffix|host|hostname|port|scope|mode|status|state|version|region|domain|email|address|profile|algorithm|alg|method|kind|format|encoding|issuer|audience|subject|size|index|expires|expiry|timestamp|date|action|verb|provider|backend|service|driver|section|column|realm|tenant|project|group|role|arn|zone|base|endpoint|fingerprint|thumbprint|digest|checksum)$/i;
/** Names of texts that a plain secret may well be part of. */
const carriers = /(url|uri|path|address)$/i;
/** Names of files that hold one. */
const placesOfSecrets = /(key|secret|password|passwd|token|credentials?|cert|pem|privkey)_?(file_?)?path$/i;

/** The value with a label for a secret of this description. */
export function withSecret(
  pass: Pass,
  value: number,
  words: string,
  at: number,
  evidence: SecretEvidence,
): number {
  const { domain } = pass;
  if (!pass.context.demand.asks(LabelKind.Secret)) return value;
  return domain.labelled(
    value,
    domain.labels.origin({
      kind: LabelKind.Secret,
      scope: pass.scope.id,
      at,
      words,
      trust: 'remote',
      evidence,
      parameter: -1,
      path: [],
    }),
  );
}

function mayBeSecret(pass: Pass, value: number): boolean {
  const { domain } = pass;
  if ((domain.types[value]! & Type.Unjudged) === 0) return false;
  const { constants } = domain.known.entries[domain.knownOf[value]!]!;
  if (constants !== null) return false;
  const shape = domain.shape(value);
  if (looksHarmless(pass, value)) return false;
  if (shape !== null && (shape.kind === ShapeKind.Dict || shape.keys.length > 0)) return false;
  const { labels } = domain;
  const pairs = labels.sets[domain.labelsOf[value]!]!;
  for (let k = 0; k < pairs.length; k += 2) if (labels.kindOf(pairs[k]!) === LabelKind.Secret) return false;
  return true;
}

/** A path, a file's name or a sentence: what is known of its ends tells. */
function looksHarmless(pass: Pass, value: number): boolean {
  const { known, knownOf } = pass.domain;
  const prefix = known.prefix(knownOf[value]!);
  const suffix = known.suffix(knownOf[value]!);
  return /^[/~.]|\s/.test(prefix) || /\.[a-z]{2,5}$|\s/.test(suffix);
}

const getters = new Set(
  'get fetch read load generate gen create make build decrypt retrieve lookup find obtain new issue ask prompt random'.split(
    ' ',
  ),
);

const makers = new Set(['create', 'make', 'new', 'build', 'issue', 'find', 'lookup']);

/** Whether a function of this name gives a secret: `get_password`, `generate_token`, `_load_api_key`. */
export function givesSecret(pass: Pass, name: string): SecretEvidence {
  const { demand, library } = pass.context;
  if (!library.secretWords.mayName(name) || !demand.asks(LabelKind.Secret)) return SecretEvidence.None;
  const words = wordsOf(name);
  if (words.length < 2 || !getters.has(words[0]!)) return SecretEvidence.None;
  // What makes a secret in a store gives its address; what reads one reads any setting that is kept there.
  if (/^(secrets?|credentials?)$/.test(words.at(-1)!))
    return makers.has(words[0]!) ? SecretEvidence.None : SecretEvidence.Weak;
  return pass.context.library.secretWords.judge(words.slice(1).join('_'));
}

/** The last key of a path to what was read under a key that callers give. */
export const givenKey = '@';

/** What was read under a key that is a parameter: a secret where the caller's key names one. */
export function readByGivenKey(pass: Pass, value: number, index: number): number {
  const { domain, numbering, scope, followed } = pass;
  if (
    followed === 0 ||
    index < 0 ||
    !pass.context.demand.asks(LabelKind.Secret) ||
    (domain.types[value]! & Type.Unjudged) === 0
  )
    return value;
  const parameter = pass.inputs.parameterOf(numbering.number[index]!);
  if (parameter < 0 || (scope.owner >= 0 && parameter === 0)) return value;
  if ((followed & inputBit(parameter)) === 0) return value;
  return domain.labelled(value, givenKeyLabel(pass, parameter));
}

/** The label of what is found under the key that a parameter is. */
export function givenKeyLabel({ domain, scope }: Pass, parameter: number): number {
  const { labels } = domain;
  const label = labels.origin({
    kind: LabelKind.Input,
    scope: scope.id,
    at: -1,
    words: '',
    trust: 'remote',
    evidence: SecretEvidence.None,
    parameter,
    path: [givenKey],
  });
  return labels.map(label, (one) => [one, Mask.None]);
}

/** How plainly a constant key names a secret. */
export function namesSecret(pass: Pass, value: number): SecretEvidence {
  const text = constantText(pass, value);
  return text === null ? SecretEvidence.None : pass.context.library.secretWords.judge(text);
}

/** On a way where a parameter is not this constant: what was read by it is no secret of that name. */
export function excludeKey(pass: Pass, tested: number, constant: number): void {
  const { environment, domain, scope } = pass;
  const { labels, labelsOf } = domain;
  const parameter = pass.inputs.parameterOf(pass.numbering.number[tested]!);
  if (parameter < 0 || environment === null) return;
  if (namesSecret(pass, pass.values[constant]!) < SecretEvidence.Likely) return;
  for (let slot = 0; slot < environment.values.length; slot++) {
    const value = environment.values[slot]!;
    if (labelsOf[value] === 0) continue;
    const own = labels.map(labelsOf[value]!, (label, mask) => {
      const root = labels.rootOf(label);
      const isRead =
        root.kind === LabelKind.Input &&
        root.scope === scope.id &&
        root.parameter === parameter &&
        root.path[0] === givenKey;
      return isRead ? null : [label, mask];
    });
    environment.values[slot] = domain.withLabels(value, own);
  }
}

/** Whether a call is given a key that says that it reads something else: `get_secret('API_VERSION')`. */
export function readsOtherThing(pass: Pass, name: string, key: number): boolean {
  if (key < 0 || !pass.context.library.secretWords.mayName(name)) return false;
  if (!getters.has(wordsOf(name)[0] ?? '')) return false;
  const text = constantText(pass, pass.values[key]!);
  return text !== null && saysOtherwise(pass, text.toLowerCase());
}

/** Whether a function of this name masks what it is given. */
export function isMasker(pass: Pass, name: string): boolean {
  const { library, maskerNames } = pass.context;
  let verdict = maskerNames.get(name);
  if (verdict === undefined) {
    verdict = soundsLikeMasker(library, name);
    maskerNames.set(name, verdict);
  }
  return verdict;
}

function soundsLikeMasker({ maskers, removers, secretWords }: Library, name: string): boolean {
  const words = wordsOf(name);
  if (words.some((word) => maskers.has(word))) return true;
  if (words.length < 2 || !removers.has(words[0]!)) return false;
  return (
    secretWords.judge(words.slice(1).join('_')) !== SecretEvidence.None ||
    words.includes('sensitive') ||
    words.includes('secrets')
  );
}
