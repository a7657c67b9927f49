// Whether a function looks at the names of the members of an archive before it unpacks them. Told from the text alone:
// a member's name is read, and something that tells where a path leads is asked. What the answer is used for is left to
// the reader.

import type { Scope } from '../../program/program';
import { CompareOperator, ConstantKind, Op } from '../../syntax/code';
import { calleeName } from './checks';
import type { Pass } from './pass';

const memberNames = new Set(['name', 'filename', 'path', 'linkname', 'getnames', 'namelist']);
const pathTests =
  /^(startswith|isabs|is_absolute|commonpath|commonprefix|is_relative_to|relative_to|normpath|fnmatch|fnmatchcase)$|within|safe|inside|travers/i;

/** Whether a function, or the one that gives the members to a call in it, checks where members lead. */
export function checksMembers(pass: Pass, call: number): boolean {
  const { resolver } = pass.context;
  if (looksThrough(pass.scope)) return true;
  const { code } = pass.scope;
  for (let at = 0; at < call; at++) {
    if (code.op[at] !== Op.Call || !/member|safe|filter/i.test(calleeName(pass, code.a[at]!))) continue;
    for (const target of resolver.targets(pass.scope.id, at)) {
      if (target.kind === 'function' && looksThrough(resolver.program.scopes[target.scope]!)) return true;
    }
  }
  return false;
}

function looksThrough({ code, file }: Scope): boolean {
  const { names, constants } = file.source;
  let reads = false;
  let tests = false;
  for (let at = 0; at < code.op.length; at++) {
    switch (code.op[at] as Op) {
      case Op.Attribute: {
        const name = names[code.b[at]!]!;
        reads ||= memberNames.has(name);
        tests ||= pathTests.test(name);
        break;
      }
      case Op.Global:
        tests ||= pathTests.test(names[code.a[at]!]!);
        break;
      case Op.Compare: {
        const isIn = code.c[at] === CompareOperator.In || code.c[at] === CompareOperator.NotIn;
        const left = code.a[at]!;
        if (!isIn || code.op[left] !== Op.Const) break;
        const { kind, text } = constants[code.a[left]!]!;
        tests ||= kind === ConstantKind.String && /\.\.|^[/\\]$/.test(text);
        break;
      }
      default:
    }
  }
  return reads && tests;
}
