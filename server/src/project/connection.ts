// One engine's life behind a transport: wait until it is ready, one exchange at a time, and notice when it breaks
// down (it failed, it ended, it fell silent) together with the file it was on. Decides nothing about what follows.

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
  readonly done: (result: unknown) => void;
  readonly broke: (error: Breakdown) => void;
  readonly limit: number;
  stopAlarm: () => void;
}

/** A running engine. Not used again after the first Breakdown. */
export class EngineConnection {
  private waiting: Waiting | undefined;
  private path: string | undefined;
  private ended: string | undefined;
  private lastId = 0;

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
    await this.wait(limit);
  }

  /** Sends one request and waits; `limit` is the longest silence in milliseconds. Rejects with a Breakdown only. */
  async exchange<M extends EngineMethod>(
    method: M,
    params: EngineRequests[M]['params'],
    limit: number,
  ): Promise<EngineRequests[M]['result']> {
    this.path = undefined;
    this.lastId++;
    const answer = this.wait(limit);
    try {
      this.transport.post({ id: this.lastId, method, params });
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

  private wait(limit: number): Promise<unknown> {
    return new Promise((done, broke) => {
      if (this.ended !== undefined) {
        broke(new Breakdown(this.ended, undefined));
        return;
      }
      this.waiting = { done, broke, limit, stopAlarm: () => undefined };
      this.setAlarm();
    });
  }

  private setAlarm(): void {
    const waiting = this.waiting;
    if (!waiting) return;
    waiting.stopAlarm();
    const seconds = Math.round(waiting.limit / 1000);
    waiting.stopAlarm = this.alarm(waiting.limit, () =>
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
      this.finish()?.done(null);
    } else if (reply.id === this.lastId) {
      if (reply.kind === 'answer') this.finish()?.done(reply.result);
      else this.breakDown(reply.message);
    }
  }

  private breakDown(reason: string): void {
    this.ended ??= reason;
    this.finish()?.broke(new Breakdown(reason, this.path));
  }

  private finish(): Waiting | undefined {
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.stopAlarm();
    return waiting;
  }
}
