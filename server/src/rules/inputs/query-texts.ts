// Where the text of a query is put together: at the call that runs it, in a function that makes it for the call, or where a
// function that runs what it is given is called. One step either way; a text that comes from further is not found.

import { Binding, bindingOf, returnedValues } from '../../flow/function-facts';
import { type Piece, textPieces } from '../../flow/text-pieces';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { givenFor } from '../logging/given-arguments';

/** A text that a function puts together. */
export interface QueryText {
  readonly scope: Scope;
  /** The call that it is handed to; -1 where it is returned. */
  readonly at: number;
  readonly value: number;
  readonly pieces: readonly Piece[];
}

const maximumCallers = 24;

/** The texts that an argument of a call may be. */
export function queryTexts(
  analysis: Analysis,
  scope: Scope,
  at: number,
  argument: number,
): readonly QueryText[] {
  const { resolver, program } = analysis;
  const here = textAt(analysis, scope, at, argument);
  if (here !== null) return [here];
  const { number, count } = resolver.numberings.of(scope);
  const made = number[argument]!;
  const parameter = made - count;
  if (parameter >= 0 && parameter < scope.code.parameters.length)
    return fromCallers(analysis, scope, parameter);
  if (made < 0 || made >= count || scope.code.op[made] !== Op.Call) return [];
  const [target, ...others] = resolver.targets(scope.id, made);
  if (target?.kind !== 'function' || others.length > 0) return [];
  const maker = program.scopes[target.scope]!;
  return maker.file.isTest
    ? []
    : known(returnedValues(maker).map((value) => textAt(analysis, maker, -1, value)));
}

function fromCallers(analysis: Analysis, scope: Scope, parameter: number): readonly QueryText[] {
  const { program, calls } = analysis;
  const offset = scope.owner >= 0 && bindingOf(program, scope) !== Binding.Static ? 1 : 0;
  const edges = calls.callers[scope.id] ?? [];
  return known(
    edges.slice(0, maximumCallers).map(({ caller, at }) => {
      const from = program.scopes[caller]!;
      if (from.file.isTest || from.code.op[at] !== Op.Call) return null;
      const value = givenFor(from, at, scope, parameter, offset);
      return value < 0 ? null : textAt(analysis, from, at, value);
    }),
  );
}

function textAt({ resolver }: Analysis, scope: Scope, at: number, value: number): QueryText | null {
  const pieces = value < 0 ? null : textPieces(resolver.numberings.of(scope), scope, value);
  return pieces === null ? null : { scope, at, value, pieces };
}

function known(texts: readonly (QueryText | null)[]): readonly QueryText[] {
  return texts.filter((one) => one !== null);
}
