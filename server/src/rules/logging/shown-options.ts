// Whether a program that reads its options from the command line ever shows all of them: by a call that logs them, or by
// the service framework or report that does. A library's options are shown by whoever uses it.

import type { Program } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount } from '../../syntax/code-reader';
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
