// Python files on this machine's disk: which ones a folder holds, and their bytes. Every door of the product walks
// with this, so all see the same files. Never throws for what it meets on the way: it says what it left out and why.

import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, parse, resolve, sep } from 'node:path';
import type { Skipped } from '../../project/protocol';
import { isPythonPath, keyOfPath } from '../paths';
import { createIgnoring, type Ignoring } from './ignoring';

/** What a walk takes and leaves out. */
export interface ListOptions {
  /** `.gitignore`-style patterns, relative to `excludeRoot`. */
  readonly exclude?: readonly string[];
  /** The folder from which `exclude` counts: where the configuration lies. The root of the walk when absent. */
  readonly excludeRoot?: string;
  /** Honour `.gitignore` files; true when absent. */
  readonly gitignore?: boolean;
  /** Asked before each folder; true ends the walk early. */
  readonly cancelled?: () => boolean;
}

/** What a walk found. All paths are canonical keys, in a fixed order that no file system decides. */
export interface Listing {
  readonly files: readonly string[];
  /** What could not be read although nobody asked to leave it out. */
  readonly skipped: readonly Skipped[];
  /** What was left out as asked: a folder once, not file by file. */
  readonly ignored: readonly Skipped[];
}

/** The bytes of a file, or why there are none. */
export type FileRead = { readonly bytes: Uint8Array } | { readonly reason: string };

const sizesAtOnce = 64;

interface Walk {
  readonly root: string;
  readonly ignoring: Ignoring;
  readonly files: string[];
  readonly skipped: Skipped[];
  readonly ignored: Skipped[];
}

/** Lists the Python files under the folder `root`; a `root` that is a file is listed itself, whatever its name. */
export async function listPythonFiles(root: string, options: ListOptions = {}): Promise<Listing> {
  const top = resolve(root);
  const walk: Walk = {
    root: await realpath(top).catch(() => top),
    ignoring: createIgnoring(
      top,
      options.exclude ?? [],
      resolve(options.excludeRoot ?? top),
      options.gitignore ?? true,
    ),
    files: [],
    skipped: [],
    ignored: [],
  };
  const kind = await stat(top).catch((error: unknown) => note(walk.skipped, top, reasonOf(error)));
  if (kind?.isFile()) walk.files.push(keyOfPath(top));
  else if (kind?.isDirectory()) await walkFolders(walk, top, options.cancelled);
  else if (kind) note(walk.skipped, top, 'neither a file nor a folder');
  return { files: walk.files, skipped: walk.skipped, ignored: walk.ignored };
}

const rootMarks = ['pyproject.toml', 'setup.py', 'setup.cfg', 'airlock.toml', '.git', '.hg'];

/**
 * What belongs to the same program as a file: the nearest folder above it that looks like a project's, else its
 * outermost package, else the files beside it. Paths for `listPythonFiles`; the home folder is nobody's project.
 */
export async function projectAround(file: string): Promise<readonly string[]> {
  const own = dirname(resolve(file));
  const tops = new Set([parse(own).root, homedir()]);
  for (let folder = own; !tops.has(folder); folder = dirname(folder)) {
    const names = await readdir(folder).catch((): string[] => []);
    if (names.some((name) => rootMarks.includes(name))) return [folder];
  }
  let top: string | undefined;
  for (let folder = own; ; folder = dirname(folder)) {
    const names = await readdir(folder).catch((): string[] => []);
    if (!names.includes('__init__.py')) break;
    top = folder;
  }
  if (top !== undefined) return [top];
  const beside = await readdir(own, { withFileTypes: true }).catch(() => []);
  const files = beside.filter((entry) => entry.isFile() && isPythonPath(entry.name));
  return files.map(({ name }) => join(own, name)).sort();
}

