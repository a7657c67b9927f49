// Rule 123: an object that owns a lock is copied, pickled or sent to another process. Copying the reference makes two
// objects share one lock; everything deeper fails, since locks cannot be pickled. Classes that say how they are
// copied (`__getstate__`, `__reduce__`, `__copy__`, `__deepcopy__`) are left alone.

import { EntityKind } from '../../flow/entities';
import { lockKinds } from '../../flow/lock-kinds';
import { argumentAt } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { elements } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Report, Rule } from '../rule';
import { functionLabel } from './access-words';

export const rule: Rule = {
  number: 123,
  name: 'lock-copied',
  concern: 'synchronization',
  severity: 'warning',
  preview: true,
  cwe: [667],
  category: 'thread-misuse',
  summary: 'An object that owns a lock is copied, pickled or sent to another process.',
  check(analysis, report) {
    if (saysHowForLocks(analysis)) return;
    for (const [path, { how, deep }] of copies) {
      for (const { scope, at } of analysis.libraryCalls.of(path)) {
        if (scope.file.isTest) continue;
        for (const value of valuesOf(analysis, scope, at, path)) {
          const found =
            lockItself(analysis, scope, value, how) ?? reportOn(analysis, scope, value, how, deep);
          if (!found) continue;
          report(found);
          break;
        }
      }
    }
  },
};

const copies: ReadonlyMap<string, { readonly how: string; readonly deep: boolean }> = new Map([
  ['copy.copy', { how: 'copies', deep: false }],
  ['copy.deepcopy', { how: 'deep-copies', deep: true }],
  ['pickle.dumps', { how: 'pickles', deep: true }],
  ['pickle.dump', { how: 'pickles', deep: true }],
  ['dataclasses.asdict', { how: 'deep-copies', deep: true }],
  ['dataclasses.astuple', { how: 'deep-copies', deep: true }],
  ['multiprocessing.Queue.put', { how: 'sends to another process', deep: true }],
  ['multiprocessing.Queue.put_nowait', { how: 'sends to another process', deep: true }],
  ['multiprocessing.SimpleQueue.put', { how: 'sends to another process', deep: true }],
  ['multiprocessing.JoinableQueue.put', { how: 'sends to another process', deep: true }],
  ['multiprocessing.Process', { how: 'sends to another process', deep: true }],
  ['multiprocessing.Pool.apply_async', { how: 'sends to another process', deep: true }],
  ['multiprocessing.Pool.map', { how: 'sends to another process', deep: true }],
  ['concurrent.futures.ProcessPoolExecutor.submit', { how: 'sends to another process', deep: true }],
  ['concurrent.futures.ProcessPoolExecutor.map', { how: 'sends to another process', deep: true }],
]);

/** The values that are copied by a call. A started process gets its arguments by pickle only where it is not forked. */
function valuesOf(analysis: Analysis, scope: Scope, at: number, path: string): readonly number[] {
  const { code } = scope;
  const spawn = analysis.library.find(analysis.library.spawns, path);
  if (!spawn) {
    const first = argumentAt(scope, at, { position: 0, keyword: 'obj' });
    if (first < 0) return [];
    // `deepcopy(self.__dict__)`, without the entries that are the locks: whoever leaves these out does not copy all.
    const isState = code.op[first] === Op.Attribute && scope.file.source.names[code.b[first]!] === '__dict__';
    return [isState ? code.a[first]! : first];
  }
  const values: number[] = [];
  const callable = argumentAt(scope, at, spawn.callable);
  // A bound method takes its object along.
  if (callable >= 0 && code.op[callable] === Op.Attribute) values.push(code.a[callable]!);
  if (typeof spawn.arguments === 'object') {
    const tuple = argumentAt(scope, at, spawn.arguments);
    if (tuple >= 0 && (code.op[tuple] === Op.Tuple || code.op[tuple] === Op.List))
      values.push(...elements(code, tuple));
  } else if (spawn.arguments === 'rest') {
    const from = code.b[at]!;
    for (let k = 0; k < code.extra[from]!; k++) values.push(code.extra[from + 2 + 2 * k]!);
  }
  return values;
}

/** `Process(target=work, args=(lock,))` with a lock of threads: it excludes nobody there, and cannot be pickled. */
function lockItself(analysis: Analysis, scope: Scope, value: number, how: string): Report | null {
  if (!how.startsWith('sends')) return null;
  const { number } = analysis.resolver.numberings.of(scope);
  const kinds = lockKinds(analysis.resolver, scope.id, number[value]!);
  if (kinds.length === 0 || kinds.some(({ model }) => model !== 'thread')) return null;
  return {
    ...analysis.program.span(scope, value),
    message: `${functionLabel(scope)} sends a lock of threads to another process: a forked process gets a lock of its own, which excludes nobody, and others cannot get one.`,
    confidence: 'high',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [],
  };
}

