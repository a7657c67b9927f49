// `airlock audit`: has an audit run, and prints what it found.

import { relativeKey } from '../host/paths';
import type { AuditResult } from '../project/protocol';
import { auditToJson } from '../report/json';
import { auditToMarkdown } from '../report/markdown';
import { auditToSarif } from '../report/sarif';
import { auditToText } from '../report/text';
import { rules } from '../rules/registry';
import type { AuditOptions } from './commands';
import { CommandFailure } from './failure';
import { checkOutput, showsColor, writeReport } from './output';
import { review } from './review';
import { rulePageOf } from './rule-page';
import { runAudit, settingsOf } from './run';
import { type Stats, Stopwatch, statsToText } from './stats';
import { productVersion } from './version';
import { shown, workingFolder } from './working-folder';

/** Runs an audit; the exit code. */
export async function audit(paths: readonly string[], options: AuditOptions): Promise<number> {
  const watch = new Stopwatch();
  if (options.review) return review(paths, options, settingsOf(options));
  if (options.with) throw new CommandFailure('--with belongs to --review');
  if (options.output !== undefined) await checkOutput(options.output);
  return runAudit(paths, options, watch, async ({ result, host, threads, configuration }) => {
    watch.begin('report');
    const stats = options.stats ? await watch.stats(result, host, threads) : undefined;
    // Who wrote `preview = false` knows, and of nothing no rule could speak.
    const isNews = configuration?.settings.preview === undefined && result.fileCount > 0;
    const notAsked = isNews ? result.notAsked : 0;
    await writeReport(reportOf(result, options, notAsked, stats), options.output);
    if (stats && options.format !== 'json') process.stderr.write(statsToText(stats));
    return result.files.some(({ findings }) => findings.length > 0) ? 1 : 0;
  });
}

function reportOf(
  result: AuditResult,
  { format, output }: AuditOptions,
  notAsked: number,
  stats: Stats | undefined,
): string {
  switch (format) {
    case 'json':
      return auditToJson(result, productVersion(), shown, stats);
    case 'sarif':
      return auditToSarif(result, {
        version: productVersion(),
        rules,
        pageOf: rulePageOf,
        relative: (path) => relativeKey(workingFolder(), path),
      });
    case 'markdown':
      return auditToMarkdown(result, shown);
    case 'text':
      return auditToText(result, { showPath: shown, color: output === undefined && showsColor(), notAsked });
  }
}
