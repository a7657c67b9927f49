// Places where multiprocessing may fork this process: by which start method, as far as the program's own text says it.
// A context or a method that is chosen by something other than a constant counts as not known, and is left alone. What
// the platform does by default is said by the version of Python: fork on Linux before 3.14.

import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import { keyword, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { LibraryCall } from '../../whole/library-calls';

/** A call that makes processes by fork. */
export interface ProcessStart {
  readonly scope: Scope;
  readonly at: number;
  /** The program says so itself; else it is the platform's default. */
  readonly chosen: boolean;
}

/** What starts processes: the method of a process, pools when they are made, executors at the first job. */
const starts =
  /^multiprocessing\.(get_context\(\)\.)?(Process(\(\))?\.start|Pool|Manager)$|^multiprocessing\.ForkProcess(\(\))?\.start$/;
const jobs = /^concurrent\.futures\.ProcessPoolExecutor\.(submit|map)$/;

/** The calls that fork, or do so by default. */
export function processStarts(analysis: Analysis): readonly ProcessStart[] {
  const { libraryCalls } = analysis;
  const paths = [...libraryCalls.paths()];
  const byDefault = agreed(
    analysis,
    paths.filter((path) => /(^|\.)set_start_method$/.test(path)),
    'default',
  );
  const byContext = agreed(
    analysis,
    paths.filter((path) => /(^|\.)get_context$/.test(path)),
    '',
  );
  const found: ProcessStart[] = [];
  for (const path of paths) {
    const isJob = jobs.test(path);
    if (!isJob && !starts.test(path)) continue;
    for (const call of libraryCalls.of(path)) {
      if (call.scope.file.isTest) continue;
      const method = isJob
        ? ofExecutor(analysis, call, byDefault, byContext)
        : path.includes('ForkProcess')
          ? 'fork'
          : path.includes('get_context')
            ? (ofContext(analysis, call) ?? byContext)
            : byDefault;
      if (method === 'fork' || method === 'default') found.push({ ...call, chosen: method === 'fork' });
    }
  }
  return found;
}

/** The one method that all calls of some functions name; nothing where they differ or name it at run time. */
function agreed(analysis: Analysis, paths: readonly string[], none: string): string {
  const said = new Set<string>();
  for (const path of paths)
    for (const call of analysis.libraryCalls.of(path)) if (!call.scope.file.isTest) said.add(named(call));
  return said.size === 0 ? none : said.size === 1 ? [...said][0]! : '';
}

/** `get_context('spawn')`, `set_start_method(method='fork')`; '' where it is no constant. */
function named({ scope, at }: Pick<LibraryCall, 'scope' | 'at'>): string {
  const { code, file } = scope;
  const first = positional(code, at, 0);
  const given = first >= 0 ? first : keyword(code, at, file.source.names.indexOf('method'));
  if (given < 0) return 'default';
  if (code.op[given] !== Op.Const) return '';
  const { kind, text } = file.source.constants[code.a[given]!]!;
  return kind === ConstantKind.String ? text : kind === ConstantKind.None ? 'default' : '';
}

/** The method of the context that a process or pool is made by, where the same function asks for it. */
function ofContext({ resolver }: Analysis, { scope, at }: LibraryCall): string | undefined {
  const { op, a } = scope.code;
  const { number } = resolver.numberings.of(scope);
  for (let value = at; value >= 0 && value < op.length; ) {
    if (op[value] === Op.Attribute) value = number[a[value]!]!;
    else if (op[value] === Op.Call) {
      if (/\.get_context$/.test(resolver.libraryPath(scope.id, a[value]!)))
        return named({ scope, at: value });
      value = a[value]!;
    } else return undefined;
  }
  return undefined;
}

/** `ProcessPoolExecutor(mp_context=...)` is told by its context, where the same function makes it. */
function ofExecutor(
  { resolver }: Analysis,
  { scope, at }: LibraryCall,
  byDefault: string,
  byContext: string,
): string {
  const { op, a } = scope.code;
  const { number } = resolver.numberings.of(scope);
  let made = op[a[at]!] === Op.Attribute ? number[a[a[at]!]!]! : -1;
  if (made >= 0 && op[made] === Op.Entered) made = number[a[a[made]!]!]!;
  if (made < 0 || made >= op.length || op[made] !== Op.Call) return byContext === '' ? byDefault : '';
  const given = keyword(scope.code, made, scope.file.source.names.indexOf('mp_context'));
  if (given < 0) return byDefault;
  const context = number[given]!;
  return context >= 0 && op[context] === Op.Call ? named({ scope, at: context }) : byContext;
}
