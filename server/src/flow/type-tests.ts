// Which values of a scope its text tests with `isinstance`, and for what. Resolves nothing.

import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import { positional } from '../syntax/code-reader';
import type { Numberings } from './numberings';

const none: readonly number[] = [];
const noTests: ReadonlyMap<number, readonly number[]> = new Map();

/** The type tests of a program, by scope. */
export class TypeTests {
  private readonly scopes: (ReadonlyMap<number, readonly number[]> | undefined)[] = [];
  /** File -> index of the name `isinstance`, -1 where it never stands. */
  private readonly names: (number | undefined)[] = [];

  constructor(private readonly numberings: Numberings) {}

  /** The second arguments of the tests of a value number, in source order. */
  of(scope: Scope, number: number): readonly number[] {
    let found = this.scopes[scope.id];
    if (!found) {
      found = this.collect(scope);
      this.scopes[scope.id] = found;
    }
    return found.get(number) ?? none;
  }

  /** Forgets a scope whose body changed; its file may have got the name. */
  replace(scope: Scope): void {
    this.scopes[scope.id] = undefined;
    this.names[scope.file.index] = undefined;
  }

  private collect(scope: Scope): ReadonlyMap<number, readonly number[]> {
    const { index, source } = scope.file;
    this.names[index] ??= source.names.indexOf('isinstance');
    const name = this.names[index]!;
    if (name < 0) return noTests;
    const { op, a } = scope.code;
    let found: Map<number, number[]> | null = null;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call || op[a[at]!] !== Op.Global || a[a[at]!] !== name) continue;
      const value = positional(scope.code, at, 0);
      const types = positional(scope.code, at, 1);
      const number = value < 0 ? -1 : this.numberings.of(scope).number[value]!;
      if (number < 0 || types < 0) continue;
      found ??= new Map();
      const list = found.get(number);
      if (list) list.push(types);
      else found.set(number, [types]);
    }
    return found ?? noTests;
  }
}
