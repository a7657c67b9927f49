// The engine as its hosts see it: requests in, promises out, whatever befalls the worker. Runs one request at a
// time, drops what was cancelled before it began, and after a breakdown starts a new engine, gives it what the old
// one had, sets the guilty file aside and goes on. Knows neither threads nor clocks: the host brings both.

import { addAside, reviewOfAside } from './aside';
import { type Alarm, Breakdown, EngineConnection, type Transport } from './connection';
import { Contents, type FileContent, type Reread } from './contents';
import { findCulprit } from './culprit';
import { settleSetAside } from './outcome';
import { Partner } from './partner';
import type { Preparation } from './preparation';
import type { AuditResult, EngineMethod, EngineRequests } from './protocol';
import { SharedCompiling, SharedFiles } from './shared-compiling';
import type { GivenFile } from './sources';

/** What the host brings. */
export interface SupervisorHost {
  /** Starts a worker. Called lazily, and again after each breakdown. */
  readonly start: () => Transport;
  readonly alarm: Alarm;
  /** Reads a file from disk again for a new engine; without it the bytes are kept in memory. */
  readonly reread?: Reread;
  /** Told of each breakdown, for the log. */
  readonly onBreakdown?: (reason: string, path: string | undefined) => void;
  /** Prepares files before the engine takes them; without it the engine does all the work. */
  readonly preparation?: Preparation;
  /** Starts a worker for a second engine, which does a part of each audit; without it one engine does all. */
  readonly startPartner?: () => Transport;
  /** Told of each part of an audit as the engine begins it. */
  readonly onPhase?: (name: string) => void;
  /** Longest silence in milliseconds of an engine that reads files; a question may take five times that. */
  readonly silence?: number;
}

/** A request under way. A request that was cancelled rejects with `Cancelled`, at once. */
export interface Pending<T> {
  readonly result: Promise<T>;
  cancel(): void;
}

/** The request was withdrawn. */
export class Cancelled extends Error {}

/** The engine could not answer, even after new starts. The message is for the user. */
export class EngineFailure extends Error {}

interface Job<M extends EngineMethod = EngineMethod> {
  readonly method: M;
  readonly params: EngineRequests[M]['params'];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  /** The files, prepared, for the first attempt. */
  prepared: Promise<Prepared> | undefined;
  cancelled: boolean;
}

type Prepared = readonly GivenFile[] | SharedFiles;
type SetFiles = EngineRequests['setFiles']['params'];

const defaultSilence = 60_000;
const batchBytes = 4_000_000;
// A job that breaks this many engines in a row is given up; each break costs at most one file.
const mostBreaksPerJob = 8;
const mostBreaksPerFile = 3;
// A question may make the engine work on every file without a word; a change is work on one.
const questionPatience = 5;

/** Owns the engine's worker. */
export class Supervisor {
  private readonly queue: Job[] = [];
  private readonly contents: Contents;
  private readonly aside = new Map<string, string>();
  private readonly breaksByFile = new Map<string, number>();
  private settings: EngineRequests['configure']['params'] | undefined;
  private connection: EngineConnection | undefined;
  /** Null when there was one and is no more. */
  private partner: Partner | null | undefined;
  /** Both engines, while they compile together. */
  private compiling: SharedCompiling | undefined;
  private running = false;
  private disposed = false;

  constructor(private readonly host: SupervisorHost) {
    this.contents = new Contents(host.reread);
  }

  /** Files that broke the engine, each with the reason. */
  get setAside(): ReadonlyMap<string, string> {
    return this.aside;
  }

  /** What prepares files, if anything does. */
  get preparation(): Preparation | undefined {
    return this.host.preparation;
  }

  /** Queues a request. Requests are answered in order. Files are prepared at once, while others are before them:
   * who gives many waits for some before giving more. */
  call<M extends EngineMethod>(
    method: M,
    params: EngineRequests[M]['params'],
  ): Pending<EngineRequests[M]['result']> {
    let job: Job | undefined;
    const result = new Promise<EngineRequests[M]['result']>((resolve, reject) => {
      if (this.disposed) {
        reject(new Cancelled('The engine was stopped.'));
        return;
      }
      const prepared = method === 'setFiles' ? this.prepare(params as SetFiles) : undefined;
      job = { method, params, resolve: resolve as Job['resolve'], reject, prepared, cancelled: false };
      this.queue.push(job);
    });
    void this.run();
    const cancel = (): void => {
      if (!job || isChange(method)) return;
      job.cancelled = true;
      job.reject(new Cancelled('The request was cancelled.'));
    };
    return { result, cancel };
  }

