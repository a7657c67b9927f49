// Reads files and hands them to the engine in slices, some slices ahead, so that reading, compiling and taking over
// go on side by side while only a bounded part of the program waits in memory.

import { readFile } from '../host/node/files';
import type { Settings } from '../project/protocol';
import type { Supervisor } from '../project/supervisor';

const sliceFiles = 64;
const sliceBytes = 2_000_000;
/** Files that are read at once. */
const readAtOnce = 16;
const slicesAhead = 4;

interface Slice {
  readonly files: readonly { path: string; bytes: Uint8Array }[];
}

/** Those that could not be read, each with the reason. */
export async function giveFiles(
  host: Supervisor,
  settings: Settings,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const unread = new Map<string, string>();
  const under: Promise<unknown>[] = [];
  await host.call('configure', { settings }).result;
  for await (const { files } of readSlices(paths, settings.maxFileSize, unread)) {
    if (under.length >= slicesAhead) await under.shift();
    const { result } = host.call('setFiles', { files });
    // Told where it is awaited, which may be later than it happens.
    result.catch(() => undefined);
    under.push(result);
  }
  for (const result of under) await result;
  return unread;
}

async function* readSlices(
  paths: readonly string[],
  maximum: number,
  unread: Map<string, string>,
): AsyncGenerator<Slice> {
  let files: { path: string; bytes: Uint8Array }[] = [];
  let size = 0;
  for (let at = 0; at < paths.length; at += readAtOnce) {
    const some = paths.slice(at, at + readAtOnce);
    const reads = await Promise.all(some.map((path) => readFile(path, maximum)));
    for (const [index, read] of reads.entries()) {
      const path = some[index]!;
      if ('reason' in read) {
        unread.set(path, read.reason);
        continue;
      }
      files.push({ path, bytes: read.bytes });
      size += read.bytes.length;
      if (files.length < sliceFiles && size < sliceBytes) continue;
      yield { files };
      files = [];
      size = 0;
    }
  }
  if (files.length > 0) yield { files };
}
