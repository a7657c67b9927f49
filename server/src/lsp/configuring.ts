// Keeps the projects' settings current: the editor's values, the configuration files, and changes of either.
// Problems of a configuration file are shown in that file and in the log; the rest of it still counts.

import type { Project } from './project';
import { configurationDiagnostics, readSettings } from './project-settings';
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
  const { connection, host, uris } = session;
  try {
    const before = project.settings.file;
    const settings = await readSettings(host, project.root, await values.of(session, project));
    const { file } = settings;
    if (before && before.key !== file?.key) {
      void connection.sendDiagnostics({ uri: uris.uriOf(before.key), diagnostics: [] });
    }
    if (file) {
      for (const { message, line } of file.configuration.problems) {
        connection.console.warn(`${file.key}${line ? `:${line}` : ''}: ${message}`);
      }
      const diagnostics = configurationDiagnostics(file);
      if (diagnostics.length > 0 || (before?.configuration.problems.length ?? 0) > 0) {
        void connection.sendDiagnostics({ uri: uris.uriOf(file.key), diagnostics });
      }
    }
    inBackground(connection, 'While configuring the engine', project.configure(settings));
  } catch (error) {
    connection.console.error(`The settings could not be read, the last ones stay: ${wordsOf(error)}`);
    inBackground(connection, 'While configuring the engine', project.configure(project.settings));
  }
}
