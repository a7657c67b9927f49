// Rule 205: an option that holds a secret, by its name, and is not marked as one, so that whoever dumps the options
// shows it. Asks the library's data for constructors of options; where a program is seen to dump none, it is less sure.

import { argumentAt } from '../../flow/locks';
import type { Library } from '../../library/library';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Confidence } from '../finding';
import type { Rule } from '../rule';
import { moduleOptions } from './ansible-options';
import { calledName, keywordArgument, literalKind, literalText } from './literals';
import { settingsFields } from './settings-fields';
import { isLeftUnregistered, keepsOptionsToItself } from './shown-options';
import { insertion, type Unmarked } from './unmarked-option';

export const rule: Rule = {
  number: 205,
  name: 'secret-option-unmarked',
  concern: 'logging',
  severity: 'warning',
  preview: false,
  cwe: [532],
  category: 'sensitive-logging',
  summary: 'An option that holds a secret is not marked as one, so that dumps of the options show it.',
  check(analysis, report) {
    for (const one of [...declared(analysis), ...moduleOptions(analysis), ...settingsFields(analysis)]) {
      const { scope, at, message, fixes } = one;
      report({
        ...analysis.program.span(scope, at),
        message,
        confidence: scope.file.isTest ? 'low' : one.confidence,
        symbol: scope.qualifiedName,
        fixes,
      });
    }
  },
};

/** Options made by constructors that can mark them. */
function* declared(analysis: Analysis): Generator<Unmarked> {
  const { program, resolver, library } = analysis;
  const constructors = library.secretOptions.words;
  for (const file of program.files) {
    if (!program.mentions(file, constructors)) continue;
    for (let index = 0; index < file.source.codes.length; index++) {
      const scope = program.scopeOf(file, index);
      const { op } = scope.code;
      for (let at = 0; at < op.length; at++) {
        if (op[at] !== Op.Call || !constructors.has(calledName(scope, at))) continue;
        const path = resolver.libraryPath(scope.id, scope.code.a[at]!);
        const option = path === '' ? undefined : library.secretOptions.get(library.canonical(path));
        if (option === undefined || keywordArgument(scope, at, option.mark) >= 0) continue;
        const place = argumentAt(scope, at, option.name);
        const name = place < 0 ? null : literalText(scope, place);
        if (name === null) continue;
        const evidence = evidenceOf(library, name, helpOf(scope, at));
        if (evidence < SecretEvidence.Likely || isNoSecret(scope, at)) continue;
        yield {
          scope,
          at,
          message: `The option \`${name}\` holds a secret and is not marked \`${option.mark}=${option.value}\`: whoever logs the options shows it.`,
          confidence:
            analysis.once(isKept) || isLeftUnregistered(program, scope, at)
              ? 'low'
              : confidenceOf(evidence, name, helpOf(scope, at)),
          fixes: [insertion(scope, place, `, ${option.mark}=${option.value}`)],
        };
      }
    }
  }
}

const isKept = ({ program }: Analysis) => keepsOptionsToItself(program);

/** A token or secret that is called an id is one where the help says that it opens something: `root_token_id` of Vault. */
function evidenceOf({ secretWords }: Library, name: string, help: string): SecretEvidence {
  const own = secretWords.judge(name);
  if (own !== SecretEvidence.None || !/_id$/i.test(name)) return own;
  const bare = secretWords.judge(name.replace(/_id$/i, ''));
  return bare >= SecretEvidence.Likely && opens.test(help) ? bare : own;
}

const opens =
  /\bfor authenticat|\bto authenticate\b|\bused for auth|\b(root|admin|access|auth\w*|bearer) token\b/i;

/** Private keys are mostly given as paths; a token is told from other tokens by what the help says of it. */
function confidenceOf(evidence: SecretEvidence, name: string, help: string): Confidence {
  if (/priv(ate)?[-_]?key$/i.test(name)) return 'low';
  if (evidence === SecretEvidence.Plain) return 'high';
  return /\b(auth\w*|access|api|bearer|secret|root)\b/i.test(help) ? 'medium' : 'low';
}

const refuting =
  /\b(path|file|files|filename|directory|url of|name of|class|driver|provider|entry point|plugin)\b/i;

/** What the declaration says beside the name: one of a few choices, a path, a public default. */
function isNoSecret(scope: Scope, call: number): boolean {
  if (keywordArgument(scope, call, 'choices') >= 0) return true;
  const fallback = keywordArgument(scope, call, 'default');
  const text = fallback < 0 ? null : literalText(scope, fallback);
  if (text !== null && (/^[/~$]|[./:][\w-]+[./:]|\s/.test(text) || /^(true|false)$/i.test(text))) return true;
  if (
    fallback >= 0 &&
    text === null &&
    literalKind(scope, fallback) === null &&
    isCallOfPath(scope, fallback)
  )
    return true;
  return refuting.test(helpOf(scope, call).split(/[.;]/)[0]!);
}

/** The help of an option, also where a function lays it out. */
function helpOf(scope: Scope, call: number): string {
  const help = keywordArgument(scope, call, 'help');
  if (help < 0) return '';
  const inner = scope.code.op[help] === Op.Call ? positional(scope.code, help, 0) : help;
  return literalText(scope, inner < 0 ? help : inner) ?? '';
}

function isCallOfPath(scope: Scope, value: number): boolean {
  return scope.code.op[value] === Op.Call && /join|path|state|dir/i.test(calledName(scope, value));
}
