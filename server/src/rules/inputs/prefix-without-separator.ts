// Rule 353: a path is held to be below a folder because its text begins with the folder's, letter by letter: what lies
// beside it under a longer name passes too. Only texts that the function itself shows to be whole paths.

import { lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { BinaryOperator, CompareOperator, ConstantKind, Op } from '../../syntax/code';
import { argumentCount, argumentValue, elements } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { FixProposal } from '../finding';
import { nameAt, placeOf } from '../flow-words';
import type { Report, Rule } from '../rule';
import { namedCalls } from './named-calls';
import { answersRequests, passedScopes } from './passing-data';
import { isRefusal } from './refusals';
import { outsideAt } from './untrusted-flow';

const kinds = ['path', 'archive'];

export const rule: Rule = {
  number: 353,
  name: 'prefix-without-separator',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [22, 187],
  category: 'path-traversal',
  summary: 'A path counts as below a folder because its text begins with the name of the folder.',
  asks: () => outsideAt(...kinds),
  check(analysis, report, _isOn, options) {
    let passed: ReadonlySet<number> | null = null;
    for (const { scope, at, path } of namedCalls(analysis, new Set(['startswith', 'commonprefix']))) {
      const found =
        path === 'os.path.commonprefix'
          ? commonPrefixReport(analysis, scope, at)
          : lastName(scope, scope.code.a[at]!) === 'startswith'
            ? prefixReport(analysis, scope, at)
            : null;
      if (found === null) continue;
      passed ??= passedScopes(analysis, options, kinds);
      // What nobody outside names is checked for tidiness.
      const isSent = passed.has(scope.id) || answersRequests(analysis, scope);
      report(isSent ? found : { ...found, confidence: 'low' });
    }
  },
};

const wholePaths =
  /^(os\.path\.(abspath|realpath|normpath)|os\.getcwdb?|pathlib\.(Path|PurePath|PosixPath)\.(resolve|absolute))$/;

function prefixReport(analysis: Analysis, scope: Scope, at: number): Report | null {
  const { code } = scope;
  const callee = code.a[at]!;
  if (code.op[callee] !== Op.Attribute || argumentCount(code, at) !== 1) return null;
  const path = code.a[callee]!;
  const folder = argumentValue(code, at, 0);
  if (!isWholePath(analysis, scope, folder, 0) || !isGuarded(analysis, scope, path)) return null;
  if (endIsChecked(analysis, scope, path, folder)) return null;
  const name = code.op[folder] === Op.Call ? '' : nameAt(analysis, scope.id, folder);
  const what = name === '' ? 'The folder' : `\`${name}\``;
  return {
    ...placeOf(analysis, scope.id, at),
    message: `${what} has no separator at its end: what lies beside it under a longer name (\`/srv/data-old\` beside \`/srv/data\`) begins with it too. Compare with the separator behind it, or by os.path.commonpath().`,
    confidence: isCheck(analysis, scope, at, false, { folder, path }) ? 'medium' : 'low',
    symbol: scope.qualifiedName,
    fixes: fixes(analysis, scope, folder),
  };
}

/** `os.path.commonprefix([folder, path]) == folder` compares letters, not names. */
function commonPrefixReport(analysis: Analysis, scope: Scope, at: number): Report | null {
  const { op, a, b, c } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const list = argumentCount(scope.code, at) === 1 ? argumentValue(scope.code, at, 0) : -1;
  if (list < 0 || (op[list] !== Op.List && op[list] !== Op.Tuple)) return null;
  const given = [...elements(scope.code, list)];
  if (given.some((each) => endsWithSeparator(analysis, scope, each))) return null;
  for (let k = at + 1; k < op.length; k++) {
    if (op[k] !== Op.Compare) continue;
    const operator = c[k]! as CompareOperator;
    if (operator !== CompareOperator.Equal && operator !== CompareOperator.NotEqual) continue;
    const other = number[a[k]!] === number[at] ? b[k]! : number[b[k]!] === number[at] ? a[k]! : -1;
    if (other < 0 || !given.some((each) => number[each] === number[other])) continue;
    const { end } = analysis.program.span(scope, scope.code.a[at]!);
    const isDotted = op[scope.code.a[at]!] === Op.Attribute;
    return {
      ...placeOf(analysis, scope.id, at),
      message:
        'os.path.commonprefix() compares letters, not names of folders: what lies beside the folder under a longer name (`/srv/data-old` beside `/srv/data`) passes too. Use os.path.commonpath().',
      confidence: isCheck(analysis, scope, k, operator === CompareOperator.NotEqual, {
        folder: other,
        path: given.find((each) => number[each] !== number[other]) ?? other,
      })
        ? 'medium'
        : 'low',
      symbol: scope.qualifiedName,
      fixes: isDotted
        ? [
            {
              kind: 'replace',
              title: 'Compare names of folders with `commonpath`',
              safe: false,
              data: { edits: [{ start: end - 'commonprefix'.length, end, text: 'commonpath' }] },
            },
          ]
        : [],
    };
  }
  return null;
}

/** Whether what is checked refuses what lies outside. A function that only says what something is, is no check. */
function isCheck(analysis: Analysis, scope: Scope, test: number, negated: boolean, pair: Pair): boolean {
  if (!isRefusal(scope, test, negated) || (says.test(scope.name) && !checks.test(scope.name))) return false;
  return !isLookedThrough(scope, test) && !isOfOneObject(analysis, scope, pair);
}

interface Pair {
  readonly folder: number;
  readonly path: number;
}

const says = /^_?is_/;
const checks = /safe|allowed|valid|within|inside|below|under|child|trusted|permitted/;

/** Whether what leads upwards was refused before, by a pattern. */
function isLookedThrough({ code, file }: Scope, check: number): boolean {
  const { op, a } = code;
  for (let at = 0; at < check; at++) {
    if (op[at] !== Op.Const) continue;
    const { kind, text } = file.source.constants[a[at]!]!;
    if (kind === ConstantKind.String && /\\\.\\\.|\[[^\]]*\/[^\]]*\]/.test(text)) return true;
  }
  return false;
}

