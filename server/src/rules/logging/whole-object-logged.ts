// Rule 206: something that holds secrets among other things is logged whole: the headers of a request, the environment,
// all local variables, or what the program itself reads a password from elsewhere. Looks at the call's own arguments.

import { EntityKind } from '../../flow/entities';
import { dottedName } from '../../flow/function-facts';
import { LabelKind, type Link, StepKind } from '../../flow/values/labels';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { Argument, CompareOperator, Op, UnaryOperator } from '../../syntax/code';
import { argumentCount, argumentValue, callArguments, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { nameAt, placeOf } from '../flow-words';
import type { Report, Rule } from '../rule';
import { testsAround } from './contradictions';
import { listedSecret } from './listed-fields';
import { calledName, literalText } from './literals';
import { logSites, shownValues } from './log-sites';
import { madeBy } from './own-objects';
import { type Holder, nameOf, type SecretHolders, secretHolders } from './secret-holders';
import { plainSecrets } from './secret-words';
import { hides } from './shown-on-purpose';

export const rule: Rule = {
  number: 206,
  name: 'whole-object-logged',
  concern: 'logging',
  severity: 'warning',
  preview: true,
  cwe: [532],
  category: 'sensitive-logging',
  summary: 'Headers, an environment or a mapping that holds a secret is logged whole.',
  asks: () => [{ sink: 'log', labels: [LabelKind.Secret], bounds: plainSecrets }],
  check(analysis, report) {
    const holders = secretHolders(analysis);
    const told = secretSites(analysis);
    for (const { scope, at, path } of logSites(analysis)) {
      if (path.startsWith('warnings.') || told.has(`${scope.id}|${at}`)) continue;
      for (const shown of shownValues(scope, at)) {
        const value = copied(scope, shown);
        const found = ofKind(analysis, scope, at, value) ?? ofHolder(analysis, scope, at, value, holders);
        if (found === null) continue;
        report(found);
        break;
      }
    }
  },
};

/** Log calls of which it is known already which secret they write. What is only called like one, as `authorization`, is
 * looked at as a whole. */
function secretSites({ values }: Analysis): ReadonlySet<string> {
  const sites = values.flows.filter((flow) => {
    const { kind, evidence, scope } = values.origin(flow);
    if (flow.use.kind !== 'log' || kind !== LabelKind.Secret) return false;
    return (
      evidence === SecretEvidence.Plain || scope !== flow.use.scope || values.path(flow).some(isKeptElsewhere)
    );
  });
  return new Set(sites.map(({ use }) => `${use.scope}|${use.at}`));
}

function isKeptElsewhere({ step }: Link): boolean {
  return step === StepKind.Stored || step === StepKind.Passed || step === StepKind.Returned;
}

/** What a copy or a text is made of: `dict(headers)`, `json.dumps(config)`. */
function copied(scope: Scope, value: number): number {
  const { code } = scope;
  const isCopy =
    code.op[value] === Op.Call &&
    argumentCount(code, value) === 1 &&
    /^(dict|str|repr|dumps|pformat)$/.test(calledName(scope, value));
  const inner = isCopy ? positional(code, value, 0) : -1;
  return inner < 0 ? value : inner;
}

/** What shows secrets by its kind. */
function ofKind(analysis: Analysis, scope: Scope, at: number, value: number): Report | null {
  const { code } = scope;
  const listed = listedSecret(analysis, scope, value);
  if (listed !== '') {
    const found = reportAt(analysis, scope, at, value, `\`${listed}\` is in it`);
    return hides(scope) ? { ...found, confidence: 'low' } : found;
  }
  const path = dottedName(scope, value);
  if (code.op[value] === Op.Call && /^(locals|vars)$/.test(path) && argumentCount(code, value) === 0) {
    const secret = secretVariable(analysis, scope);
    return secret === '' || fills(scope, value)
      ? null
      : reportAt(analysis, scope, at, value, `\`${path}()\` holds \`${secret}\``);
  }
  if (code.op[value] !== Op.Attribute) return null;
  if (path === 'os.environ')
    return reportAt(analysis, scope, at, value, 'the environment often holds secrets');
  if (!/(^|\.)(request|req|_request)\.(headers|cookies|META|COOKIES)$/.test(path)) return null;
  // What a client sends holds a credential where it has one.
  return /\.\w+\.headers$/.test(path) && !/^self\.[^.]+\.headers$/.test(path) && !hasCredentials(scope)
    ? null
    : reportAt(analysis, scope, at, value, 'the headers of a request hold its credentials and cookies');
}

const credentials =
  /^(x[-_])?auth(ori[sz]ation|entication)?$|auth[-_](header|token)|cookie|api[-_]?key|passw(or)?d|access[-_]?token|credential|session[-_]id|bearer/i;

/** Whether a file speaks of credentials at all. */
function hasCredentials({ file: { source } }: Scope): boolean {
  return (
    source.names.some((name) => credentials.test(name)) ||
    source.constants.some(({ text }) => text.length < 80 && credentials.test(text))
  );
}

/** A variable or parameter of a function that holds a secret, as its name says. */
function secretVariable({ library }: Analysis, { code, file }: Scope): string {
  const names = [...code.slots].map((name) => file.source.names[name]!);
  return names.find((name) => library.secretWords.judge(name) === SecretEvidence.Plain) ?? '';
}

/** Whether a mapping fills a format, which shows what it names and no more. */
function fills({ code }: Scope, value: number): boolean {
  for (let at = value + 1; at < code.op.length; at++) {
    if (code.op[at] === Op.Binary && code.b[at] === value) return true;
    if (code.op[at] !== Op.Call) continue;
    if (callArguments(code, at).some((one) => one.value === value && one.keyword === Argument.DoubleStar))
      return true;
  }
  return false;
}

function ofHolder(
  analysis: Analysis,
  scope: Scope,
  at: number,
  value: number,
  holders: SecretHolders,
): Report | null {
  const holder = holders.of(scope, value, ['member', 'address', 'connection', 'arguments']);
  if (holder === null) return null;
  if (holder.kind !== 'connection' && analysis.library.secretWords.isNeutral(nameOf(scope, value)))
    return null;
  if (isTakenOut(scope, at, value, holder)) return null;
  const found = reportAt(analysis, scope, at, value, reasons[holder.kind](holder), holder);
  if (hides(scope) || isOfFailure(scope, at)) return { ...found, confidence: 'low' };
  return isSameObject(analysis, scope, value, holder) || isSameKind(analysis, scope, value, holder)
    ? found
    : { ...found, confidence: 'low' };
}

/** Whether a call runs where the other side refused: its answer says why, and holds nothing else. */
function isOfFailure(scope: Scope, call: number): boolean {
  return testsAround(scope, call).some(({ test, holds }) => meansFailure(scope, test) === holds);
}

/** Whether an answer is an error where a test holds; null when it says nothing of that. */
function meansFailure(scope: Scope, test: number): boolean | null {
  const { op, a, b, c } = scope.code;
  const { names, constants } = scope.file.source;
  switch (op[test] as Op) {
    case Op.Attribute: {
      const name = names[b[test]!]!;
      return /^(is_(client_|server_)?error|errors?|failed)$/.test(name)
        ? true
        : /^(ok|is_success)$/.test(name)
          ? false
          : null;
    }
    case Op.Unary: {
      const inner = c[test] === UnaryOperator.Not ? meansFailure(scope, a[test]!) : null;
      return inner === null ? null : !inner;
    }
    case Op.Compare: {
      if (c[test] === CompareOperator.In && literalText(scope, a[test]!) === 'error') return true;
      if (!/(^|\.)(status|status_code)$/.test(dottedName(scope, a[test]!)) || op[b[test]!] !== Op.Const)
        return null;
      const isGood = Number(constants[a[b[test]!]!]!.text) < 400;
      switch (c[test] as CompareOperator) {
        case CompareOperator.Equal:
          return !isGood;
        case CompareOperator.NotEqual:
          return isGood;
        case CompareOperator.Greater:
        case CompareOperator.GreaterEqual:
          return true;
        default:
          return null;
      }
    }
    default:
      return null;
  }
}

/** `payload.pop('password')`, `del payload['password']` before the log call. */
function isTakenOut(scope: Scope, call: number, value: number, { word }: Holder): boolean {
  const { op, a, b } = scope.code;
  const path = dottedName(scope, value);
  for (let at = 0; at < call; at++) {
    if (op[at] === Op.DeleteItem && dottedName(scope, a[at]!) === path && literalText(scope, b[at]!) === word)
      return true;
    if (op[at] !== Op.Call || calledName(scope, at) !== 'pop' || argumentCount(scope.code, at) === 0)
      continue;
    const callee = a[at]!;
    if (
      dottedName(scope, a[callee]!) === path &&
      literalText(scope, argumentValue(scope.code, at, 0)) === word
    )
      return true;
  }
  return false;
}

/** Whether the place that shows the secret speaks of the very same object: a variable of one function, or a field of
 * one class. That names tie other places together is a guess. */
function isSameObject(analysis: Analysis, scope: Scope, value: number, holder: Holder): boolean {
  const { kind, scope: other } = holder;
  if (kind === 'connection') return isSameAddress(scope, value, holder);
  if (scope.code.op[value] !== Op.Attribute) return kind !== 'arguments' && other.id === scope.id;
  if (other.owner !== scope.owner) return false;
  if (kind !== 'member') return true;
  const object = objectOf(holder);
  if (other.code.op[object] !== Op.Attribute) return true;
  // `session.registry` is not `self.registry`, and two functions that make a command each do not share it.
  if (dottedName(scope, value) !== dottedName(other, object)) return false;
  return other.id === scope.id || madeBy(analysis, scope, value) < 0 || madeBy(analysis, other, object) < 0;
}

/** Whether an address that is logged is the one that is opened: a variable of the function or of the file, a field of
 * the class, a setting that is read in the same words. */
function isSameAddress(scope: Scope, value: number, holder: Holder): boolean {
  const { scope: other, value: opened = -1 } = holder;
  const path = dottedName(scope, value);
  if (opened < 0 || path !== dottedName(other, opened)) return false;
  if (scope.code.op[value] === Op.Local) return other.id === scope.id;
  return path.startsWith('self.') ? other.owner === scope.owner : other.file === scope.file;
}

/** What a member is read from or stored into. */
function objectOf({ scope: { code }, at }: Holder): number {
  return code.op[at] === Op.Call ? code.a[code.a[at]!]! : code.a[at]!;
}

const reasons: Readonly<Record<Holder['kind'], (holder: Holder) => string>> = {
  member: ({ word }) => `it holds \`${word}\`, as other code reads it`,
  address: () => 'other code takes a password out of it',
  connection: ({ word }) => `\`${word}()\` connects with it, so it holds the password where there is one`,
  arguments: ({ word }) => `\`${word}()\` is called with all of it`,
  masked: ({ word }) => `\`${word}()\` masks it elsewhere`,
};

/** Whether both places are parameters of one name in classes with a base in common: what methods of a family are given
 * under a name of several words is one kind of thing. */
function isSameKind({ resolver }: Analysis, scope: Scope, value: number, holder: Holder): boolean {
  const { classes, entities } = resolver;
  if (holder.kind !== 'member' || scope.owner < 0 || holder.scope.owner < 0) return false;
  const name = nameOf(scope, value);
  if (!name.includes('_') || !isParameter(scope, name) || !isParameter(holder.scope, name)) return false;
  const own = new Set(classes.order(scope.owner));
  return classes
    .order(holder.scope.owner)
    .some((base) => own.has(base) && entities.kind[base] === EntityKind.Class);
}

function isParameter({ code, file }: Scope, name: string): boolean {
  for (let k = 0; k < code.parameters.length; k++)
    if (file.source.names[code.slots[k]!] === name) return true;
  return false;
}

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
