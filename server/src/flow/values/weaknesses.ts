// What is too weak for a secret: numbers that can be predicted, digests of broken hashes. Where they come from, the
// data say; here is where they come to serve as a secret: under a name that says so, in a cookie or a session, in
// comparison with what a request brings, in a file that is named for secrets.

import { SecretEvidence, wordsOf } from '../../library/secret-words';
import { type Code, Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import { dottedName } from '../function-facts';
import { Type } from './domain';
import { LabelKind, type Root } from './labels';
import type { Pass } from './pass';
import { applies } from './sink-calls';
import { arrive, useSink } from './sinks';
import { SinkMode, type SinkUse } from './summary';

/** The label of a call that gives something weak; 0 for none. */
export function weakLabel(pass: Pass, at: number, path: string): number {
  const { library, demand } = pass.context;
  const weakness = !demand.asks(LabelKind.Weak) ? undefined : library.find(library.weaknesses, path);
  if (weakness === undefined || !applies(pass, at, weakness)) return 0;
  if (picks.test(path) && !isAlphabet(pass, positional(pass.scope.code, at, 0))) return 0;
  return pass.domain.labels.origin({
    kind: LabelKind.Weak,
    scope: pass.scope.id,
    at,
    words: weakness.words,
    weakness: weakness.as,
    trust: 'remote',
    evidence: SecretEvidence.Plain,
    parameter: -1,
    path: [],
  });
}

/** Calls that pick one of what they are given. */
const picks = /^(numpy\.)?random\.(Random\.)?(choices?|sample)$/;
const alphabets =
  /^string\.|(^|\.|_)(ascii|letters|digits|chars|characters|alphabet|printable|hexdigits|punctuation|symbols|alphanumeric|words|wordlist|range)(_|$)/i;
const maximumDepth = 4;

/** Whether a value is the signs that something is put together from: of other things, one is picked, none is made. */
function isAlphabet(pass: Pass, value: number, depth = 0): boolean {
  if (value < 0 || depth > maximumDepth) return false;
  const { code } = pass.scope;
  if (pass.domain.types[pass.values[value]!] === Type.Text) return true;
  switch (code.op[value] as Op) {
    case Op.Binary:
      return isAlphabet(pass, code.a[value]!, depth + 1) || isAlphabet(pass, code.b[value]!, depth + 1);
    case Op.Call:
      return (
        alphabets.test(dottedName(pass.scope, code.a[value]!)) ||
        isAlphabet(pass, positional(code, value, 0), depth + 1)
      );
    default:
      return alphabets.test(dottedName(pass.scope, value));
  }
}

/** `hash.update(secret)`, where the hash is a broken one. */
export function hashSecret(pass: Pass, at: number): void {
  const { code } = pass.scope;
  const argument = positional(code, at, 0);
  const callee = code.a[at]!;
  if (!pass.context.demand.asksAt('weak-hash')) return;
  if (argument < 0 || code.op[callee] !== Op.Attribute || pass.name(code.b[callee]!) !== 'update') return;
  const { domain, context, scope } = pass;
  const made = domain.labels.sets[domain.labelsOf[pass.values[code.a[callee]!]!]!]!;
  for (let k = 0; k < made.length; k += 2) {
    const root = domain.labels.rootOf(made[k]!);
    if (root.weakness !== 'digest') continue;
    const use: SinkUse = {
      kind: 'weak-hash',
      bit: context.bitOf('weak-hash'),
      mode: SinkMode.Whole,
      scope: scope.id,
      at,
      argument,
      words: 'the hash takes it in',
      movable: false,
      inner: null,
      cap: 'medium',
    };
    useSink(pass, use, pass.values[argument]!);
    return;
  }
}

/** The kind of uses as a secret. */
export const secretUse = 'secret-use';

type Weakness = NonNullable<Root['weakness']>;

/** The same where only what is weak in one way is no good. */
export const secretUses: Readonly<Record<Weakness, string>> = {
  predictable: `${secretUse}-predictable`,
  digest: `${secretUse}-digest`,
};

/** A value that may be weak comes to serve as a secret. `argument`: the instruction that is told; `of`: only what is
 * weak in this way. */
export function serveAsSecret(
  pass: Pass,
  at: number,
  argument: number,
  value: number,
  words: string,
  of: Weakness | null = null,
): void {
  const { domain, context, scope } = pass;
  const useKind = of === null ? secretUse : secretUses[of];
  if (!context.demand.asksAt(useKind) || !domain.hasLabels(value)) return;
  const { labels } = domain;
  // Under a name, only the thing itself: an object may hold much that is no secret.
  const pairs = labels.sets[of === null ? domain.deepLabels(value) : domain.labelsOf[value]!]!;
  let use: SinkUse | null = null;
  for (let k = 0; k < pairs.length; k += 2) {
    const { kind, weakness } = labels.rootOf(pairs[k]!);
    if (kind !== LabelKind.Weak && kind !== LabelKind.Input) continue;
    if (of !== null && kind === LabelKind.Weak && weakness !== of) continue;
    use ??= {
      kind: useKind,
      bit: context.bitOf(useKind),
      mode: SinkMode.Whole,
      scope: scope.id,
      at,
      argument,
      words,
      movable: false,
      inner: null,
      cap: 'medium',
    };
    arrive(pass, use, pairs[k]!, pairs[k + 1]!, SinkMode.Whole);
  }
}

/** A value is stored, passed or returned under a name. */
export function serveUnderName(
  pass: Pass,
  at: number,
  argument: number,
  value: number,
  name: string,
  isSent = false,
): void {
  if (!pass.context.demand.asks(LabelKind.Weak) || !pass.domain.hasLabels(value)) return;
  const words = `\`${name}\``;
  // A digest in a mapping is mostly on its way to somebody whose protocol asks for it.
  if (!isSent && protective.test(name)) serveAsSecret(pass, at, argument, value, words, 'digest');
  if (isSecretName(pass, name)) serveAsSecret(pass, at, argument, value, words, 'predictable');
}

const guarded =
  /(^|_)(otp|csrf|captcha|session_?(id|key)|(reset|access|auth|session|api|csrf|refresh|invite|activation|confirm|confirmation|verification|login|remember)_?token|(auth|verification|verify|reset|confirm|confirmation|activation|invite|invitation|security|access)_?(code|key))$/i;

/** Names of digests of passwords. Of what nobody can guess, a broken hash tells nothing. */
const protective = /passw(or)?d|passphrase|(^|_)(pwd|pw)(_|$)/i;

function isSecretName(pass: Pass, name: string): boolean {
  if (guarded.test(name)) return true;
  const isToken = /token/i.test(name) && !/^tokens?$/i.test(name);
  const wanted = isToken ? SecretEvidence.Likely : SecretEvidence.Plain;
  return pass.context.library.secretWords.judge(name) >= wanted && !/credentials?$|signature$/i.test(name);
}

const makers = new Set('generate gen create make new random build get issue'.split(' '));

/** Whether a function of this name makes a secret: `generate_token`. */
export function makesSecret(pass: Pass, name: string): boolean {
  const words = wordsOf(name);
  return words.length > 1 && makers.has(words[0]!) && isSecretName(pass, words.slice(1).join('_'));
}

/** Files whose names say that they hold secrets. */
const secretFile = /(passw(or)?d|passwd|secret|credential|token|htpasswd)[^/]*$/i;

/** `file.write(value)`: the file may be named for secrets. */
export function serveInFile(pass: Pass, at: number, file: number, argument: number): void {
  const { domain, values } = pass;
  if (!domain.hasLabels(values[argument]!)) return;
  const name = domain.member(values[file]!, '.name');
  if (name === null) return;
  const text = domain.known.suffix(domain.knownOf[name]!);
  const base = text.slice(text.lastIndexOf('/') + 1);
  if (secretFile.test(base)) serveAsSecret(pass, at, argument, values[argument]!, `the file \`${base}\``);
}

/** `a == b`: what is compared with something that a request brings decides whom the program believes. */
export function serveInComparison(pass: Pass, at: number, left: number, right: number): void {
  compareOne(pass, at, left, right);
  compareOne(pass, at, right, left);
}

function compareOne(pass: Pass, at: number, ours: number, theirs: number): void {
  const { domain, values } = pass;
  if (!isRemote(pass, values[theirs]!)) return;
  serveAsSecret(pass, at, ours, values[ours]!, 'what a request must match', 'predictable');
  const { op, a, b } = pass.scope.code;
  if (op[ours] !== Op.Item || domain.types[values[ours]!] === undefined) return;
  const { number } = pass.numbering;
  for (const store of storesTo(pass.scope.code, number, number[a[ours]!]!, number[b[ours]!]!)) {
    pass.compared.add(store);
    const stored = pass.scope.code.c[store]!;
    if (store < at)
      serveAsSecret(pass, store, stored, values[stored]!, 'what a request must match', 'predictable');
  }
}

/** Stores under the same key of the same container, wherever they stand in the function. */
function storesTo({ op, a, b }: Code, number: ArrayLike<number>, object: number, key: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreItem && number[a[at]!] === object && number[b[at]!] === key) found.push(at);
  }
  return found;
}

function isRemote({ domain }: Pass, value: number): boolean {
  const { labels } = domain;
  const pairs = labels.sets[domain.labelsOf[value]!]!;
  for (let k = 0; k < pairs.length; k += 2) {
    const root = labels.rootOf(pairs[k]!);
    if (root.kind === LabelKind.Untrusted && root.trust === 'remote') return true;
  }
  return false;
}
