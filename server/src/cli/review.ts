// `airlock audit --review FILE`: the review of one file, read together with the program around it, so that it says
// the same as the editor, which knows the whole workspace.

import { createEngineHost, fairThreads } from '../host/node/engine-host';
import { projectAround } from '../host/node/files';
import { cacheFolder } from '../host/node/packed-cache';
import { defaultSettings, mergeSettings } from '../project/configuration';
import { folderSettings } from '../project/folder-configuration';
import type { Review, Settings } from '../project/protocol';
import { reviewToMarkdown, reviewToText } from '../report/review-markdown';
import { adviceOf } from '../report/rule-page';
import { rules } from '../rules/registry';
import type { AuditOptions } from './commands';
import { CommandFailure } from './failure';
import { checkPaths, findConfiguration, findDeeper, listInputs, withoutExcluded } from './inputs';
import { checkOutput, writeReport } from './output';
import { giveFiles } from './reading';
import { rulePageOf } from './rule-page';
import { shown } from './working-folder';

/** Up to so many files one thread is the quickest. */
const fewFiles = 100;

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
  const paths = [file, ...(options.with ?? (await projectAround(file)))];
  const areFolders = await checkPaths(paths);
  const ruleNames = new Set(rules.map(({ name }) => name));
  const found = await findConfiguration(paths, areFolders, ruleNames);
  const project = mergeSettings(defaultSettings, found?.settings ?? {}, layer);
  const listing = await listInputs(paths, project.exclude, found?.folder);
  const deeper = await findDeeper(paths, areFolders, listing.files, ruleNames);
  const settings = { ...project, folders: folderSettings(deeper, {}, layer) };
  const { files } = withoutExcluded(listing, deeper, paths);
  const host = createEngineHost({
    threads: options.threads ?? (files.length > fewFiles ? fairThreads() : 1),
    shares: false,
    cacheFolder: options.cache ? cacheFolder() : undefined,
    onBreakdown: (reason, path) =>
      process.stderr.write(
        `airlock: the engine was restarted (${path ?? 'no file'}): ${reason.split('\n', 1)[0]}\n`,
      ),
  });
  try {
    const unread = await giveFiles(host, settings, files);
    const path = files[0]!;
    const reason = unread.get(path);
    if (reason !== undefined) throw new CommandFailure(`${shown(path)} cannot be reviewed: ${reason}`);
    const answer = await host.call('review', { path }).result;
    await writeReport(reviewReport(answer, options.format), options.output);
    return answer.sections.some(({ defects }) => defects.length > 0) ? 1 : 0;
  } finally {
    host.dispose();
  }
}

function reviewReport(answer: Review, format: AuditOptions['format']): string {
  if (format === 'json') return `${JSON.stringify(answer, null, 2)}\n`;
  const options = { showPath: shown, adviceOf: (rule: string) => adviceOf(rulePageOf(rule) ?? '') };
  return format === 'markdown' ? reviewToMarkdown(answer, options) : reviewToText(answer, options);
}
