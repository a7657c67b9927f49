// `airlock locks`: reads what the paths hold and prints which lock guards which state. A map, no verdict: it ends with 0.

import { createEngineHost } from '../host/node/engine-host';
import { defaultSettings, mergeSettings } from '../project/configuration';
import type { LockMapResult } from '../project/protocol';
import { lockMapToJson, lockMapToText } from '../report/lock-map';
import { lockMapToMarkdown } from '../report/lock-map-markdown';
import { rules } from '../rules/registry';
import type { LocksOptions } from './commands';
import { CommandFailure } from './failure';
import { checkPaths, findConfiguration, listInputs } from './inputs';
import { checkOutput, writeReport } from './output';
import { giveFiles } from './reading';
import { productVersion } from './version';
import { shown } from './working-folder';

/** Prints the map; the exit code. */
export async function locks(paths: readonly string[], options: LocksOptions): Promise<number> {
  const areFolders = await checkPaths(paths);
  if (options.output !== undefined) await checkOutput(options.output);
  const found = await findConfiguration(paths, areFolders, new Set(rules.map(({ name }) => name)));
  const settings = mergeSettings(defaultSettings, found?.settings ?? {});
  const { files, skipped } = await listInputs(paths, settings.exclude, found?.folder);
  const host = createEngineHost({ threads: 1 });
  try {
    const unread = [...(await giveFiles(host, settings, files))];
    const left = [...skipped, ...unread.map(([path, reason]) => ({ path, reason }))];
    if (left.length > 0 && unread.length === files.length)
      throw new CommandFailure(`nothing could be read: ${left[0]!.path}: ${left[0]!.reason}`);
    for (const { path, reason } of left)
      process.stderr.write(`airlock: ${shown(path)} is left out: ${reason}\n`);
    const map = await host.call('locks', {}).result;
    await writeReport(reportOf(map, options), options.output);
    return 0;
  } finally {
    host.dispose();
  }
}

function reportOf(map: LockMapResult, { format }: LocksOptions): string {
  if (format === 'json') return lockMapToJson(map, productVersion(), shown);
  return format === 'markdown' ? lockMapToMarkdown(map, shown) : lockMapToText(map, shown);
}