const saysHow = ['__getstate__', '__reduce__', '__reduce_ex__', '__copy__', '__deepcopy__', '__getnewargs__'];

/** `copyreg.pickle(LockType, reduce_lock)`: the program says for all its locks how they are copied. */
function saysHowForLocks({ program, resolver }: Analysis): boolean {
  return program.files.some((file) => {
    const { names, codes } = file.source;
    if (!names.includes('copyreg') && !names.includes('copy_reg')) return false;
    return codes.some(({ op, a }, index) => {
      const { id } = program.scopes[file.firstScope + index]!;
      return op.some((one, at) => {
        if (one !== Op.Call || !registers.test(resolver.libraryPath(id, a[at]!))) return false;
        const type = argumentAt(program.scopes[id]!, at, { position: 0, keyword: 'ob_type' });
        return type >= 0 && lockTypes.test(resolver.libraryPath(id, type));
      });
    });
  });
}

const registers = /(^|\.)copy_?reg\.pickle$/;
const lockTypes = /thread\w*\.(LockType|R?Lock|lock)$/;

function reportOn(
  analysis: Analysis,
  scope: Scope,
  value: number,
  how: string,
  deep: boolean,
): Report | null {
  const { resolver, program } = analysis;
  const { entities, classes } = resolver;
  const found = resolver.denotes(scope.id, value);
  if (found.length !== 1 || entities.kind[found[0]!] !== EntityKind.Instance) return null;
  const owner = entities.x[found[0]!]!;
  if (saysHow.some((name) => classes.method(owner, name) >= 0)) return null;
  // Some subclass may say it for the object that is really meant.
  const lock = ownLock(analysis, owner) ?? (deep ? lockOfPart(analysis, owner) : null);
  if (!lock) return null;
  const name = program.scopes[owner]!.name;
  const isProcess = how.startsWith('sends');
  return {
    ...program.span(scope, value),
    message: deep
      ? `${functionLabel(scope)} ${how.replace('sends', `sends a ${name}`)}${isProcess ? '' : ` a ${name}`}, which owns the lock \`${lock.label}\`: a lock cannot be pickled${isProcess ? ', where the process is not forked' : ''}.`
      : `${functionLabel(scope)} ${how} a ${name}, which owns the lock \`${lock.label}\`: copy and original share one lock and not what it guards.`,
    confidence: deep && !isProcess ? 'high' : 'low',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [{ ...program.span(program.scopes[lock.scope]!, lock.at), message: 'The lock is made here.' }],
  };
}

/** The lock of an object that the constructor makes and keeps: it is copied along. */
function lockOfPart(analysis: Analysis, owner: number) {
  const { resolver, program } = analysis;
  const { entities, classes } = resolver;
  for (const name of classes.fieldNames(owner)) {
    for (const store of classes.storesOf(owner, name)) {
      const scope = program.scopes[store.scope]!;
      if (scope.name !== '__init__' || scope.code.op[store.value] !== Op.Call) continue;
      const [part, more] = resolver.denotes(scope.id, store.value);
      if (part === undefined || more !== undefined || entities.kind[part] !== EntityKind.Instance) continue;
      const type = entities.x[part]!;
      if (saysHow.some((method) => classes.method(type, method) >= 0)) continue;
      const lock = ownLock(analysis, type);
      if (lock) return { ...lock, label: `self.${name}.${lock.label.slice('self.'.length)}` };
    }
  }
  return null;
}

function ownLock(
  analysis: Analysis,
  owner: number,
): { readonly label: string; readonly scope: number; readonly at: number } | null {
  const { resolver, program } = analysis;
  for (const entity of resolver.classes.order(owner)) {
    if (resolver.entities.path(entity) !== '') continue;
    const one = resolver.entities.x[entity]!;
    for (const name of resolver.classes.fieldNames(one)) {
      for (const store of resolver.classes.storesOf(one, name)) {
        const scope = program.scopes[store.scope]!;
        if (scope.name !== '__init__') continue;
        const number = resolver.numberings.of(scope).number[store.value]!;
        if (number < 0 || number >= scope.code.op.length || scope.code.op[number] !== Op.Call) continue;
        if (lockKinds(resolver, scope.id, number).some(({ model }) => model === 'thread'))
          return { label: `self.${name}`, scope: scope.id, at: store.at };
      }
    }
  }
  return null;
}
