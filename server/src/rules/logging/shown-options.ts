// Whether a program that reads its options from the command line ever shows all of them: by a call that logs them, or by
// the service framework or report that does, and whether it registers an option at all. A library's options are shown by
// whoever uses it.

import type { Program, Scope } from '../../program/program';
import { Op, ScopeKind } from '../../syntax/code';
import { argumentCount, elements } from '../../syntax/code-reader';
import { calledName } from './literals';

const shows = /^(log_opt_values$|oslo_(service|reports)(\.|$)|guru_meditation)/;

/** Whether a program starts with options of its own (`CONF(sys.argv[1:])`) and nothing in it shows them whole. */
export function keepsOptionsToItself(program: Program): boolean {
  const own = program.files.filter((file) => !file.isTest);
  if (own.some(({ source }) => source.names.some((name) => shows.test(name)))) return false;
  return own.some((file) => {
    if (!file.source.names.includes('CONF')) return false;
    return file.source.codes.some((code, index) => {
      for (let at = 0; at < code.op.length; at++) {
        if (code.op[at] !== Op.Call || argumentCount(code, at) === 0) continue;
        if (calledName(program.scopeOf(file, index), at) === 'CONF') return true;
      }
      return false;
    });
  });
}

/** Whether a program registers options, but not the list of a module that this one is in: nothing names it again. */
export function isLeftUnregistered(program: Program, scope: Scope, option: number): boolean {
  const { op, b, a, slots, kind } = scope.code;
  const registers = (name: string): boolean => /^register_(cli_)?opts?$|^list_opts$/.test(name);
  if (kind !== ScopeKind.Module || !program.files.some(({ source }) => source.names.some(registers)))
    return false;
  const list = op.findIndex(
    (one, at) => (one === Op.List || one === Op.Tuple) && elements(scope.code, at).includes(option),
  );
  const store = list < 0 ? -1 : op.findIndex((one, at) => isStore(one) && b[at] === list);
  if (store < 0) return false;
  const { names } = scope.file.source;
  const name = names[op[store] === Op.StoreLocal ? slots[a[store]!]! : a[store]!]!;
  let mentions = 0;
  for (const file of program.files) {
    if (file !== scope.file && file.source.names.includes(name)) return false;
    if (file.source.constants.some(({ text }) => text === name)) return false;
  }
  for (const code of scope.file.source.codes) {
    for (let at = 0; at < code.op.length; at++) {
      const isNamed =
        (code.op[at] === Op.Global || code.op[at] === Op.Captured) && names[code.a[at]!] === name;
      if (isNamed || (code.op[at] === Op.Local && names[code.slots[code.a[at]!]!] === name)) mentions++;
    }
  }
  return mentions === 0;
}

function isStore(op: number): boolean {
  return op === Op.StoreLocal || op === Op.StoreGlobal;
}
