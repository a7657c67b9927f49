// Rule 351: YAML is read by a loader that makes any object which the text names. Wherever the text comes from: whoever
// can change it runs code, and from PyYAML 6 on a call without a loader fails. Texts written in the code are left out.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { hasUnpacked } from '../../syntax/code-reader';
import type { FixProposal } from '../finding';
import { nameAt, placeOf } from '../flow-words';
import type { Rule } from '../rule';
import { argumentOf, type NamedCall, namedCalls } from './named-calls';
import { provenCalls, readsOutside } from './proven-calls';
import { safeLoadEdits } from './safe-load-fix';

const readers = new Set(['load', 'load_all']);
const paths = /^(yaml|ruamel\.yaml)\.(load|load_all)$/;
const unsafe = /(^|\.)(C?Loader|C?UnsafeLoader)$/;

export const rule: Rule = {
  number: 351,
  name: 'unsafe-yaml-load',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [502],
  category: 'deserialization',
  summary: 'YAML is read by a loader that makes any object the text names.',
  check(analysis, report, isOn, options) {
    let proven: ReadonlySet<string> | null = null;
    for (const call of namedCalls(analysis, readers)) {
      const { scope, at, path } = call;
      if (!paths.test(path) || hasUnpacked(scope.code, at)) continue;
      const text = argumentOf(scope, at, 0, 'stream');
      if (text < 0 || isOwnText(scope, text)) continue;
      const loader = argumentOf(scope, at, 1, 'Loader');
      const named = loader < 0 ? '' : analysis.resolver.libraryPath(scope.id, loader);
      if (loader >= 0 && !(/^(ruamel\.)?yaml\./.test(named) && unsafe.test(named))) continue;
      proven ??= isOn('untrusted-deserialization')
        ? provenCalls(analysis, 'deserialization', options)
        : new Set();
      if (proven.has(`${scope.id}|${at}`) || readsOutside(analysis, scope, options)) continue;
      const read = nameAt(analysis, scope.id, text);
      const what = read === '' ? 'the text' : `\`${read}\``;
      report({
        ...placeOf(analysis, scope.id, at),
        message:
          loader < 0
            ? `No loader is given: PyYAML before 6 makes any object that ${what} names, and PyYAML 6 refuses the call. Use \`safe_${last(path)}\`.`
            : `\`${named}\` makes any object that ${what} names, functions that run commands too. Use \`safe_${last(path)}\`.`,
        // A loader that is named was chosen: for texts of the program's own, mostly.
        confidence: loader < 0 || asksOthers(analysis, scope) ? 'medium' : 'low',
        symbol: scope.qualifiedName,
        fixes: fixes(analysis, call),
      });
    }
  },
};

const answers =
  /^(requests\.(get|post|request|Session)|urllib\.request\.urlopen|urllib2\.urlopen|six\.moves\.urllib\.request\.urlopen|httpx\.\w+|aiohttp\.ClientSession|socket\.\w+)/;

/** Whether a function asks somebody else over the network for what it reads. */
function asksOthers({ resolver }: Parameters<Rule['check']>[0], { id, code }: Scope): boolean {
  return code.op.some((one, at) => one === Op.Call && answers.test(resolver.libraryPath(id, code.a[at]!)));
}

/** A text that is written in the code, or the documentation of something. */
function isOwnText({ code, file }: Scope, at: number): boolean {
  if (code.op[at] === Op.Attribute) return file.source.names[code.b[at]!] === '__doc__';
  return code.op[at] === Op.Const;
}

function fixes(
  analysis: Parameters<Rule['check']>[0],
  { scope, at, path }: NamedCall,
): readonly FixProposal[] {
  return path.startsWith('yaml.') ? safeLoadEdits(analysis, scope, at) : [];
}

function last(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