/** Whether the folder and the path are fields of one object: who fills the one picks the other too. */
function isOfOneObject(analysis: Analysis, scope: Scope, { folder, path }: Pair): boolean {
  const folders = leavesOf(analysis, scope, folder);
  const paths = leavesOf(analysis, scope, path);
  return (
    folders.size > 0 &&
    paths.size > folders.size &&
    [...folders, ...paths].every((one) => one.startsWith('self.'))
  );
}

/** What a value is made of: fields of the receiver as `self.name`, anything else as it is called. */
function leavesOf(analysis: Analysis, scope: Scope, value: number): ReadonlySet<string> {
  const { code, file } = scope;
  const { number } = analysis.resolver.numberings.of(scope);
  const found = new Set<string>();
  const work = [value];
  for (let visits = 0; work.length > 0 && visits < 40; visits++) {
    const given = work.pop()!;
    const at = number[given]! >= 0 && number[given]! < code.op.length ? number[given]! : given;
    if (code.op[at] === Op.Call) {
      const callee = code.a[at]!;
      if (argumentCount(code, at) === 0 && code.op[callee] === Op.Attribute) work.push(code.a[callee]!);
      for (let k = 0; k < argumentCount(code, at); k++) work.push(argumentValue(code, at, k));
    } else if (
      code.op[at] === Op.Attribute &&
      code.op[code.a[at]!] === Op.Local &&
      code.a[code.a[at]!] === 0
    ) {
      found.add(`self.${file.source.names[code.b[at]!]!}`);
    } else if (code.op[at] !== Op.Const) {
      found.add(lastName(scope, at));
    }
  }
  return found;
}

/** Whether a value is a path in its shortest form, so without a separator at its end. */
function isWholePath(analysis: Analysis, scope: Scope, at: number, depth: number): boolean {
  const { code } = scope;
  const numbering = analysis.resolver.numberings.of(scope);
  const number = numbering.number[at]!;
  if (depth > 6 || number < 0) return false;
  if (number >= numbering.count + numbering.slotCount) return false;
  if (number >= numbering.count || code.op[number] !== Op.Call) return false;
  const callee = code.a[number]!;
  const path = analysis.resolver.libraryPath(scope.id, callee);
  if (wholePaths.test(path)) return true;
  const last = lastName(scope, callee);
  if (last === 'resolve' && code.op[callee] === Op.Attribute && argumentCount(code, number) === 0)
    return true;
  const isText = last === 'str' || last === 'fspath' || last === 'normcase' || last === 'to_bytes';
  return isText && argumentCount(code, number) > 0
    ? isWholePath(analysis, scope, argumentValue(code, number, 0), depth + 1)
    : false;
}

/** A path whose beginning is worth a check: in its shortest form, or with a separator put behind it. */
function isGuarded(analysis: Analysis, scope: Scope, at: number): boolean {
  return isWholePath(analysis, scope, at, 0) || endsWithSeparator(analysis, scope, at);
}

function endsWithSeparator(analysis: Analysis, scope: Scope, at: number): boolean {
  const { code, file } = scope;
  const { number } = analysis.resolver.numberings.of(scope);
  const made = number[at]! >= 0 && number[at]! < code.op.length ? number[at]! : at;
  if (code.op[made] === Op.Const) {
    const { kind, text } = file.source.constants[code.a[made]!]!;
    return kind === ConstantKind.String && /[\\/]$/.test(text);
  }
  if (code.op[made] !== Op.Binary || (code.c[made]! & ~BinaryOperator.InPlace) !== BinaryOperator.Add)
    return false;
  const right = code.b[made]!;
  if (code.op[right] === Op.Const) {
    const { kind, text } = file.source.constants[code.a[right]!]!;
    return kind === ConstantKind.String && (text === '/' || text === '\\');
  }
  return lastName(scope, right) === 'sep';
}

/** Whether the letter behind the prefix is looked at too: `path[len(folder)] == '/'`, `removeprefix`, a length. */
function endIsChecked(analysis: Analysis, scope: Scope, path: number, folder: number): boolean {
  const { code } = scope;
  const { number } = analysis.resolver.numberings.of(scope);
  for (let at = 0; at < code.op.length; at++) {
    if (code.op[at] !== Op.Call || lastName(scope, code.a[at]!) !== 'len') continue;
    const measured = argumentCount(code, at) === 1 ? argumentValue(code, at, 0) : -1;
    if (measured >= 0 && (number[measured] === number[folder] || number[measured] === number[path]))
      return true;
  }
  return false;
}

function fixes(analysis: Analysis, scope: Scope, folder: number): readonly FixProposal[] {
  const { code, file } = scope;
  const separator = ['os.path.sep', 'os.sep'].find((dotted) =>
    dotted.split('.').every((name) => file.source.names.includes(name)),
  );
  if (separator === undefined || code.op[folder] !== Op.Local) return [];
  const { end } = analysis.program.span(scope, folder);
  return [
    {
      kind: 'replace',
      title: 'Compare with the separator behind the folder',
      safe: false,
      data: { edits: [{ start: end, end, text: ` + ${separator}` }] },
    },
  ];
}
