// Rule 351: YAML is read by a loader that makes any object which the text names. Wherever the text comes from: whoever
// can change it runs code, and from PyYAML 6 on a call without a loader fails. Texts written in the code are left out.

import { lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { callArguments, hasUnpacked } from '../../syntax/code-reader';
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
        confidence: isFromOthers(analysis, scope, text, loader >= 0) ? 'medium' : 'low',
        symbol: scope.qualifiedName,
        fixes: fixes(analysis, call),
      });
    }
  },
};

/** Whether a text may come from somebody else. A file is mostly one that whoever runs the program writes, and a loader
 * that is named was chosen, for texts of the program's own mostly. */
function isFromOthers(analysis: Parameters<Rule['check']>[0], scope: Scope, text: number, isChosen: boolean) {
  if (asksOthers(analysis, scope)) return true;
  return !isChosen && !isFile(analysis, scope, text) && !scope.file.source.names.includes('__version__');
}

const opens =
  /^(open|fdopen|TemporaryFile|NamedTemporaryFile|StringIO|BytesIO|FileType)$|(^|_)(read(_\w+)?|readlines?|get_data|get_contents|content(s)?)$/;
const files =
  /(^|_)(file\w*|path|stream|stdin|fp|fd|fh|fobj|f|fin|infile|handle|buffer|conf\w*|cfg|settings)$|File$|Path$/i;

/** Whether a text is read from a file, or is one by its name. */
function isFile({ resolver }: Parameters<Rule['check']>[0], scope: Scope, text: number): boolean {
  const { code } = scope;
  const { op, a, b } = code;
  const { number } = resolver.numberings.of(scope);
  const work = [text];
  for (let visits = 0; work.length > 0 && visits < 40; visits++) {
    const given = work.pop()!;
    if (given < 0) continue;
    const made = number[given]!;
    const at = made >= 0 && made < op.length ? made : given;
    switch (op[at] as Op) {
      case Op.Call:
        if (opens.test(lastName(scope, a[at]!))) return true;
        for (const { value } of callArguments(code, at)) work.push(value);
        if (op[a[at]!] === Op.Attribute) work.push(a[a[at]!]!);
        break;
      case Op.Entered:
        work.push(a[a[at]!]!);
        break;
      case Op.Attribute:
        if (files.test(lastName(scope, at))) return true;
        work.push(a[at]!);
        break;
      case Op.Item:
      case Op.Await:
        work.push(a[at]!);
        break;
      case Op.Binary:
        work.push(a[at]!, b[at]!);
        break;
      default:
        if (files.test(lastName(scope, at))) return true;
    }
  }
  return false;
}

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
