// Calls: into functions and classes of the program by summary, into libraries by data, and into the unknown, where
// labels go through and are counted. Names decide only where nothing else does: maskers, givers of secrets, loggers.

import { SecretEvidence, wordsOf } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, positional } from '../../syntax/code-reader';
import { dottedName } from '../function-facts';
import type { Target } from '../targets';
import { argumentLabels, doubted, withoutSecrets } from './arguments';
import { believeName, leavesDoubt } from './belief';
import { actual, actualsOf, bindActuals } from './binding';
import { givenBefore } from './callbacks';
import { calleeName, receiverOf } from './checks';
import { construct } from './construction';
import { sanitizedBy } from './declared-uses';
import { bottom, Type } from './domain';
import { pathOfGiven } from './entries';
import { givesSecret, isMasker, readsOtherThing, withSecret } from './evidence';
import { baseSink } from './exceptions';
import { invoke } from './invocation';
import { LabelKind } from './labels';
import { libraryCall } from './library-calls';
import { logByName } from './log-calls';
import { methodCall } from './methods';
import type { Pass } from './pass';

import { sinkByName, textSink } from './sink-calls';
import { partLabels, unjudged } from './text';
import { hashSecret, serveUnderName } from './weaknesses';
import { enterWrappers } from './wrappers';

/** The value of a call instruction; its effects are done. */
export function evaluateCall(pass: Pass, at: number): number {
  const { resolver } = pass.context;
  const callee = pass.scope.code.a[at]!;
  const name = calleeName(pass, callee);
  const targets = resolver.targets(pass.scope.id, at);
  serveKeywords(pass, at);
  if (name === 'update') hashSecret(pass, at);
  if (name === '__init__') baseSink(pass, at);
  if (targets.length === 1) pass.noteReturn(neverReturns(pass, targets[0]!));
  let result = bottom;
  let inProgram = false;
  let path = '';
  for (let k = 0; k < targets.length; k++) {
    const target = targets[k]!;
    if (target.kind === 'library') {
      if (path === '') path = target.path;
      continue;
    }
    inProgram = true;
    result = pass.domain.join(result, callProgram(pass, at, target));
  }
  believeName(pass, at, name, path);
  if (isMasker(pass, name) || removesNamed(pass, at, name)) return masked(pass, at, targets);
  if (inProgram) return judged(pass, at, leavesDoubt(name) ? doubtful(pass, result) : result, name);
  for (let k = 0; k < targets.length; k++) {
    const target = targets[k]!;
    if (target.kind !== 'library') continue;
    const known = libraryCall(pass, at, target.path);
    if (known !== null) return known;
  }
  const namesake =
    targets.length === 0
      ? namesakePath(pass, callee) || addressPath(pass, callee, name) || pathOfGiven(pass, callee, name)
      : addressPath(pass, callee, name);
  const asNamesake = namesake === '' ? null : libraryCall(pass, at, namesake);
  if (asNamesake !== null) return asNamesake;
  sinkByName(pass, at, callee, name);
  if (logByName(pass, at, callee, name, targets)) return pass.domain.value(Type.None);
  if (pass.scope.code.op[callee] === Op.Attribute) textSink(pass, at, name);
  const asMethod = methodCall(pass, at, callee, name);
  if (asMethod !== null) return asMethod;
  pass.context.counts.unknownCalls++;
  return judged(pass, at, unknownResult(pass, at), name);
}

/** `Account(token=value)`: the keyword says what the value is for. */
function serveKeywords(pass: Pass, at: number): void {
  if (!pass.context.demand.asks(LabelKind.Weak)) return;
  const { code, file } = pass.scope;
  for (let k = 0; k < argumentCount(code, at); k++) {
    const keyword = argumentKeyword(code, at, k);
    if (keyword < 0) continue;
    const argument = argumentValue(code, at, k);
    serveUnderName(pass, at, argument, pass.values[argument]!, file.source.names[keyword]!);
  }
}

/** The path of a function of a standard module, by the module's name alone: compatibility layers keep it. */
function namesakePath(pass: Pass, callee: number): string {
  const { op, a } = pass.scope.code;
  let root = callee;
  while (op[root] === Op.Attribute) root = a[root]!;
  if (op[root] !== Op.Global || root === callee) return '';
  const dotted = dottedName(pass.scope, callee);
  return /^(os|os\.path|re|json|shlex|subprocess|hashlib)\.\w+$/.test(dotted) ? dotted : '';
}

