// What an audit looks at: the files that the given paths name or hold, and the configuration that holds for them.

import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { type Listing, listPythonFiles, readFile } from '../host/node/files';
import { isPythonFile, pythonNames } from '../host/node/python-files';
import { keyOfPath } from '../host/paths';
import { type Baseline, baselineName, parseBaseline } from '../project/baseline';
import { decodePython } from '../project/decode';
import {
  type ConfigurationFile,
  configurationOf,
  configurationsBelow,
  excludedBy,
} from '../project/folder-configuration';
import type { Settings, Skipped } from '../project/protocol';
import { CommandFailure } from './failure';

/** A configuration file, or none. */
export interface FoundConfiguration {
  /** Folder of the file, from which `exclude` counts. */
  readonly folder: string;
  readonly settings: Partial<Settings>;
}

const configurationLimit = 20_000_000;

/** Checks that every path exists and is Python or a folder; answers which of them are folders. */
export async function checkPaths(paths: readonly string[]): Promise<readonly boolean[]> {
  return Promise.all(
    paths.map(async (path) => {
      try {
        const kind = await stat(path);
        if (kind.isFile() && !(await isPythonFile(path))) {
          throw new CommandFailure(
            `${path} is no Python file: neither its name (${pythonNames}) nor a first line such as #!/usr/bin/env python3 says so`,
          );
        }
        return kind.isDirectory();
      } catch (error) {
        if (error instanceof CommandFailure) throw error;
        const code = (error as NodeJS.ErrnoException).code;
        const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be read (${code})`;
        throw new CommandFailure(`${path} ${why}`);
      }
    }),
  );
}

/**
 * The configuration of an audit: the nearest airlock.toml or pyproject.toml that speaks of Airlock, from the
 * folder that holds all the paths upwards. A wrong one is a failure.
 */
export async function findConfiguration(
  paths: readonly string[],
  areFolders: readonly boolean[],
  ruleNames: ReadonlySet<string>,
): Promise<FoundConfiguration | undefined> {
  let folder = topOf(paths, areFolders);
  for (;;) {
    const file = await configurationOf(keyOfPath(folder), readConfiguration, ruleNames);
    if (file) return { folder, settings: checked(file).configuration.settings };
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}

/** A baseline file. */
export interface FoundBaseline {
  readonly folder: string;
  readonly text: string;
  readonly known: Baseline;
}

/** The nearest baseline from the folder that holds all the paths upwards. A wrong one is a failure where it is heeded. */
export async function findBaseline(
  paths: readonly string[],
  areFolders: readonly boolean[],
  heeded: boolean,
): Promise<FoundBaseline | undefined> {
  for (let folder = topOf(paths, areFolders); ; folder = dirname(folder)) {
    const file = join(folder, baselineName);
    const text = await readConfiguration(file);
    if (text !== undefined) {
      const { baseline, problems } = parseBaseline(text, keyOfPath(folder));
      if (heeded && problems.length > 0) throw new CommandFailure(`${shorten(file)}: ${problems[0].message}`);
      return { folder, text, known: baseline };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/** The configurations below the folder that holds all the paths, on the way to the files. A wrong one is a failure. */
export async function findDeeper(
  paths: readonly string[],
  areFolders: readonly boolean[],
  files: readonly string[],
  ruleNames: ReadonlySet<string>,
): Promise<readonly ConfigurationFile[]> {
  const top = keyOfPath(topOf(paths, areFolders));
  return (await configurationsBelow(top, files, readConfiguration, ruleNames)).map(checked);
}

/** Without the files that a configuration deeper inside leaves out; those that were named stay. */
export function withoutExcluded(
  { files, skipped, ignored }: Listing,
  deeper: readonly ConfigurationFile[],
  paths: readonly string[],
): Listing {
  const named = new Set(paths.map((path) => keyOfPath(resolve(path))));
  const isExcluded = excludedBy(deeper);
  const out = files.filter((file) => !named.has(file) && isExcluded(file));
  if (out.length === 0) return { files, skipped, ignored };
  const left = new Set(out);
  const more = out.map((path) => ({ path, reason: 'left out by the configuration of its folder' }));
  return { files: files.filter((file) => !left.has(file)), skipped, ignored: [...ignored, ...more] };
}

/** The folder that holds all the paths. */
function topOf(paths: readonly string[], areFolders: readonly boolean[]): string {
  return paths
    .map((path, index) => (areFolders[index] ? resolve(path) : dirname(resolve(path))))
    .reduce(commonFolder);
}

function checked(file: ConfigurationFile): ConfigurationFile {
  const { problems } = file.configuration;
  if (problems.length === 0) return file;
  const lines = problems.map(({ line, message }) => {
    const place = line === undefined ? file.key : `${file.key}:${line}`;
    return `${shorten(place)}: ${message}`;
  });
  throw new CommandFailure(lines.join('\nairlock: '));
}

async function readConfiguration(file: string): Promise<string | undefined> {
  const exists = await stat(file).then(
    (kind) => kind.isFile(),
    () => false,
  );
  if (!exists) return undefined;
  const read = await readFile(file, configurationLimit);
  if ('reason' in read) throw new CommandFailure(`${shorten(file)} cannot be read: ${read.reason}`);
  const decoded = decodePython(read.bytes);
  if ('reason' in decoded) throw new CommandFailure(`${shorten(file)} cannot be read: ${decoded.reason}`);
  return decoded.text;
}

/** Every file that the paths name or hold, once, and what was left out. */
export async function listInputs(
  paths: readonly string[],
  exclude: readonly string[],
  excludeRoot: string | undefined,
): Promise<Listing> {
  const files = new Set<string>();
  const skipped = new Map<string, Skipped>();
  const ignored = new Map<string, Skipped>();
  for (const path of paths) {
    const listing = await listPythonFiles(path, { exclude, excludeRoot });
    for (const file of listing.files) files.add(file);
    for (const each of listing.skipped) skipped.set(each.path, each);
    for (const each of listing.ignored) ignored.set(each.path, each);
  }
  return {
    files: [...files],
    skipped: [...skipped.values()].filter(({ path }) => !files.has(path)),
    ignored: [...ignored.values()].filter(({ path }) => !files.has(path)),
  };
}

function commonFolder(one: string, other: string): string {
  let folder = one;
  while (relative(folder, other).split(/[\\/]/)[0] === '..' && dirname(folder) !== folder)
    folder = dirname(folder);
  return folder;
}

/** A path as the user would write it: below the working folder where it lies there. */
function shorten(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside.startsWith('..') ? path : inside;
}
