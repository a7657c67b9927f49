// One project: a workspace folder (or all files of no folder), its settings, its engine and the files that the
// engine was given. Decides the order in which the engine hears of things; asks it nothing by itself.

import type { EngineMethod, EngineRequests, Skipped } from '../project/protocol';
import { Cancelled, type Pending, type Supervisor } from '../project/supervisor';
import { initialSettings, type ProjectSettings } from './project-settings';

/** A file on its way to the engine. */
export type GivenFile = EngineRequests['setFiles']['params']['files'][number];

/** A folder's analysis. The engine starts with the first request. */
export class Project {
  settings: ProjectSettings = initialSettings;
  /** Keys of the files on disk that the engine knows. */
  readonly indexed = new Set<string>();
  /** Files that could not be read, with the reason, by key. */
  readonly unread = new Map<string, string>();
  /** Counts what may change findings: settings and files. */
  generation = 0;
  private opening: Promise<void> | undefined;

  /** `root` is the key of the folder, or null for files of no folder. */
  constructor(
    readonly root: string | null,
    private readonly engine: Supervisor,
    private readonly open: (project: Project) => Promise<void>,
  ) {}

  /** True once a first request came. */
  get active(): boolean {
    return this.opening !== undefined;
  }

  /** Files that broke the engine, with the reason. */
  get setAside(): ReadonlyMap<string, string> {
    return this.engine.setAside;
  }

  /** Reads the settings and starts, once. Never rejects. */
  start(): Promise<void> {
    this.opening ??= this.open(this);
    return this.opening;
  }

  /** Asks the engine, after everything asked before. */
  call<M extends EngineMethod>(
    method: M,
    params: EngineRequests[M]['params'],
  ): Pending<EngineRequests[M]['result']> {
    let pending: Pending<EngineRequests[M]['result']> | undefined;
    let cancelled = false;
    const result = this.start().then(() => {
      if (cancelled) throw new Cancelled('The request was cancelled.');
      pending = this.engine.call(method, params);
      return pending.result;
    });
    return {
      result,
      cancel: () => {
        cancelled = true;
        pending?.cancel();
      },
    };
  }

  /** Takes settings over and tells the engine. For use inside `open` and after it. */
  configure(settings: ProjectSettings): Promise<null> {
    this.settings = settings;
    this.generation++;
    const { threads, cache } = settings.editor;
    this.engine.preparation?.choose({ threads, cache });
    return this.engine.call('configure', { settings: settings.engine }).result;
  }

  /** Gives files to the engine. */
  async setFiles(files: readonly GivenFile[], staged = false): Promise<readonly Skipped[]> {
    if (!staged) this.generation++;
    return (await this.call('setFiles', { files, staged }).result).skipped;
  }

  /** Lets the program have the files that were staged. */
  async takeStaged(): Promise<void> {
    this.generation++;
    await this.call('takeStaged', {}).result;
  }

  /** Takes files away from the engine. */
  async removeFiles(paths: readonly string[]): Promise<void> {
    this.generation++;
    for (const path of paths) {
      this.indexed.delete(path);
      this.unread.delete(path);
    }
    await this.call('removeFiles', { paths }).result;
  }

  dispose(): void {
    this.engine.dispose();
  }
}
