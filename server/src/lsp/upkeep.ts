// Keeps the engines in step with the disk and the settings, in the background: the first index of a project, the
// next one when files appear, single files when they change. A newer run ends an older one.

import { configureProject, type EditorValues } from './configuring';
import { indexProject, readFiles, silentProgress } from './indexing';
import type { Project } from './project';
import { inBackground, type Session } from './session';
import type { Status } from './status';
import type { DiskChanges } from './watching';

/** Background work for the projects of a session. */
export class Upkeep {
  private readonly runs = new Map<Project, { readonly done: Promise<void> }>();
  /** Settings and files that are being taken over. */
  private readonly pending = new Set<Promise<unknown>>();

  constructor(
    private readonly session: Session,
    private readonly status: Status,
    private readonly values: EditorValues,
  ) {}

  /** The first step of a project: settings now, the files behind it. Never rejects. */
  async open(project: Project): Promise<void> {
    await configureProject(this.session, project, this.values);
    // Behind the caller's own request, so that the first answer does not wait for the index.
    setTimeout(() => this.index(project), 0);
  }

  /** Lists and reads the files of a project anew. */
  index(project: Project): void {
    if (project.root === null) return;
    const work = async (): Promise<void> => {
      const end = this.status.begin('Reading the Python files of the workspace.');
      try {
        await indexProject(this.session, project, () => this.runs.get(project) !== run);
      } finally {
        end();
        this.announce();
      }
    };
    const run = { done: Promise.resolve().then(work) };
    this.runs.set(project, run);
    inBackground(this.session.connection, `While reading ${project.root}`, run.done);
  }

  /** Answers when the settings hold and the last index is complete. */
  async settled(project: Project): Promise<void> {
    await project.start();
    await Promise.allSettled(this.pending);
    if (!this.runs.has(project)) this.index(project);
    for (let run = this.runs.get(project); run; ) {
      await run.done.catch(() => undefined);
      const next = this.runs.get(project);
      run = next === run ? undefined : next;
    }
  }

  /** Reads the settings of all active projects anew. */
  reconfigure(): void {
    for (const project of this.session.projects.all()) {
      if (project.active) this.watch(project, this.reconfigureOne(project));
    }
  }

  /** Takes over what changed on disk. */
  takeOver(project: Project, { relist, reconfigure, changed, removed }: DiskChanges): void {
    const work = async (): Promise<void> => {
      if (reconfigure) await configureProject(this.session, project, this.values);
      if (relist) return this.index(project);
      if (removed.length > 0) await project.removeFiles(removed);
      await readFiles(this.session, project, changed, silentProgress);
      this.announce();
    };
    this.watch(project, work());
  }

  /** Lets everybody ask again: what changed is not an edit that the client made itself. */
  private announce(): void {
    const { connection, features, onFindingsChanged } = this.session;
    onFindingsChanged.fire();
    if (!features.refreshesDiagnostics) return;
    inBackground(connection, 'While refreshing diagnostics', connection.languages.diagnostics.refresh());
  }

  private async reconfigureOne(project: Project): Promise<void> {
    const { exclude, maxFileSize } = project.settings.engine;
    await configureProject(this.session, project, this.values);
    const now = project.settings.engine;
    const sameFiles = now.maxFileSize === maxFileSize && now.exclude.join('\n') === exclude.join('\n');
    if (!sameFiles) this.index(project);
    this.announce();
  }

  private watch(project: Project, work: Promise<void>): void {
    const done = work.catch(() => undefined).finally(() => this.pending.delete(done));
    this.pending.add(done);
    inBackground(this.session.connection, `While keeping ${project.root ?? 'loose files'} current`, work);
  }
}
