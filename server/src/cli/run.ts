// One run over what the paths hold: lists the files, reads the configuration and the baseline, has the engine look at
// everything, and hands the outcome on. What is printed of it is for the commands.

import { createEngineHost, fairThreads } from '../host/node/engine-host';
import { areLarger } from '../host/node/files';
import { cacheFolder } from '../host/node/packed-cache';
import { addAside } from '../project/aside';
import { defaultSettings, mergeSettings } from '../project/configuration';
import { folderSettings } from '../project/folder-configuration';
import { settingsFor } from '../project/outcome';
import type { AuditResult, Settings, Skipped } from '../project/protocol';
import type { Supervisor } from '../project/supervisor';
import { countOf } from '../report/wording';
import { rules } from '../rules/registry';
import type { RunOptions } from './commands';
import { CommandFailure } from './failure';
import {
  checkPaths,
  type FoundBaseline,
  type FoundConfiguration,
  findBaseline,
  findConfiguration,
  findDeeper,
  listInputs,
  withoutExcluded,
} from './inputs';
import { giveFiles } from './reading';
import type { Stopwatch } from './stats';
import { shown } from './working-folder';

/** Up to so many bytes of source one thread is the quickest: a second one has to start and to warm up. */
const fewBytes = 8_000_000;

/** What a run gives. */
export interface Run {
  readonly result: AuditResult;
  /** Keys of the files that were looked at. */
  readonly files: readonly string[];
  readonly configuration: FoundConfiguration | undefined;
  /** The baseline, whether it was heeded or not. */
  readonly baseline: FoundBaseline | undefined;
  readonly host: Supervisor;
  readonly threads: number;
}

/** Runs an audit and answers what `use` makes of it; the engine lives as long. */
export async function runAudit<T>(
  paths: readonly string[],
  options: RunOptions,
  watch: Stopwatch | undefined,
  use: (run: Run) => Promise<T>,
): Promise<T> {
  const areFolders = await checkPaths(paths);
  const ruleNames = new Set(rules.map(({ name }) => name));
  const configuration = await findConfiguration(paths, areFolders, ruleNames);
  const baseline = await findBaseline(paths, areFolders, options.baseline);
  const project = mergeSettings(defaultSettings, configuration?.settings ?? {}, settingsOf(options));
  const listing = await listInputs(paths, project.exclude, configuration?.folder);
  const deeper = await findDeeper(paths, areFolders, listing.files, ruleNames);
  const folders = folderSettings(deeper, {}, settingsOf(options));
  const settings = {
    ...project,
    folders,
    ...(options.baseline && baseline ? { baseline: baseline.known } : {}),
  };
  const { files, skipped, ignored } = withoutExcluded(listing, deeper, paths);
  tellIgnored(ignored);

  const threads = options.threads ?? ((await areLarger(files, fewBytes)) ? fairThreads() : 1);
  const host = createEngineHost({
    threads,
    shares: threads > 1,
    cacheFolder: options.cache ? cacheFolder() : undefined,
    onPhase: (phase) => watch?.begin(phase),
    onBreakdown: (reason, path) =>
      tell(`the engine was restarted (${path ?? 'no file'}): ${reason.split('\n', 1)[0]}`),
  });
  try {
    watch?.begin('read');
    const unread = await giveFiles(host, settings, files);
    if (files.length === 0 && skipped.length > 0) {
      throw new CommandFailure(`nothing could be read: ${skipped[0].path}: ${skipped[0].reason}`);
    }
    if (files.length === 0) tell('there are no Python files below these paths');
    const { result } = host.call('audit', {});
    const whole = withLeftOut(addAside(await result, unread), skipped, ignored, settings);
    return await use({ result: whole, files, configuration, baseline, host, threads });
  } finally {
    host.dispose();
  }
}

/** A profile of suspicions shows what is suspected, unless the user says otherwise. */
export function settingsOf({ minConfidence, preview, trust, profile }: RunOptions): Partial<Settings> {
  const least = minConfidence ?? (profile === 'audit' ? 'low' : undefined);
  return {
    ...(least ? { minConfidence: least } : {}),
    ...(preview ? { preview: true } : {}),
    ...(trust ? { trust } : {}),
    ...(profile ? { profile } : {}),
  };
}

function withLeftOut(
  result: AuditResult,
  skipped: readonly Skipped[],
  ignored: readonly Skipped[],
  settings: Settings,
): AuditResult {
  const files = result.files
    .map((file) => ({
      ...file,
      findings: file.findings.filter(
        ({ rule, location }) => !settingsFor(location.path, settings).disabled.includes(rule),
      ),
    }))
    .filter(({ findings }) => findings.length > 0);
  return { ...result, files, skipped: byPath([...result.skipped, ...skipped]), ignored: byPath(ignored) };
}

function byPath(list: readonly Skipped[]): readonly Skipped[] {
  return [...list].sort((one, other) => (one.path < other.path ? -1 : Number(one.path > other.path)));
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
