// Calls of library functions by their last names, for rules that judge a call by what it is given and by nothing that is
// followed. Files that name none of them are not looked at; tests are left out.

import { lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

/** A call, and the dotted path of what it calls; '' when that is not of a library. */
export interface NamedCall {
  readonly scope: Scope;
  readonly at: number;
  readonly path: string;
}

/** The calls whose callee's last name is one of these, in the order of the code. */
export function* namedCalls(
  { program, resolver }: Analysis,
  names: ReadonlySet<string>,
): Iterable<NamedCall> {
  for (const file of program.files) {
    if (file.isTest || !file.source.names.some((name) => names.has(name))) continue;
    for (let index = 0; index < file.source.codes.length; index++) {
      const scope = program.scopes[file.firstScope + index]!;
      const { op, a } = scope.code;
      for (let at = 0; at < op.length; at++) {
        if (op[at] !== Op.Call || !names.has(lastName(scope, a[at]!))) continue;
        yield { scope, at, path: resolver.libraryPath(scope.id, a[at]!) };
      }
    }
  }
}

/** The value of an argument by position or keyword, -1 when it is not given so. */
export function argumentOf({ code, file }: Scope, call: number, position: number, keyword: string): number {
  for (let k = 0; k < argumentCount(code, call); k++) {
    const name = argumentKeyword(code, call, k);
    if (name >= 0 && file.source.names[name] === keyword) return argumentValue(code, call, k);
  }
  return position < 0 ? -1 : positional(code, call, position);
}
