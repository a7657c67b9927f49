// `airlock audit --review FILE`: the review of one file, read together with the program around it.

import type { Review, Settings } from '../project/protocol';
import { reviewToMarkdown, reviewToText } from '../report/review-markdown';
import { adviceOf } from '../report/rule-page';
import { readAround } from './around';
import type { AuditOptions } from './commands';
import { CommandFailure } from './failure';
import { checkPaths } from './inputs';
import { checkOutput, writeReport } from './output';
import { rulePageOf } from './rule-page';
import { shown } from './working-folder';

/** Prints the review; the exit code. `layer` holds the settings that the command line gives. */
export async function review(
  named: readonly string[],
  options: AuditOptions,
  layer: Partial<Settings>,
): Promise<number> {
  const [file] = named;
  const [isFolder] = await checkPaths(named);
  if (named.length !== 1 || file === undefined || isFolder)
    throw new CommandFailure('--review needs exactly one file');
  if (options.format === 'sarif')
    throw new CommandFailure('--review gives text, markdown or json, not sarif');
  if (options.output !== undefined) await checkOutput(options.output);
  const { threads, cache } = options;
  return readAround(file, { with: options.with, layer, threads, cache }, async ({ host, path, unread }) => {
    if (unread !== undefined) throw new CommandFailure(`${shown(path)} cannot be reviewed: ${unread}`);
    const answer = await host.call('review', { path }).result;
    await writeReport(reviewReport(answer, options.format), options.output);
    return answer.sections.some(({ defects }) => defects.length > 0) ? 1 : 0;
  });
}

function reviewReport(answer: Review, format: AuditOptions['format']): string {
  if (format === 'json') return `${JSON.stringify(answer, null, 2)}\n`;
  const options = { showPath: shown, adviceOf: (rule: string) => adviceOf(rulePageOf(rule) ?? '') };
  return format === 'markdown' ? reviewToMarkdown(answer, options) : reviewToText(answer, options);
}
