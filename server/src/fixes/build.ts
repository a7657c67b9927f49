// From a proposal to edits. One builder a kind; a builder answers null where the text does not allow the edit.

import type { FixProposal } from '../rules/finding';
import type { TextEdit } from '../text/span';
import { hoist } from './hoist';
import { holdInstead } from './hold-instead';
import { holdLock } from './hold-lock';
import { quoteArgument } from './quote-argument';
import { repeatTest } from './repeat-test';
import { replace } from './replace';
import { StatementRuns } from './statement-runs';
import { withLock } from './with-lock';

/** What a builder may look at: the text of the file, nothing else. */
export interface FixContext {
  readonly path: string;
  readonly text: string;
  /** The statements of the text, where somebody has them already. */
  readonly runs?: StatementRuns;
}

/** A context in which the statements are read when first asked for. */
export function fixContext({ path, text }: FixContext): FixContext {
  let known: StatementRuns | null = null;
  return {
    path,
    text,
    get runs() {
      known ??= new StatementRuns(text);
      return known;
    },
  };
}

type Builder = (data: Readonly<Record<string, unknown>>, context: FixContext) => readonly TextEdit[] | null;

const builders: Readonly<Record<string, Builder>> = {
  replace,
  'hold-lock': holdLock,
  'hold-instead': holdInstead,
  hoist,
  'with-lock': withLock,
  'repeat-test': repeatTest,
  'quote-argument': quoteArgument,
};

/** The edits of a proposal in source order, or null when it does not apply. */
export function buildFix(proposal: FixProposal, context: FixContext): readonly TextEdit[] | null {
  const edits = builders[proposal.kind]?.(proposal.data, context);
  return edits ? [...edits].sort((x, y) => x.start - y.start) : null;
}
