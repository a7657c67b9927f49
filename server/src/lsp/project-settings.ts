// The settings of one project: defaults, then the editor's, then the nearest airlock.toml or pyproject.toml that
// speaks of Airlock, from the project's folder upwards. A wrong configuration is reported and never fatal.

import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { folderOf } from '../host/paths';
import {
  type Configuration,
  configurationFiles,
  defaultSettings,
  mergeSettings,
  parseConfiguration,
  settingsFromEditor,
} from '../project/configuration';
import type { Settings } from '../project/protocol';
import type { ServerHost } from './host';
import { isPathKey } from './uris';

/** What only an editor asks. */
export interface EditorSettings {
  /** Show findings at all. */
  readonly enable: boolean;
  readonly run: 'onType' | 'onSave';
  readonly diagnosticScope: 'openFiles' | 'workspace';
}

/** A configuration file that was read. */
export interface ConfigurationFile {
  readonly key: string;
  readonly configuration: Configuration;
}

/** The settings of a project and where they came from. */
export interface ProjectSettings {
  readonly engine: Settings;
  readonly editor: EditorSettings;
  /** The file that decided, if there is one. */
  readonly file: ConfigurationFile | undefined;
}

const configurationLimit = 1_000_000;

/** What holds before anything was read. */
export const initialSettings: ProjectSettings = {
  engine: defaultSettings,
  editor: { enable: true, run: 'onType', diagnosticScope: 'openFiles' },
  file: undefined,
};

/** Reads the settings that hold in `folder` (a key, or null for files of no folder). */
export async function readSettings(
  host: ServerHost,
  folder: string | null,
  editorValues: unknown,
): Promise<ProjectSettings> {
  const file = folder === null ? undefined : await findConfiguration(host, folder);
  const fromFile = file?.configuration.settings ?? {};
  return {
    engine: mergeSettings(defaultSettings, settingsFromEditor(editorValues), fromFile),
    editor: editorOnly(editorValues),
    file,
  };
}

/** True for the key of a file that may hold a configuration. */
export function isConfigurationFile(key: string): boolean {
  return configurationFiles.some((name) => key.endsWith(`/${name}`));
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

async function findConfiguration(host: ServerHost, start: string): Promise<ConfigurationFile | undefined> {
  for (let folder = start; ; ) {
    for (const name of configurationFiles) {
      const key = folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
      const read = await host.readFile(key, configurationLimit);
      if (!('bytes' in read)) continue;
      const configuration = parseConfiguration(new TextDecoder().decode(read.bytes), name);
      if (configuration.present) return { key, configuration };
    }
    const above = folderOf(folder);
    if (above === folder || !isPathKey(above) || !isPathKey(folder)) return undefined;
    folder = above;
  }
}

function editorOnly(values: unknown): EditorSettings {
  const given = (values ?? {}) as Partial<Record<keyof EditorSettings, unknown>>;
  return {
    enable: given.enable !== false,
    run: given.run === 'onSave' ? 'onSave' : 'onType',
    diagnosticScope: given.diagnosticScope === 'workspace' ? 'workspace' : 'openFiles',
  };
}
