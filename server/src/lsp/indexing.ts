// Gives the engine the Python files of a project from disk, in slices, so that facts across files exist while
// requests of the editor are answered in between. The text of open documents is never replaced.

import { excludedBy } from '../project/folder-configuration';
import { configureFolders } from './configuring';
import type { GivenFile, Project } from './project';
import type { Session } from './session';
import { isPathKey } from './uris';

const sliceFiles = 64;
const sliceBytes = 1_000_000;
// Below this, reading is over before anybody could look at its progress.
const manyFiles = 200;

/** Tells how far it is, and may be told to stop. */
export interface IndexProgress {
  report(percentage: number, message: string): void;
  cancelled(): boolean;
}

/** Lists and reads all files of a project and takes away those that are gone. */
export async function indexProject(
  session: Session,
  project: Project,
  stopped: () => boolean,
): Promise<void> {
  const { root } = project;
  if (root === null) return;
  const { exclude } = project.settings.engine;
  const listing = await session.host.listFiles(root, { exclude, excludeRoot: root, cancelled: stopped });
  if (stopped()) return;
  const found = listing.files.map((file) => session.uris.canonical(file));
  await configureFolders(session, project, found);
  const isExcluded = excludedBy(project.settings.deeper);
  const keys = found.filter((key) => !isExcluded(key));
  const listed = new Set(keys);
  const gone = [...project.indexed].filter((key) => !listed.has(key));
  const forgotten = gone.filter((key) => !session.documents.get(key));
  if (forgotten.length > 0) await project.removeFiles(forgotten);
  for (const key of gone) project.indexed.delete(key);
  project.unread.clear();
  for (const { path, reason } of listing.skipped) project.unread.set(path, reason);
  // Questions in between are about the open documents; they need not look at half of the project anew each time.
  const work = async (progress: IndexProgress) => {
    await readFiles(session, project, keys, progress, true);
    await project.takeStaged();
  };
  if (keys.length < manyFiles) return work({ report: () => undefined, cancelled: stopped });
  return withProgress(session, 'Airlock: reading the workspace', stopped, work);
}

/** Reads files from disk and gives them to the engine in slices. */
export async function readFiles(
  session: Session,
  project: Project,
  keys: readonly string[],
  progress: IndexProgress,
  staged = false,
): Promise<void> {
  let slice: GivenFile[] = [];
  let size = 0;
  const give = async (done: number): Promise<void> => {
    // A document may have been opened while its file was read.
    const files = slice.filter(({ path }) => !session.documents.get(path));
    slice = [];
    size = 0;
    if (files.length > 0) await project.setFiles(files, staged);
    progress.report(Math.round((100 * done) / keys.length), `${done} of ${keys.length} files`);
  };
  for (const [index, key] of keys.entries()) {
    if (progress.cancelled()) return;
    project.indexed.add(key);
    if (session.documents.get(key)) continue;
    const read = await session.host.readFile(key, project.settings.engine.maxFileSize);
    if ('bytes' in read) {
      project.unread.delete(key);
      slice.push({ path: key, bytes: read.bytes });
      size += read.bytes.length;
    } else project.unread.set(key, read.reason);
    if (slice.length >= sliceFiles || size >= sliceBytes) await give(index + 1);
  }
  if (!progress.cancelled()) await give(keys.length);
}

/** Gives the engine one file as it is on disk now, or takes it away when it is gone or was never listed. */
export async function reloadFile(session: Session, project: Project, key: string): Promise<void> {
  if (!isPathKey(key) && !project.indexed.has(key)) return project.removeFiles([key]);
  const read = project.indexed.has(key)
    ? await session.host.readFile(key, project.settings.engine.maxFileSize)
    : { reason: 'not part of the project' };
  if (session.documents.get(key)) return;
  if ('bytes' in read) await project.setFiles([{ path: key, bytes: read.bytes }]);
  else await project.removeFiles([key]);
}

/** Progress that nobody sees. */
export const silentProgress: IndexProgress = { report: () => undefined, cancelled: () => false };

/** Shows progress to the user where the client can, with a way to stop. */
async function withProgress(
  session: Session,
  title: string,
  stopped: () => boolean,
  work: (progress: IndexProgress) => Promise<void>,
): Promise<void> {
  if (!session.features.progress) return work({ report: () => undefined, cancelled: stopped });
  const shown = await session.connection.window.createWorkDoneProgress();
  shown.begin(title, 0, undefined, true);
  try {
    await work({
      report: (percentage, message) => shown.report(percentage, message),
      cancelled: () => stopped() || shown.token.isCancellationRequested,
    });
  } finally {
    shown.done();
  }
}