const ofAddresses = /^((un)?quote_plus|url(encode|parse|split|unparse|unsplit|join)|parse_qsl?)$/;

/** The path of a function on addresses that a compatibility layer hands on: its name says which one it is, where it is
 * called alone or on a module that is called like one of these layers. */
function addressPath(pass: Pass, callee: number, name: string): string {
  if (!ofAddresses.test(name)) return '';
  const { op, a } = pass.scope.code;
  const isOfLayer =
    op[callee] !== Op.Attribute ||
    /^_?(parse|url(lib|parse|s)?|(py)?compat|utils?|six|moves)$/.test(calleeName(pass, a[callee]!));
  return isOfLayer ? `urllib.parse.${name}` : '';
}

/** Whether a call of this target ends here. A method may be overridden where nobody sees it. */
function neverReturns(pass: Pass, target: Target): boolean {
  const { library, resolver } = pass.context;
  if (target.kind === 'library') return library.noReturn.has(target.path);
  if (target.kind === 'class' || resolver.program.scopes[target.scope]!.owner >= 0) return false;
  return pass.context.neverReturns(target.scope);
}

function callProgram(pass: Pass, at: number, target: Exclude<Target, { kind: 'library' }>): number {
  const { domain, context } = pass;
  const { scopes } = context.resolver.program;
  if (target.kind === 'class') {
    const made = construct(pass, at, target.scope, target.init, actualsOf(pass, at));
    if (target.init >= 0) return made;
    const shown = shownLabels(pass, at, target.scope);
    // Of an object whose fields are known, what its class adds is hardly what it was given.
    const isKnown = (domain.shape(made)?.keys.length ?? 0) > 0;
    return domain.labelled(made, isKnown ? doubted(pass, shown) : shown);
  }
  const entered = scopes[target.scope]!;
  const callee = pass.values[pass.scope.code.a[at]!]!;
  const receiver = target.bound ? boundTo(pass, at, entered) : null;
  const actuals = [
    ...(receiver === null ? [] : [actual(receiver.value, receiver.instruction)]),
    ...givenBefore(pass, callee),
    ...actualsOf(pass, at),
  ];
  enterWrappers(pass, at, entered, actuals);
  return invoke(pass, at, entered, bindActuals(pass, entered, actuals), callee);
}

/** The receiver of a bound call; an object that is called as a function is its own. */
function boundTo(pass: Pass, at: number, { name }: Scope): ReturnType<typeof receiverOf> {
  const instruction = pass.scope.code.a[at]!;
  return name === '__call__' && calleeName(pass, instruction) !== name
    ? { value: pass.values[instruction]!, instruction }
    : receiverOf(pass, at);
}

/** A class without a constructor of its own may show what it is given (exceptions, named tuples), unless it says how. */
function shownLabels(pass: Pass, at: number, classScope: number): number {
  const { classes } = pass.context.resolver;
  const labels = argumentLabels(pass, at);
  const says = classes.method(classScope, '__repr__') >= 0 || classes.method(classScope, '__str__') >= 0;
  const shows = classes
    .order(classScope)
    .some((base) => /Exception|Error|Warning|[Nn]amed[Tt]uple/.test(pass.context.resolver.pathOf(base)));
  return says || !shows ? withoutSecrets(pass, labels) : labels;
}

/** `remove_values(text, no_log_values)`: what is removed is named in the arguments. */
function removesNamed(pass: Pass, at: number, name: string): boolean {
  const { library } = pass.context;
  if (!library.removes(name)) return false;
  const { code } = pass.scope;
  for (let k = 1; k < argumentCount(code, at); k++) {
    const argument = calleeName(pass, argumentValue(code, at, k));
    if (
      /no_?log|sensitive|redact/i.test(argument) ||
      library.secretWords.judge(argument) !== SecretEvidence.None
    )
      return true;
  }
  return false;
}

