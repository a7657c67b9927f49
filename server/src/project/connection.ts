// One engine's life behind a transport: wait until it is ready, exchanges that are answered in the order they were asked
// in, and notice when it breaks down (it failed, it ended, it fell silent) together with the file it was on. Decides
// nothing about what follows.

import type { EngineReply } from './dispatch';
import type { EngineMethod, EngineRequests } from './protocol';

/** The wire to a worker of any kind; the host makes it. */
export interface Transport {
  post(message: unknown): void;
  onMessage(handler: (message: unknown) => void): void;
  /** Called once, when the worker ended for any reason, in words. */
  onExit(handler: (reason: string) => void): void;
  terminate(): void;
}

/** The host's clock, for noticing silence: calls `act` after `ms` milliseconds unless the answer is called before. */
export type Alarm = (ms: number, act: () => void) => () => void;

/** The engine is of no further use; `path` is the file it was on, if it was on one. */
export class Breakdown extends Error {
  constructor(
    message: string,
    readonly path: string | undefined,
  ) {
    super(message);
  }
}

interface Waiting {
  /** 0 for the wait until the engine is ready. */
  readonly id: number;
  readonly done: (result: unknown) => void;
  readonly broke: (error: Breakdown) => void;
  readonly limit: number;
}

/** A running engine. Not used again after the first Breakdown. */
export class EngineConnection {
  /** In the order of asking: the engine is on the first one. */
  private readonly waiting: Waiting[] = [];
  private path: string | undefined;
  private ended: string | undefined;
  private lastId = 0;
  private stopAlarm: () => void = () => undefined;

  constructor(
    private readonly transport: Transport,
    private readonly alarm: Alarm,
    /** Told of each part of a long piece of work as it begins. */
    private readonly onPhase: (name: string) => void = () => undefined,
  ) {
    transport.onMessage((message) => this.receive(message as EngineReply));
    transport.onExit((reason) => this.breakDown(reason));
  }

  /** Answers when the engine has loaded; must come first. `limit` is in milliseconds. */
  async ready(limit: number): Promise<void> {
    await this.wait(0, limit);
  }

  /** Sends one request and waits; `limit` is the longest silence in milliseconds. Rejects with a Breakdown only. */
  async exchange<M extends EngineMethod>(
    method: M,
    params: EngineRequests[M]['params'],
    limit: number,
  ): Promise<EngineRequests[M]['result']> {
    const id = ++this.lastId;
    const answer = this.wait(id, limit);
    try {
      this.transport.post({ id, method, params });
    } catch (error) {
      this.breakDown(`the request could not be sent (${String(error)})`);
    }
    return (await answer) as EngineRequests[M]['result'];
  }

  /** Whether it has not broken down. */
  get isUsable(): boolean {
    return this.ended === undefined;
  }

  close(): void {
    this.breakDown('it was stopped');
    this.transport.terminate();
  }

  private wait(id: number, limit: number): Promise<unknown> {
    return new Promise((done, broke) => {
      if (this.ended !== undefined) {
        broke(new Breakdown(this.ended, undefined));
        return;
      }
      this.waiting.push({ id, done, broke, limit });
      if (this.waiting.length === 1) this.setAlarm();
    });
  }

  private setAlarm(): void {
    this.stopAlarm();
    const [first] = this.waiting;
    if (!first) return;
    const seconds = Math.round(first.limit / 1000);
    this.stopAlarm = this.alarm(first.limit, () =>
      this.breakDown(`it gave no sign of life for ${seconds} seconds`),
    );
  }

  private receive(reply: EngineReply): void {
    if (reply.kind === 'file') {
      this.path = reply.path;
      this.setAlarm();
    } else if (reply.kind === 'phase') {
      this.setAlarm();
      this.onPhase(reply.name);
    } else if (reply.kind === 'ready') {
      this.finish(0, null);
    } else if (reply.kind === 'answer') {
      this.finish(reply.id, reply.result);
    } else if (reply.id === this.waiting[0]?.id) {
      this.breakDown(reply.message);
    }
  }

  private breakDown(reason: string): void {
    this.ended ??= reason;
    this.stopAlarm();
    for (const { broke } of this.waiting.splice(0)) broke(new Breakdown(reason, this.path));
  }

  private finish(id: number, result: unknown): void {
    if (this.waiting[0]?.id !== id) return;
    this.path = undefined;
    this.waiting.shift()!.done(result);
    this.setAlarm();
  }
}
