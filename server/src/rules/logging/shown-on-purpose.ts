// Functions that care for a secret before they show it, in ways that no value tells: they put stars over as much of a text
// as their caller says, give a scrambled form on another way, show it outside of production only, or are given what is
// encrypted already. Reads the text of the functions on the way; a reader would look there, too.

import { lastName, returnedValues } from '../../flow/function-facts';
import { type Root, StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { BinaryOperator, CompareOperator, ConstantKind, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { testsAround } from './contradictions';
import { literalText } from './literals';

/** Whether what shows or carries the secret takes care of it. */
export function isCaredFor(analysis: Analysis, flow: Flow): boolean {
  const { program, values } = analysis;
  const root = values.origin(flow);
  if (isGivenEncrypted(program.scopes[root.scope]!, root)) return true;
  for (let use: Flow['use'] | null = flow.use; use !== null; use = use.inner) {
    const scope = program.scopes[use.scope]!;
    if (putsStars(scope) || isOutsideProduction(scope, use.at)) return true;
  }
  if (waysOf(analysis, flow).some(hides)) return true;
  return values.path(flow).some((link, k, path) => {
    const from = path[k - 1]?.scope ?? root.scope;
    return link.step === StepKind.Returned && from !== link.scope && scrambles(program.scopes[from]!);
  });
}

/** The functions that a secret goes through. */
function waysOf({ program, values }: Analysis, flow: Flow): readonly Scope[] {
  const scopes = new Set(values.path(flow).map((link) => link.scope));
  for (let use: Flow['use'] | null = flow.use; use !== null; use = use.inner) scopes.add(use.scope);
  return [...scopes].map((id) => program.scopes[id]!);
}

/** Texts that stand in a secret's place. */
const standIn =
  /\*{3}|\u2022{2}|[<([{*](hidden|redacted|masked|censored|filtered|removed|secret|sensitive)\b.{0,20}[>)\]}*]|^(REDACTED|HIDDEN|MASKED)$/i;

/** Whether a function puts something in the place of a secret: stars into a copy, into a message, under a key. */
export function hides(scope: Scope): boolean {
  const { op, a, b, c } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Const && a[at] !== scope.code.docstring && standIn.test(literalText(scope, at) ?? ''))
      return true;
    if (op[at] === Op.Global && /^_*(REDACTED|MASKED|CENSORED|HIDDEN)$/.test(lastName(scope, at)))
      return true;
    if (op[at] !== Op.Binary || c[at] !== BinaryOperator.Multiply) continue;
    if ([a[at]!, b[at]!].some((value) => /^[*\u2022]$/.test(literalText(scope, value) ?? ''))) return true;
  }
  return false;
}

/** `'*' * len(text)`. */
function putsStars(scope: Scope): boolean {
  const { op, a, b, c } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Binary || c[at] !== BinaryOperator.Multiply) continue;
    const isStar = (value: number): boolean => /^[*\u2022]$/.test(literalText(scope, value) ?? '');
    const [left, right] = [a[at]!, b[at]!];
    if ((isStar(left) && op[right] !== Op.Const) || (isStar(right) && op[left] !== Op.Const)) return true;
  }
  return false;
}

/** A function of a protocol that gives the secret only where the other side asks for no digest of it. */
function scrambles(scope: Scope): boolean {
  const { op, a } = scope.code;
  return returnedValues(scope).some(
    (value) =>
      value >= 0 &&
      op[value] === Op.Call &&
      /(^|_)(scramble|digest|hmac|hash|encrypt)d?(_|$)/i.test(lastName(scope, a[value]!)),
  );
}

const production = /^(live|prod|production)$/i;
const elsewhere = /^(sandbox|test|testing|dev|devel|development|local)$/i;

/** Whether a test around a call keeps it from running where secrets are real: `if mode != 'live'`. */
function isOutsideProduction(scope: Scope, call: number): boolean {
  const { op, a, b, c } = scope.code;
  return testsAround(scope, call).some(({ test, holds }) => {
    if (op[test] !== Op.Compare) return false;
    const text = literalText(scope, b[test]!) ?? literalText(scope, a[test]!) ?? '';
    const isEqual = c[test] === CompareOperator.Equal;
    if (!isEqual && c[test] !== CompareOperator.NotEqual) return false;
    return isEqual === holds ? elsewhere.test(text) : production.test(text);
  });
}

/** Whether a function says of a parameter that it is given it encrypted. */
function isGivenEncrypted({ code, file }: Scope, { at, words }: Root): boolean {
  if (at >= 0 || code.docstring < 0) return false;
  const { kind, text } = file.source.constants[code.docstring]!;
  if (kind !== ConstantKind.String) return false;
  return text
    .split('\n')
    .some((line) => line.includes(words) && /\b(encrypted|hashed|ciphertext|digest of)\b/i.test(line));
}