/** The result of a masker: no secret any more, nothing that a name could make one. */
function masked(pass: Pass, at: number, targets: readonly Target[]): number {
  const { domain, context } = pass;
  const { sanitizers, weaknesses } = context.library;
  for (const target of targets) {
    const isKnown =
      target.kind === 'library' &&
      (sanitizers.get(target.path) !== undefined || weaknesses.get(target.path) !== undefined);
    const known = isKnown ? libraryCall(pass, at, target.path) : null;
    if (known !== null) return domain.withLabels(known, withoutSecrets(pass, domain.labelsOf[known]!));
  }
  const receiver = receiverOf(pass, at);
  const all = domain.labels.join(
    argumentLabels(pass, at),
    partLabels(pass, receiver.instruction < 0 ? bottom : receiver.value),
  );
  const left = withoutSecrets(pass, hashes(pass, at) ? withoutOutside(pass, all) : doubted(pass, all));
  let value = domain.value(Type.Text | Type.Container | Type.Other, 0, left);
  for (const target of targets) {
    if (target.kind !== 'function' || context.declared === null) continue;
    const declared = context.declared.function(context.resolver.program.scopes[target.scope]!);
    if (declared?.sanitizer) value = sanitizedBy(pass, value, declared.sanitizer);
  }
  return value;
}

const hashing = new Set(
  'hash hashed hexdigest digest checksum fingerprint bcrypt sha1 sha256 sha512 md5 hmac'.split(' '),
);

/** Whether a call gives a hash: nobody chooses what that is. */
function hashes(pass: Pass, at: number): boolean {
  return wordsOf(calleeName(pass, pass.scope.code.a[at]!)).some((word) => hashing.has(word));
}

/** Labels without those of outside data. */
function withoutOutside({ domain, context }: Pass, labels: number): number {
  const table = domain.labels;
  return table.map(labels, (label, mask) => {
    const kind = table.kindOf(label);
    if (kind === LabelKind.Untrusted) return null;
    return [label, kind === LabelKind.Input ? mask | context.namedSinks : mask];
  });
}

/** The result of a call of which nothing is known: outside data goes through, secrets don't. */
function unknownResult(pass: Pass, at: number): number {
  const receiver = receiverOf(pass, at);
  const { domain } = pass;
  let labels = argumentLabels(pass, at);
  if (isLookUp(pass, at)) labels = 0;
  if (receiver.instruction >= 0) labels = domain.labels.join(labels, partLabels(pass, receiver.value));
  return domain.value(Type.Any, 0, doubted(pass, withoutSecrets(pass, labels)));
}

const lookUps =
  /^(find|query|filter|lookup|fetch|select|search|exclude|scalars?|exists)(_|[A-Z]|\b)|^get_or_404$/;

/** A method that looks something up by its arguments: what it finds is not what it was asked for. */
function isLookUp(pass: Pass, at: number): boolean {
  const { code } = pass.scope;
  const callee = code.a[at]!;
  return code.op[callee] === Op.Attribute && lookUps.test(pass.name(code.b[callee]!));
}

/** A constant text that is not empty: what `get_password()` returns is one, hard-coded or not. */
function isSomeText(pass: Pass, value: number): boolean {
  const { domain } = pass;
  const constants = domain.known.constantsOf(domain.knownOf[value]!);
  return domain.types[value] === Type.Text && (constants?.every(({ text }) => text !== '') ?? false);
}

function judged(pass: Pass, at: number, result: number, name: string): number {
  if (readsOtherThing(pass, name, positional(pass.scope.code, at, 0)))
    return pass.domain.withLabels(result, withoutSecrets(pass, pass.domain.labelsOf[result]!));
  const evidence = givesSecret(pass, name);
  if (evidence === SecretEvidence.None) return result;
  if (unjudged(pass, result) === 0 && !isSomeText(pass, result)) return result;
  const { labels } = pass.domain;
  const pairs = labels.sets[pass.domain.labelsOf[result]!]!;
  for (let k = 0; k < pairs.length; k += 2) if (labels.kindOf(pairs[k]!) === LabelKind.Secret) return result;
  if (pass.domain.shape(result) !== null) return result;
  return withSecret(pass, result, `${name}()`, at, Math.min(evidence, SecretEvidence.Likely));
}

function doubtful(pass: Pass, value: number): number {
  return pass.domain.withLabels(value, doubted(pass, pass.domain.labelsOf[value]!));
}
