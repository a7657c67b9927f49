// Calls under a switch that nothing in the program ever turns on: `if self.log_requests`, where `log_requests` is set to
// False and to nothing else. Looks at every assignment to the name, whatever its object.

import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { testsAround } from './contradictions';
import { literalKind } from './literals';

/** The switches of a program: each is looked for once. */
export class Switches {
  private readonly offs = new Map<string, boolean>();

  constructor(private readonly analysis: Analysis) {}

  /** Whether the call that a value reaches only runs under one that is never turned on. */
  keepOff({ use }: Flow): boolean {
    const scope = this.analysis.program.scopes[use.scope]!;
    const { op, b } = scope.code;
    return testsAround(scope, use.at).some(
      ({ test, holds }) =>
        holds && op[test] === Op.Attribute && this.isOff(scope.file.source.names[b[test]!]!),
    );
  }

  private isOff(name: string): boolean {
    let off = this.offs.get(name);
    if (off === undefined) {
      off = isNeverSet(this.analysis, name);
      this.offs.set(name, off);
    }
    return off;
  }
}

/** Whether all that is ever assigned to fields of a name is False, and something is. */
function isNeverSet({ program }: Analysis, name: string): boolean {
  let found = false;
  for (const file of program.files) {
    const { names, constants, codes } = file.source;
    // Somebody may set it by its name.
    if (constants.some(({ kind, text }) => kind === ConstantKind.String && text === name)) return false;
    const id = names.indexOf(name);
    if (id < 0) continue;
    for (let index = 0; index < codes.length; index++) {
      const scope = program.scopeOf(file, index);
      for (const value of assigned(scope, id)) {
        if (literalKind(scope, value) !== ConstantKind.False) return false;
        found = true;
      }
    }
  }
  return found;
}

/** What a function or the body of a class assigns to fields of a name. */
function* assigned({ code }: Scope, name: number): Iterable<number> {
  const { op, a, b, c, slots } = code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreAttribute && b[at] === name) yield c[at]!;
    if (code.kind !== ScopeKind.Class) continue;
    if (op[at] === Op.StoreLocal && slots[a[at]!] === name) yield b[at]!;
  }
}
