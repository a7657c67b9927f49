// The library path of what an instruction calls, for fixes that rewrite a call.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';

/** The dotted path of the callee; '' when it is no call of a library. */
export function calleePath({ resolver }: Analysis, scope: Scope, at: number): string {
  return scope.code.op[at] === Op.Call ? resolver.libraryPath(scope.id, scope.code.a[at]!) : '';
}
