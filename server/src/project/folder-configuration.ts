// Configurations deeper inside a project: the nearest one above a file decides what is shown of it and whether it is
// looked at. Decides which folders to look into and who wins; reads through a function that it is given.

import ignore from 'ignore';
import {
  type Configuration,
  configurationFiles,
  defaultSettings,
  mergeSettings,
  parseConfiguration,
} from './configuration';
import type { FolderSettings, Settings } from './protocol';

/** A configuration file that speaks of Airlock. */
export interface ConfigurationFile {
  readonly key: string;
  /** Key of the folder that it lies in. */
  readonly folder: string;
  readonly configuration: Configuration;
}

/** The text of a file, or undefined when there is none. */
export type ReadText = (key: string) => Promise<string | undefined>;

/** The configuration of one folder, if it has one. */
export async function configurationOf(
  folder: string,
  read: ReadText,
  ruleNames?: ReadonlySet<string>,
): Promise<ConfigurationFile | undefined> {
  for (const name of configurationFiles) {
    const key = folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
    const text = await read(key);
    if (text === undefined) continue;
    const configuration = parseConfiguration(text, name, ruleNames);
    if (configuration.present) return { key, folder, configuration };
  }
  return undefined;
}

/** The configurations of the folders below `root` that hold the files or lie on the way to them, by folder. */
export async function configurationsBelow(
  root: string,
  files: Iterable<string>,
  read: ReadText,
  ruleNames?: ReadonlySet<string>,
): Promise<readonly ConfigurationFile[]> {
  const found: ConfigurationFile[] = [];
  for (const folder of foldersBelow(root, files)) {
    const file = await configurationOf(folder, read, ruleNames);
    if (file) found.push(file);
  }
  return found;
}

/** What each folder's configuration decides for the files below it. `layers` win over it, as a command line does. */
export function folderSettings(
  files: readonly ConfigurationFile[],
  editor: Partial<Settings>,
  ...layers: readonly Partial<Settings>[]
): readonly FolderSettings[] {
  return files.map(({ folder, configuration }) => {
    const merged = mergeSettings(defaultSettings, editor, configuration.settings, ...layers);
    const { minConfidence, preview, disabled } = merged;
    return { folder, minConfidence, preview, disabled };
  });
}

/** The configuration file whose `exclude` leaves a file out, or undefined. */
export function excludedBy(
  files: readonly ConfigurationFile[],
): (path: string) => ConfigurationFile | undefined {
  const rules = files.flatMap((file) => {
    const { exclude = [] } = file.configuration.settings;
    return exclude.length > 0
      ? [{ file, prefix: `${file.folder}/`, patterns: ignore().add([...exclude]) }]
      : [];
  });
  return (path) =>
    rules.find(
      ({ prefix, patterns }) => path.startsWith(prefix) && patterns.ignores(path.slice(prefix.length)),
    )?.file;
}

function foldersBelow(root: string, files: Iterable<string>): string[] {
  const top = root.endsWith('/') ? root : `${root}/`;
  const folders = new Set<string>();
  for (const file of files) {
    if (!file.startsWith(top)) continue;
    for (let slash = file.lastIndexOf('/'); slash >= top.length; slash = file.lastIndexOf('/', slash - 1)) {
      const folder = file.slice(0, slash);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return [...folders].sort();
}
