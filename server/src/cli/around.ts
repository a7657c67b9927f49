// One file seen in its program: an engine that has read the file and the project around it, so that what a review or an
// explanation says is what the editor says, which knows the whole workspace.

import { createEngineHost, fairThreads } from '../host/node/engine-host';
import { projectAround } from '../host/node/files';
import { cacheFolder } from '../host/node/packed-cache';
import { keyOfPath } from '../host/paths';
import { defaultSettings, mergeSettings } from '../project/configuration';
import { folderSettings } from '../project/folder-configuration';
import type { Settings } from '../project/protocol';
import type { Supervisor } from '../project/supervisor';
import { rules } from '../rules/registry';
import { checkPaths, findConfiguration, findDeeper, listInputs, withoutExcluded } from './inputs';
import { giveFiles } from './reading';

/** Up to so many files one thread is the quickest. */
const fewFiles = 100;

/** A file in its program. */
export interface Around {
  /** Key of the file. */
  readonly path: string;
  readonly host: Supervisor;
  readonly settings: Settings;
  /** Why the file could not be read; undefined when it was. */
  readonly unread: string | undefined;
}

/** How a file is read. */
export interface AroundOptions {
  /** Files and folders of the same program; the project of the file when absent. */
  readonly with?: readonly string[];
  /** What the command line says: it wins over configurations. */
  readonly layer?: Partial<Settings>;
  readonly threads?: number;
  readonly cache?: boolean;
}

/** Reads a file and the program around it, and answers what `use` makes of it; the engine lives as long. */
export async function readAround<T>(
  file: string,
  options: AroundOptions,
  use: (around: Around) => Promise<T>,
): Promise<T> {
  const layer = options.layer ?? {};
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
    cacheFolder: options.cache === false ? undefined : cacheFolder(),
    onBreakdown: (reason, path) =>
      process.stderr.write(
        `airlock: the engine was restarted (${path ?? 'no file'}): ${reason.split('\n', 1)[0]}\n`,
      ),
  });
  try {
    const unread = await giveFiles(host, settings, files);
    const path = files[0] ?? keyOfPath(file);
    return await use({ path, host, settings, unread: unread.get(path) });
  } finally {
    host.dispose();
  }
}