async function walkFolders(walk: Walk, top: string, cancelled?: () => boolean): Promise<void> {
  const pending = [top];
  while (pending.length > 0) {
    if (cancelled?.()) return;
    const folder = pending.pop()!;
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) =>
      note(walk.skipped, folder, reasonOf(error)),
    );
    if (!entries) continue;
    walk.ignoring.enter(folder);
    if (folder !== top && entries.some((entry) => entry.name === 'pyvenv.cfg')) {
      note(walk.ignored, folder, 'a virtual environment');
      continue;
    }
    const names = entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const below: string[] = [];
    for (const entry of names) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        const reason = walk.ignoring.reasonFor(path, true);
        if (reason === null) below.push(path);
        else note(walk.ignored, path, reason);
      } else if (entry.isSymbolicLink()) {
        await meetLink(walk, path);
      } else if (isPythonPath(entry.name)) {
        const reason = walk.ignoring.reasonFor(path, false);
        if (reason !== null) note(walk.ignored, path, reason);
        else if (entry.isFile()) walk.files.push(keyOfPath(path));
        else note(walk.skipped, path, 'neither a file nor a folder');
      }
    }
    for (let i = below.length - 1; i >= 0; i--) pending.push(below[i]!);
  }
}

/** Links to folders are never followed (so there are no loops); a link to a file outside the tree is a file. */
async function meetLink(walk: Walk, path: string): Promise<void> {
  const named = isPythonPath(path);
  const target = await realpath(path).catch((error: unknown) =>
    named ? note(walk.skipped, path, reasonOf(error)) : undefined,
  );
  if (target === undefined) return;
  const kind = await stat(target).catch(() => undefined);
  if (kind?.isDirectory()) {
    if (walk.ignoring.reasonFor(path, true) === null)
      note(walk.skipped, path, 'a link to a folder is not followed');
    return;
  }
  if (!named || !kind?.isFile()) return;
  const reason = walk.ignoring.reasonFor(path, false);
  if (reason !== null) note(walk.ignored, path, reason);
  else if (target.startsWith(walk.root + sep) && isPythonPath(target)) {
    note(walk.ignored, path, 'a link to a file of the same tree, which is read in its own place');
  } else walk.files.push(keyOfPath(path));
}

/** Whether files have more than so many bytes together. What cannot be asked counts as empty. */
export async function areLarger(paths: readonly string[], bytes: number): Promise<boolean> {
  let total = 0;
  for (let at = 0; at < paths.length && total <= bytes; at += sizesAtOnce) {
    const facts = await Promise.all(
      paths.slice(at, at + sizesAtOnce).map((path) => stat(path).catch(() => undefined)),
    );
    for (const fact of facts) total += fact?.size ?? 0;
  }
  return total > bytes;
}

/** Reads a file's bytes. Never reads more than `maxSize` bytes; what is no regular file gives a reason. */
export async function readFile(path: string, maxSize: number): Promise<FileRead> {
  // O_NONBLOCK: opening a pipe with a Python name must not wait for a writer.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(reasonOf);
  if (typeof file === 'string') return { reason: file };
  try {
    const kind = await file.stat();
    if (!kind.isFile())
      return {
        reason: kind.isDirectory() ? 'a folder' : 'neither a file nor a folder',
      };
    if (kind.size > maxSize) return { reason: tooLarge(kind.size, maxSize) };
    const bytes = await file.readFile();
    return bytes.length > maxSize
      ? { reason: tooLarge(bytes.length, maxSize) }
      : { bytes: new Uint8Array(bytes) };
  } catch (error) {
    return { reason: reasonOf(error) };
  } finally {
    await file.close().catch(() => undefined);
  }
}

function tooLarge(size: number, maxSize: number): string {
  return `larger than the limit: ${size} bytes, at most ${maxSize} are read (setting max-file-size)`;
}

function note(list: Skipped[], path: string, reason: string): undefined {
  list.push({ path: keyOfPath(path), reason });
  return undefined;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  ENOENT: 'does not exist',
  ELOOP: 'a link that leads back to itself',
  ENOTDIR: 'not a folder',
  ENAMETOOLONG: 'its path is too long for this system',
  EMFILE: 'too many files are open',
};

function reasonOf(error: unknown): string {
  const code = (error as { code?: string } | undefined)?.code ?? '';
  return reasons[code] ?? `could not be read (${code || String(error)})`;
}
