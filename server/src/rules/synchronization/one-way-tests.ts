// Tests whose answer is settled once it has changed: of fields that are only ever given the one value, as a flag that is
// set and never taken back. Who is woken after that needs no second look: no condition of Python's wakes for nothing.

import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { partsOf } from './lock-words';
import { isReceiver } from './one-object';

/** Whether all that a condition looks at are fields of the receiver that go one way only. */
export function goesOneWay(analysis: Analysis, scope: Scope, condition: number): boolean {
  const { op, b } = scope.code;
  let any = false;
  for (const k of partsOf(scope.code, condition)) {
    if (op[k] === Op.Call || op[k] === Op.Global || op[k] === Op.Item || op[k] === Op.Captured) return false;
    if (op[k] !== Op.Attribute) continue;
    if (!isReceiver(analysis, scope, scope.code.a[k]!)) return false;
    if (!isSetOnce(analysis, scope.owner, scope.file.source.names[b[k]!]!)) return false;
    any = true;
  }
  return any;
}

/** Whether every store but the first ones stores one and the same truth value. */
function isSetOnce({ program, resolver, construction }: Analysis, classScope: number, name: string): boolean {
  if (classScope < 0) return false;
  const owner = resolver.classes.ownerOf(classScope, name);
  const later = resolver.classes.storesOf(owner, name).filter((store) => !construction[store.scope]);
  const kinds = new Set(
    later.map(({ scope, value }) => {
      const { code, file } = program.scopes[scope]!;
      if (code.op[value] !== Op.Const) return -1;
      return file.source.constants[code.a[value]!]!.kind;
    }),
  );
  return kinds.size === 1 && (kinds.has(ConstantKind.True) || kinds.has(ConstantKind.False));
}
