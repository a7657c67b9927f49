// The settings of one project: defaults, then the editor's, then the nearest airlock.toml or pyproject.toml that
// speaks of Airlock: for each file from its own folder upwards, for the project as a whole from its own. A wrong
// configuration is reported and never fatal.

import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { folderOf } from '../host/paths';
import { baselineName, parseBaseline } from '../project/baseline';
import {
  configurationFiles,
  defaultSettings,
  mergeSettings,
  settingsFromEditor,
} from '../project/configuration';
import {
  type ConfigurationFile,
  configurationOf,
  configurationsBelow,
  folderSettings,
  type ReadText,
} from '../project/folder-configuration';
import type { Settings } from '../project/protocol';
import { ruleNames } from '../rules/names';
import type { ServerHost } from './host';
import { isPathKey } from './uris';

/** What only an editor asks. */
export interface EditorSettings {
  /** Show findings at all. */
  readonly enable: boolean;
  readonly run: 'onType' | 'onSave';
  readonly diagnosticScope: 'openFiles' | 'workspace';
  /** How many threads may compile at once; 0 leaves it to the host. */
  readonly threads: number;
  /** Keep compiled files between sessions. */
  readonly cache: boolean;
}

/** The settings of a project and where they came from. */
export interface ProjectSettings {
  readonly engine: Settings;
  readonly editor: EditorSettings;
  /** The engine's settings as far as the editor gave them. */
  readonly fromEditor: Partial<Settings>;
  /** The file that decided, if there is one. */
  readonly file: ConfigurationFile | undefined;
  /** The baseline, as a file with problems of its own. */
  readonly baseline: ConfigurationFile | undefined;
  /** The files that decide for folders deeper inside. */
  readonly deeper: readonly ConfigurationFile[];
}

const knownRules: ReadonlySet<string> = new Set(ruleNames);
const configurationLimit = 1_000_000;
const baselineLimit = 20_000_000;

/** What holds before anything was read. */
export const initialSettings: ProjectSettings = {
  engine: defaultSettings,
  editor: { enable: true, run: 'onType', diagnosticScope: 'openFiles', threads: 0, cache: true },
  fromEditor: {},
  file: undefined,
  baseline: undefined,
  deeper: [],
};

/** Reads the settings that hold in `folder` (a key, or null for files of no folder), which has these files. */
export async function readSettings(
  host: ServerHost,
  folder: string | null,
  editorValues: unknown,
  files: Iterable<string>,
): Promise<ProjectSettings> {
  const file = folder === null ? undefined : await findConfiguration(host, folder);
  const fromEditor = settingsFromEditor(editorValues);
  const baseline = folder === null ? undefined : await findUpwards(folder, (each) => baselineOf(host, each));
  const own = [file?.configuration.settings ?? {}, baseline?.configuration.settings ?? {}];
  const settings: ProjectSettings = {
    engine: mergeSettings(defaultSettings, fromEditor, ...own),
    editor: editorOnly(editorValues),
    fromEditor,
    file,
    baseline,
    deeper: [],
  };
  return withDeeper(host, folder, settings, files);
}

/** The settings with the configurations of the folders that hold the files; the same object when none changed. */
export async function withDeeper(
  host: ServerHost,
  folder: string | null,
  settings: ProjectSettings,
  files: Iterable<string>,
): Promise<ProjectSettings> {
  // Where each look is a question to the client, a look into every folder is too many.
  if (folder === null || host.isWeb || !isPathKey(folder)) return settings;
  const deeper = await configurationsBelow(folder, files, readerOf(host), knownRules);
  if (JSON.stringify(deeper) === JSON.stringify(settings.deeper)) return settings;
  const folders = folderSettings(deeper, settings.fromEditor);
  return { ...settings, deeper, engine: { ...settings.engine, folders } };
}

/** Whether a configuration file of the project decides on the rules in preview. */
export function decidesOnPreview({ file }: ProjectSettings): boolean {
  return file?.configuration.settings.preview !== undefined;
}

/** Every configuration file of a project that counts. */
export function configurationFilesOf({
  file,
  baseline,
  deeper,
}: ProjectSettings): readonly ConfigurationFile[] {
  return [file, baseline, ...deeper].filter((each) => each !== undefined);
}

/** True for the key of a file that may hold a configuration or the baseline. */
export function isConfigurationFile(key: string): boolean {
  return [...configurationFiles, baselineName].some((name) => key.endsWith(`/${name}`));
}

/** The problems of a configuration file as diagnostics of that file. */
export function configurationDiagnostics({ configuration }: ConfigurationFile): Diagnostic[] {
  return configuration.problems.map(({ message, line = 1 }) => ({
    range: { start: { line: line - 1, character: 0 }, end: { line: line - 1, character: 1000 } },
    severity: DiagnosticSeverity.Warning,
    source: 'airlock',
    code: 'configuration',
    message,
  }));
}

function findConfiguration(host: ServerHost, start: string): Promise<ConfigurationFile | undefined> {
  return findUpwards(start, (folder) => configurationOf(folder, readerOf(host), knownRules));
}

/** The baseline of one folder, if it has one. */
async function baselineOf(host: ServerHost, folder: string): Promise<ConfigurationFile | undefined> {
  const key = folder.endsWith('/') ? `${folder}${baselineName}` : `${folder}/${baselineName}`;
  const read = await host.readFile(key, baselineLimit);
  if (!('bytes' in read)) return undefined;
  const { baseline, problems } = parseBaseline(new TextDecoder().decode(read.bytes), folder);
  return { key, folder, configuration: { present: true, settings: { baseline }, problems } };
}

async function findUpwards(
  start: string,
  look: (folder: string) => Promise<ConfigurationFile | undefined>,
): Promise<ConfigurationFile | undefined> {
  for (let folder = start; ; ) {
    const file = await look(folder);
    if (file) return file;
    const above = folderOf(folder);
    if (above === folder || !isPathKey(above) || !isPathKey(folder)) return undefined;
    folder = above;
  }
}

function readerOf(host: ServerHost): ReadText {
  return async (key) => {
    const read = await host.readFile(key, configurationLimit);
    return 'bytes' in read ? new TextDecoder().decode(read.bytes) : undefined;
  };
}

function editorOnly(values: unknown): EditorSettings {
  const given = (values ?? {}) as Partial<Record<keyof EditorSettings, unknown>>;
  return {
    enable: given.enable !== false,
    run: given.run === 'onSave' ? 'onSave' : 'onType',
    diagnosticScope: given.diagnosticScope === 'workspace' ? 'workspace' : 'openFiles',
    threads: isCount(given.threads) ? given.threads : 0,
    cache: given.cache !== false,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