  /** Ends the worker; what is under way rejects with `Cancelled`. */
  dispose(): void {
    this.disposed = true;
    for (const job of this.queue.splice(0)) job.reject(new Cancelled('The engine was stopped.'));
    this.connection?.close();
    this.connection = undefined;
    this.partAsPartners();
    this.host.preparation?.dispose();
  }

  private prepare({ files }: SetFiles): Promise<Prepared> | undefined {
    const { preparation } = this.host;
    if (!this.compiling) return preparation?.prepare(files);
    return preparation?.prepareFor(this.compiling, files) ?? this.compiling.compile(files, false);
  }

  private get silence(): number {
    return this.host.silence ?? defaultSilence;
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let job = this.queue.shift(); job; job = this.queue.shift()) {
      if (job.cancelled) continue;
      try {
        job.resolve(await this.perform(job));
      } catch (error) {
        const known = error instanceof Cancelled || error instanceof EngineFailure;
        job.reject(known ? error : new EngineFailure(`The engine failed: ${String(error)}`));
      }
    }
    this.running = false;
  }

  private async perform(job: Job): Promise<unknown> {
    if (job.method === 'setFiles') this.giveAnotherChance(job.params as SetFiles);
    for (let breaks = 1; ; breaks++) {
      if (this.disposed) throw new Cancelled('The engine was stopped.');
      try {
        const result = await this.attempt(job);
        this.remember(job);
        return result;
      } catch (error) {
        if (this.disposed) throw new Cancelled('The engine was stopped.');
        if (!(error instanceof Breakdown)) throw error;
        await this.afterBreakdown(error, job, breaks);
      }
    }
  }

  private async afterBreakdown(error: Breakdown, job: Job, breaks: number): Promise<void> {
    const wasRunning = this.connection !== undefined;
    this.connection?.close();
    this.connection = undefined;
    this.partAsPartners();
    this.host.onBreakdown?.(error.message, error.path);
    const firstLine = error.message.split('\n', 1)[0];
    if (breaks >= mostBreaksPerJob) {
      throw new EngineFailure(`The engine broke down ${breaks} times in a row, last time: ${firstLine}`);
    }
    if (error.path === undefined && breaks === 1) return;
    if (error.path === undefined && !wasRunning) {
      throw new EngineFailure(`The engine does not start: ${firstLine}`);
    }
    const guilty = error.path ?? (isChange(job.method) ? undefined : await this.searchCulprit());
    if (guilty === undefined) {
      // Nobody to blame, and it happens each time: without this request the others can go on.
      throw new EngineFailure(`The engine broke down on '${job.method}': ${firstLine}`);
    }
    this.breaksByFile.set(guilty, (this.breaksByFile.get(guilty) ?? 0) + 1);
    this.aside.set(guilty, `the engine broke down on it (${firstLine}).`);
  }

  private searchCulprit(): Promise<string | undefined> {
    const suspects = this.contents.paths().filter((path) => !this.aside.has(path));
    return findCulprit(suspects, async (paths) => {
      if (this.disposed) return false;
      try {
        const connection = await this.connect(paths);
        await connection.exchange('audit', {}, this.silence);
        return false;
      } catch (error) {
        if (error instanceof Breakdown) return true;
        throw error;
      } finally {
        this.connection?.close();
        this.connection = undefined;
      }
    });
  }

  private async attempt(job: Job): Promise<unknown> {
    const { method, params } = job;
    const path = 'path' in params ? params.path : undefined;
    const reason = path === undefined ? undefined : this.aside.get(path);
    if (path !== undefined && reason !== undefined) return answerForAside(method, path, reason);
    if (path !== undefined && !this.contents.has(path)) {
      throw new EngineFailure(`The engine was not given the file ${path}.`);
    }
    if (method === 'configure') this.invitePartner();
    const connection = await this.connect();
    if (method === 'setFiles') return this.setFiles(connection, job as Job<'setFiles'>);
    const limit = this.silence * (isChange(method) ? 1 : questionPatience);
    if (method === 'audit') return addAside(await this.audit(connection, limit), this.aside);
    const told = this.tellPartner(method, params as never);
    const result = await connection.exchange(method, params as never, limit);
    await told;
    return result;
  }

  private async audit(connection: EngineConnection, limit: number): Promise<AuditResult> {
    const together = await this.partner?.audit(connection, limit);
    return together ?? connection.exchange('audit', {}, limit);
  }

  /** The second engine starts with the first settings, while the first one starts. */
  private invitePartner(): void {
    const { startPartner, alarm } = this.host;
    if (startPartner && this.partner === undefined && this.contents.paths().length === 0)
      this.partner = new Partner(startPartner, alarm, this.silence);
  }

  /** It hears of settings and new files; any other change ends it. */
  private async tellPartner<M extends EngineMethod>(
    method: M,
    params: EngineRequests[M]['params'],
  ): Promise<void> {
    if (!isChange(method)) return;
    if (method === 'configure' && this.partner)
      this.compiling ??= this.compileTogether(this.connection!, this.partner);
    if (method === 'configure' || method === 'setFiles') await this.partner?.tell(method, params);
    else this.partAsPartners();
  }

  private compileTogether(connection: EngineConnection, partner: Partner): SharedCompiling {
    return new SharedCompiling([
      (params) => connection.exchange('compile', params, this.silence),
      (params) => partner.ask('compile', params),
    ]);
  }

  private partAsPartners(): void {
    this.partner?.dispose();
    this.partner = null;
    this.compiling = undefined;
  }

  private async setFiles(connection: EngineConnection, job: Job<'setFiles'>) {
    const { files, staged } = job.params;
    // Once only: an engine that broke down on prepared files is given plain ones.
    const prepared = await job.prepared;
    job.prepared = undefined;
    const filesFor = (engine: number) => this.filesFor(engine, prepared, files);
    const told = this.tellPartner('setFiles', { files: filesFor(1) });
    const { skipped } = await connection.exchange('setFiles', { files: filesFor(0), staged }, this.silence);
    await told;
    const out = files.flatMap(({ path }) => {
      const reason = this.aside.get(path);
      return reason === undefined ? [] : [{ path, reason }];
    });
    return { skipped: [...skipped, ...out] };
  }

  private filesFor(
    engine: number,
    prepared: Prepared | undefined,
    plain: readonly GivenFile[],
  ): readonly GivenFile[] {
    const isShared = prepared instanceof SharedFiles;
    const files =
      isShared && prepared.owner === this.compiling ? prepared.for(engine) : isShared ? plain : prepared;
    return (files ?? plain).filter(({ path }) => !this.aside.has(path));
  }

  /** The running engine, or a new one that knows all that the last one knew, or the given files of it. */
  private async connect(paths = this.contents.paths()): Promise<EngineConnection> {
    if (this.connection) return this.connection;
    const { silence } = this;
    const connection = new EngineConnection(this.host.start(), this.host.alarm, this.host.onPhase);
    try {
      await connection.ready(silence);
    } catch (error) {
      connection.close();
      throw error;
    }
    if (this.disposed) {
      connection.close();
      throw new Cancelled('The engine was stopped.');
    }
    this.connection = connection;
    if (this.settings) await connection.exchange('configure', this.settings, silence);
    for await (const files of this.loadContents(paths))
      await connection.exchange('setFiles', { files }, silence);
    return connection;
  }

  private async *loadContents(paths: readonly string[]): AsyncGenerator<readonly FileContent[]> {
    let batch: FileContent[] = [];
    let size = 0;
    for (const path of paths) {
      const file = this.aside.has(path) ? undefined : await this.contents.load(path);
      if (!file) continue;
      batch.push(file);
      size += file.text?.length ?? file.bytes?.length ?? 0;
      if (size < batchBytes) continue;
      yield batch;
      batch = [];
      size = 0;
    }
    if (batch.length > 0) yield batch;
  }

  private remember(job: Job): void {
    const params = job.params as SetFiles &
      EngineRequests['editFile']['params'] &
      EngineRequests['removeFiles']['params'];
    if (job.method === 'configure') this.settings = job.params as EngineRequests['configure']['params'];
    else if (job.method === 'setFiles') for (const file of params.files) this.contents.set(file);
    else if (job.method === 'editFile') this.contents.edit(params.path, params.edits);
    else if (job.method === 'removeFiles') for (const path of params.paths) this.forget(path);
  }

  private forget(path: string): void {
    this.contents.remove(path);
    this.aside.delete(path);
    this.breaksByFile.delete(path);
  }

  private giveAnotherChance({ files }: SetFiles): void {
    for (const { path } of files) {
      if ((this.breaksByFile.get(path) ?? 0) < mostBreaksPerFile) this.aside.delete(path);
    }
  }
}

const changes: ReadonlySet<EngineMethod> = new Set([
  'configure',
  'setFiles',
  'takeStaged',
  'editFile',
  'removeFiles',
]);

function isChange(method: EngineMethod): boolean {
  return changes.has(method);
}

function answerForAside(method: EngineMethod, path: string, reason: string): unknown {
  if (method === 'findings') return settleSetAside(path, reason);
  if (method === 'review') return reviewOfAside(path, reason);
  return null;
}
