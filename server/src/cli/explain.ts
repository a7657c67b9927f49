// `airlock explain FILE:LINE`: what the engine knows of the function around a line, seen in its program.

import { dirname, resolve } from 'node:path';
import { createEngineHost } from '../host/node/engine-host';
import { readFile } from '../host/node/files';
import { keyOfPath } from '../host/paths';
import { defaultSettings, mergeSettings } from '../project/configuration';
import { rules } from '../rules/registry';
import type { ExplainOptions } from './commands';
import { CommandFailure } from './failure';
import { checkPaths, findConfiguration, listInputs } from './inputs';
import { workingFolder } from './working-folder';

/** Prints the facts; the exit code. */
export async function explain(place: string, options: ExplainOptions): Promise<number> {
  const match = /^(.+):([1-9]\d*)$/.exec(place);
  if (!match) throw new CommandFailure(`${place} names no line; write it as FILE:LINE, lines from 1`);
  const [, file = '', line = ''] = match;
  const paths = [file, ...(options.with ?? [dirname(resolve(file))])];
  const areFolders = await checkPaths(paths);
  if (areFolders[0]) throw new CommandFailure(`${file} is a folder; name a file in it`);
  const found = await findConfiguration(paths, areFolders, new Set(rules.map(({ name }) => name)));
  const settings = mergeSettings(defaultSettings, found?.settings ?? {});
  const { files } = await listInputs(paths, settings.exclude, found?.folder);
  const host = createEngineHost({ threads: 1 });
  try {
    await host.call('configure', { settings }).result;
    const given: { path: string; bytes: Uint8Array }[] = [];
    for (const path of files) {
      const read = await readFile(path, settings.maxFileSize);
      if ('bytes' in read) given.push({ path, bytes: read.bytes });
    }
    await host.call('setFiles', { files: given }).result;
    const path = keyOfPath(resolve(file));
    const bytes = given.find((each) => each.path === path)?.bytes;
    const lines = bytes
      ? Buffer.from(bytes)
          .toString('latin1')
          .split(/\r\n|\r|\n/).length
      : undefined;
    if (lines !== undefined && Number(line) > lines) {
      throw new CommandFailure(`${file} has no line ${line}; it ends before`);
    }
    const text = await host.call('explain', { path, line: Number(line) - 1, dump: options.dump }).result;
    if (text === null) throw new CommandFailure(`${file} was not analysed; \`airlock audit\` says why`);
    process.stdout.write(text.replaceAll(`${workingFolder()}/`, ''));
    return 0;
  } finally {
    host.dispose();
  }
}
