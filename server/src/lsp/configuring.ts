// Keeps the projects' settings current: the editor's values, the configuration files, and changes of either.
// Problems of a configuration file are shown in that file and in the log; the rest of it still counts.

import type { Project } from './project';
import {
  configurationDiagnostics,
  configurationFilesOf,
  type ProjectSettings,
  readSettings,
  withDeeper,
} from './project-settings';
import { inBackground, type Session, wordsOf } from './session';

/** The editor's values for one folder, from wherever the client gives them. */
export class EditorValues {
  private given: unknown;

  constructor(initial: unknown) {
    this.given = initial;
  }

  /** Takes values that the client sent by itself. */
  take(settings: unknown): void {
    const section = (settings as { readonly airlock?: unknown } | null | undefined)?.airlock;
    if (section !== undefined) this.given = section;
  }

  async of(session: Session, project: Project): Promise<unknown> {
    if (!session.features.configuration) return this.given;
    const scopeUri = project.root === null ? undefined : session.uris.uriOf(project.root);
    return (
      (await session.connection.workspace.getConfiguration({ scopeUri, section: 'airlock' })) ?? this.given
    );
  }
}

/** Reads a project's settings and gives them to its engine. Never rejects. */
export async function configureProject(
  session: Session,
  project: Project,
  values: EditorValues,
): Promise<void> {
  const { host, documents, projects } = session;
  try {
    const open = documents.all().map(({ key }) => key);
    const own = open.filter((key) => projects.of(key) === project);
    const files = [...project.indexed, ...own];
    const given = await values.of(session, project);
    take(session, project, await readSettings(host, project.root, given, files));
  } catch (error) {
    session.connection.console.error(`The settings could not be read, the last ones stay: ${wordsOf(error)}`);
    take(session, project, project.settings);
  }
}

/** Reads the configurations of the folders that hold these files of a project, and tells its engine of news. */
export async function configureFolders(
  session: Session,
  project: Project,
  files: Iterable<string>,
): Promise<void> {
  const settings = await withDeeper(session.host, project.root, project.settings, files);
  if (settings !== project.settings) take(session, project, settings);
}

function take(session: Session, project: Project, settings: ProjectSettings): void {
  const { connection, uris } = session;
  const before = new Map(configurationFilesOf(project.settings).map((file) => [file.key, file]));
  for (const file of configurationFilesOf(settings)) {
    const known = before.get(file.key);
    before.delete(file.key);
    const { problems } = file.configuration;
    if (JSON.stringify(problems) === JSON.stringify(known?.configuration.problems ?? [])) continue;
    for (const { message, line } of problems) {
      connection.console.warn(`${file.key}${line ? `:${line}` : ''}: ${message}`);
    }
    void connection.sendDiagnostics({
      uri: uris.uriOf(file.key),
      diagnostics: configurationDiagnostics(file),
    });
  }
  for (const [key, { configuration }] of before) {
    if (configuration.problems.length === 0) continue;
    void connection.sendDiagnostics({ uri: uris.uriOf(key), diagnostics: [] });
  }
  inBackground(connection, 'While configuring the engine', project.configure(settings));
}
