// What is left of a text in which a pattern was replaced: harmless signs only, one line, no secret.

import { SecretEvidence } from '../../library/secret-words';
import { positional } from '../../syntax/code-reader';
import { withoutSecrets } from './arguments';
import { Type } from './domain';
import { coversLineBreaks, onOneLine } from './line-breaks';
import type { Pass } from './pass';
import { cleared } from './refinement';
import { constantText } from './text';

const standsForSecret =
  /^[*xX•.\-<>[\]]{3,}$|[=: "'/]([*•]{2,}|[xX]{3,})(["'@]|$)|redact|mask|hidden|secret|sanitiz/i;

/** Whether a text that takes the place of words in another one hides what was there: `***`, `password=XXX`. */
export function isMaskingText(text: string): boolean {
  return standsForSecret.test(text);
}

/**
 * The value of `re.sub(pattern, by, text)`, where the pattern says more than that the text goes on.
 * @param isText whether the call gives the text alone, not with the number of replacements.
 * @param carry makes the value of a call of which nothing else is known.
 * @returns null where the pattern says nothing.
 */
export function substituted(
  pass: Pass,
  at: number,
  isText: boolean,
  carry: () => number | null,
): number | null {
  const { domain, values } = pass;
  const pattern = constantText(pass, values[positional(pass.scope.code, at, 0)]!);
  if (pattern === null) return null;
  const second = positional(pass.scope.code, at, 1);
  const by = second < 0 ? null : constantText(pass, values[second]!);
  const isHarmless = isText && by !== null && keepsHarmless(pass, pattern, by);
  const isMasked = by !== null && (isMaskingText(by) || namesSecret(pass, pattern));
  const isOneLine = coversLineBreaks(pattern);
  if (!isHarmless && !isMasked && !isOneLine) return null;
  const value = carry();
  if (value === null) return null;
  if (isHarmless) return cleared(domain, value, pass.context.namedSinks);
  const left = isOneLine ? onOneLine(pass, value) : value;
  if (!isMasked) return left;
  return domain.value(
    domain.types[left]! & ~Type.Unjudged,
    domain.knownOf[left],
    withoutSecrets(pass, domain.labelsOf[left]!),
    domain.shapeOf[left],
  );
}

/** `re.sub('[^a-z0-9]', '', text)`: nothing but harmless signs is left of the text. */
function keepsHarmless({ context }: Pass, pattern: string, by: string): boolean {
  const kept = /^\[\^((?:[^\]\\]|\\.)+)\]\+?$/.exec(pattern)?.[1];
  return kept !== undefined && context.patterns.isSafe(`^[${kept}]*$`, true, true) && /^[\w.-]?$/.test(by);
}

/** Whether a pattern looks for a secret by its name: `password=[^&]*`. */
function namesSecret({ context }: Pass, pattern: string): boolean {
  const { secretWords } = context.library;
  return (pattern.match(/[A-Za-z][\w-]*(?=["']?\)?\??(\\s\*)?[=:])/g) ?? []).some(
    (name) => secretWords.judge(name) !== SecretEvidence.None,
  );
}
