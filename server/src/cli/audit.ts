// `airlock audit`: reads what the paths hold, has the engine look at it, and prints what it found.

import { createEngineHost, fairThreads } from '../host/node/engine-host';
import { cacheFolder } from '../host/node/packed-cache';
import { keyOfPath, relativeKey } from '../host/paths';
import { addAside } from '../project/aside';
import { defaultSettings, mergeSettings } from '../project/configuration';
import { folderSettings } from '../project/folder-configuration';
import { settingsFor } from '../project/outcome';
import type { AuditResult, Settings, Skipped } from '../project/protocol';
import { auditToJson } from '../report/json';
import { auditToMarkdown } from '../report/markdown';
import { auditToSarif } from '../report/sarif';
import { auditToText } from '../report/text';
import { countOf } from '../report/wording';
import { rules } from '../rules/registry';
import type { AuditOptions } from './commands';
import { CommandFailure } from './failure';
import { checkPaths, findConfiguration, findDeeper, listInputs, withoutExcluded } from './inputs';
import { checkOutput, showsColor, writeReport } from './output';
import { giveFiles } from './reading';
import { review } from './review';
import { rulePageOf } from './rule-page';
import { type Stats, Stopwatch, statsToText } from './stats';
import { productVersion } from './version';

/** Up to so many files one thread is the quickest: a helper has to start and to warm up. */
const fewFiles = 100;

/** Runs an audit; the exit code. */
export async function audit(paths: readonly string[], options: AuditOptions): Promise<number> {
  const watch = new Stopwatch();
  if (options.review) return review(paths, options, settingsOf(options));
  if (options.with) throw new CommandFailure('--with belongs to --review');
  const areFolders = await checkPaths(paths);
  if (options.output !== undefined) await checkOutput(options.output);
  const ruleNames = new Set(rules.map(({ name }) => name));
  const found = await findConfiguration(paths, areFolders, ruleNames);
  const project = mergeSettings(defaultSettings, found?.settings ?? {}, settingsOf(options));
  const listing = await listInputs(paths, project.exclude, found?.folder);
  const deeper = await findDeeper(paths, areFolders, listing.files, ruleNames);
  const settings = { ...project, folders: folderSettings(deeper, {}, settingsOf(options)) };
  const { files, skipped, ignored } = withoutExcluded(listing, deeper, paths);
  tellIgnored(ignored);

  const threads = options.threads ?? (files.length > fewFiles ? fairThreads() : 1);
  const host = createEngineHost({
    threads,
    shares: threads > 1,
    cacheFolder: options.cache ? cacheFolder() : undefined,
    onPhase: (phase) => watch.begin(phase),
    onBreakdown: (reason, path) =>
      tell(`the engine was restarted (${path ?? 'no file'}): ${reason.split('\n', 1)[0]}`),
  });
  try {
    watch.begin('read');
    const unread = await giveFiles(host, settings, files);
    if (files.length === 0 && skipped.length > 0) {
      throw new CommandFailure(`nothing could be read: ${skipped[0].path}: ${skipped[0].reason}`);
    }
    if (files.length === 0) tell('there are no Python files below these paths');
    const { result } = host.call('audit', {});
    const whole = withSkipped(addAside(await result, unread), skipped, settings);
    watch.begin('report');
    const stats = options.stats ? () => watch.stats(whole, host, threads) : undefined;
    // Who wrote `preview = false` knows.
    const notAsked = found?.settings.preview === undefined ? whole.notAsked : 0;
    await writeReport(reportOf(whole, options, notAsked, stats), options.output);
    if (stats && options.format !== 'json') process.stderr.write(statsToText(stats()));
    return whole.files.some(({ findings }) => findings.length > 0) ? 1 : 0;
  } finally {
    host.dispose();
  }
}

/** A profile of suspicions shows what is suspected, unless the user says otherwise. */
function settingsOf({ minConfidence, preview, trust, profile }: AuditOptions): Partial<Settings> {
  const least = minConfidence ?? (profile === 'audit' ? 'low' : undefined);
  return {
    ...(least ? { minConfidence: least } : {}),
    ...(preview ? { preview: true } : {}),
    ...(trust ? { trust } : {}),
    ...(profile ? { profile } : {}),
  };
}

function withSkipped(result: AuditResult, skipped: readonly Skipped[], settings: Settings): AuditResult {
  const files = result.files
    .map((file) => ({
      ...file,
      findings: file.findings.filter(
        ({ rule, location }) => !settingsFor(location.path, settings).disabled.includes(rule),
      ),
    }))
    .filter(({ findings }) => findings.length > 0);
  const all = [...result.skipped, ...skipped];
  all.sort((one, other) => (one.path < other.path ? -1 : Number(one.path > other.path)));
  return { ...result, files, skipped: all };
}

function reportOf(
  result: AuditResult,
  { format, output }: AuditOptions,
  notAsked: number,
  stats: (() => Stats) | undefined,
): string {
  switch (format) {
    case 'json':
      return auditToJson(result, productVersion(), shown, stats?.());
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

function tellIgnored(ignored: readonly Skipped[]): void {
  for (const reason of new Set(ignored.map((each) => each.reason))) {
    const paths = ignored.filter((each) => each.reason === reason);
    const names = paths.slice(0, 3).map(({ path }) => shown(path));
    const more = paths.length > names.length ? ', ...' : '';
    tell(`${countOf(paths.length, 'path')} ${reason}: ${names.join(', ')}${more}`);
  }
}

function tell(message: string): void {
  process.stderr.write(`airlock: ${message}\n`);
}

function workingFolder(): string {
  return keyOfPath(process.cwd());
}

function shown(path: string): string {
  return relativeKey(workingFolder(), path) || path;
}
