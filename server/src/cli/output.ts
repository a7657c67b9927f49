// Where a report goes: standard output, or a file that is replaced whole or not at all.

import { randomBytes } from 'node:crypto';
import { access, constants, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandFailure } from './failure';

/** Refuses a file that cannot be written, before the work is done. */
export async function checkOutput(file: string): Promise<void> {
  const kind = await stat(file).catch(() => undefined);
  if (kind?.isDirectory()) throw new CommandFailure(`cannot write ${file}: it is a folder`);
  const folder = dirname(resolve(file));
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable)
    throw new CommandFailure(`cannot write ${file}: ${folder} does not exist or may not be written`);
}

/** Writes the report to the file, or to standard output when there is none. */
export async function writeReport(report: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    process.stdout.write(report);
    return;
  }
  const target = resolve(file);
  const device = await stat(target).then(
    (kind) => !kind.isFile(),
    () => false,
  );
  // A pipe or a device such as /dev/stdout is written to: replacing it would not reach its reader.
  if (device) return writeFile(target, report).catch((error: unknown) => fail(file, error));
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(draft, report);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    fail(file, error);
  }
}

/** Whether standard output shows colours. */
export function showsColor(): boolean {
  return process.stdout.isTTY === true && process.stdout.hasColors?.() === true;
}

/** A reader of standard output that leaves early, such as `head`, is no failure. */
export function tolerateClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

function fail(file: string, error: unknown): never {
  throw new CommandFailure(`cannot write ${file}: ${(error as Error).message}`);
}
