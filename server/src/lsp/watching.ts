// Changes on disk: Python files that appear, change or go, configuration files, ignore files. Gathers what comes
// in a burst, as when a branch is checked out, and passes it on once.

import { DidChangeWatchedFilesNotification, FileChangeType, type FileEvent } from 'vscode-languageserver';
import { isPythonPath } from '../host/paths';
import type { Project } from './project';
import { isConfigurationFile } from './project-settings';
import type { Session } from './session';

/** What came in one burst, by project. */
export interface DiskChanges {
  /** The configuration or the ignore rules changed, or a file appeared: list everything again. */
  readonly relist: boolean;
  readonly reconfigure: boolean;
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

const burst = 300;
const patterns = [
  '**/*.{py,pyw}',
  '**/pyproject.toml',
  '**/airlock.toml',
  '**/airlock-baseline.json',
  '**/.gitignore',
];

/** Asks the client to watch, where it can; to be called once it is initialized. */
export async function askToWatch(session: Session): Promise<void> {
  if (!session.features.watchesFiles) return;
  await session.connection.client.register(DidChangeWatchedFilesNotification.type, {
    watchers: patterns.map((globPattern) => ({ globPattern })),
  });
}

/** Passes on what changed on disk in the projects that are active. */
export function registerWatching(
  session: Session,
  act: (project: Project, changes: DiskChanges) => void,
): void {
  let events: FileEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pass = (): void => {
    const byProject = new Map<Project, FileEvent[]>();
    for (const event of events) {
      const key = session.uris.keyOf(event.uri);
      for (const project of session.projects.all()) {
        const decides = isConfigurationFile(key) || project === session.projects.of(key);
        if (!project.active || !decides) continue;
        byProject.set(project, [...(byProject.get(project) ?? []), event]);
      }
    }
    events = [];
    for (const [project, own] of byProject) act(project, digest(session, project, own));
  };
  session.connection.onDidChangeWatchedFiles(({ changes }) => {
    events.push(...changes);
    clearTimeout(timer);
    timer = setTimeout(pass, burst);
  });
}

function digest(session: Session, project: Project, events: readonly FileEvent[]): DiskChanges {
  const last = new Map(events.map(({ uri, type }) => [session.uris.keyOf(uri), type]));
  const keys = [...last.keys()];
  const python = keys.filter((key) => isPythonPath(key) && !session.documents.get(key));
  const removed = python.filter((key) => last.get(key) === FileChangeType.Deleted);
  const present = python.filter((key) => last.get(key) !== FileChangeType.Deleted);
  const reconfigure = keys.some(isConfigurationFile);
  return {
    relist: reconfigure || keys.some((key) => key.endsWith('/.gitignore')) || present.some(isNew),
    reconfigure,
    changed: present.filter((key) => !isNew(key)),
    removed,
  };

  function isNew(key: string): boolean {
    return !project.indexed.has(key);
  }
}
