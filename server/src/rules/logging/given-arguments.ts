// What a call gives for one parameter of a function of the program, by position or by keyword. Defaults are not looked at.

import type { Scope } from '../../program/program';
import { Argument } from '../../syntax/code';
import { callArguments } from '../../syntax/code-reader';

/** The instruction that a call gives for a parameter: -1 for nothing, -2 where a starred argument keeps it from being
 * told. `offset`: how many parameters the call fills by itself, 1 for a bound method. */
export function givenFor(
  scope: Scope,
  call: number,
  target: Scope,
  parameter: number,
  offset: number,
): number {
  const { code, file } = scope;
  const name = target.file.source.names[target.code.slots[parameter]!]!;
  let place = offset;
  for (const { keyword, value } of callArguments(code, call)) {
    if (keyword >= 0) {
      if (file.source.names[keyword] === name) return value;
    } else if (keyword !== Argument.Positional) {
      return -2;
    } else if (place++ === parameter) {
      return value;
    }
  }
  return -1;
}
