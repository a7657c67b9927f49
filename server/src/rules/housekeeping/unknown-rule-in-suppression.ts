// Rule 902: a suppression that names no rule, or none that exists, or a directive whose word is not one. It does
// nothing, though its author thinks it does. The project knows the names and asks; this file words the report.

import { directiveWords } from '../../syntax/directive-words';
import type { IgnoreDirective, SpannedWord, UnknownDirective } from '../../syntax/directives';
import { nearestWord } from '../../text/distance';
import type { Report, Rule } from '../rule';
import { replaceProposal } from './suppression-edits';

export const rule: Rule = {
  number: 902,
  name: 'unknown-rule-in-suppression',
  concern: 'housekeeping',
  severity: 'warning',
  preview: false,
  cwe: [],
  category: 'other',
  summary: 'A suppression comment names a rule that does not exist.',
  check() {
    // Reported by the project, which knows the names of all rules.
  },
};

/** The report on one name that is no rule. */
export function reportUnknownRule(file: number, name: SpannedWord, known: Iterable<string>): Report {
  return reportWord(
    file,
    name,
    `There is no rule \`${name.text}\`, so this suppression does nothing for it.`,
    known,
  );
}

/** The report on a directive whose word is unknown; undefined when it reads like prose. */
export function reportUnknownWord(file: number, directive: UnknownDirective): Report | undefined {
  const known = directiveWords.map(({ word }) => word);
  const { word } = directive;
  if (!directive.hasArgument && !nearestWord(word.text, known)) return undefined;
  return reportWord(
    file,
    word,
    `Airlock has no directive \`${word.text}\`, so this comment does nothing.`,
    known,
  );
}

/** The report on a suppression without names. */
export function reportNoRules(file: number, directive: IgnoreDirective): Report {
  return {
    file,
    ...directive.span,
    message:
      `This suppression names no rule, so it does nothing. ` +
      `Write the names in brackets: \`# airlock: ${directive.kind}[rule-name] reason\`.`,
    confidence: 'high',
    symbol: '',
  };
}

function reportWord(file: number, word: SpannedWord, message: string, known: Iterable<string>): Report {
  const nearest = nearestWord(word.text, known);
  const edit = { start: word.start, end: word.end, text: nearest ?? '' };
  return {
    file,
    start: word.start,
    end: word.end,
    message: nearest ? `${message} Did you mean \`${nearest}\`?` : message,
    confidence: 'high',
    symbol: '',
    fixes: nearest ? [replaceProposal(`Change to \`${nearest}\``, true, [edit])] : [],
  };
}
