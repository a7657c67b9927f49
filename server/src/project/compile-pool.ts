// Helpers that compile files away from the engine's thread, each given a few files at a time. Starts them when there
// is work and ends them when there has been none for a while. A file on which a helper ended is left to the engine,
// which knows how to blame it; the helper's other files go to the next one.

import type { Alarm, Transport } from './connection';

/** What a helper is sent. */
export interface CompileCall {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** What a helper sends: ready once, then for each file its packed code, in order; null for what is not text. */
export type CompileReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'compiled'; readonly id: number; readonly packed: Uint8Array | null };

interface Task {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly done: (packed: Uint8Array | undefined) => void;
}

interface Helper {
  readonly transport: Transport;
  /** Files it was sent, in order: it is on the first one. */
  readonly tasks: Task[];
  ready: boolean;
  stopAlarm: () => void;
}

/** Enough that a helper never waits for the next file, few enough that all end together. */
const mostAhead = 3;
/** Longest silence of a helper in milliseconds. */
const silence = 60_000;
/** How long helpers without work are kept, in milliseconds. */
const patience = 2_000;
const mostBreaks = 8;
/** More helpers would cost memory for nothing. */
const mostHelpers = 16;

/** Owns the helpers. */
export class CompilePool {
  private readonly helpers: Helper[] = [];
  private readonly queue: Task[] = [];
  private size = 1;
  private breaks = 0;
  private lastId = 0;
  private stopRest: () => void = () => undefined;

  constructor(
    private readonly start: () => Transport,
    private readonly alarm: Alarm,
  ) {}

  /** How many helpers may run; those that run stay. */
  resize(size: number): void {
    this.size = Math.min(Math.max(1, size), mostHelpers);
  }

  /** True while there are helpers, with work or without. */
  get isRunning(): boolean {
    return this.helpers.length > 0;
  }

  /** The packed code of a file; undefined when no helper could tell. Never rejects. */
  compile(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    return new Promise((done) => {
      this.queue.push({ id: ++this.lastId, bytes, done });
      this.handOut();
    });
  }

  /** Ends all helpers; what was not compiled is left to the engine. */
  dispose(): void {
    this.breaks = mostBreaks;
    this.giveUp();
  }

  private handOut(): void {
    if (this.breaks >= mostBreaks) {
      this.giveUp();
      return;
    }
    this.stopRest();
    while (this.queue.length > 0) {
      const helper = this.idlest();
      if (!helper) return;
      const task = this.queue.shift()!;
      helper.tasks.push(task);
      helper.transport.post({ id: task.id, bytes: task.bytes } satisfies CompileCall);
      if (helper.tasks.length === 1) this.watch(helper);
    }
    if (this.helpers.every(({ tasks }) => tasks.length === 0)) {
      this.stopRest = this.alarm(patience, () => this.close());
    }
  }

  /** The helper with the least to do, a new one where all are busy; undefined when all have enough. */
  private idlest(): Helper | undefined {
    let best: Helper | undefined;
    for (const helper of this.helpers) {
      if (!best || helper.tasks.length < best.tasks.length) best = helper;
    }
    if ((!best || best.tasks.length > 0) && this.helpers.length < this.size) best = this.open();
    return best && best.tasks.length < mostAhead ? best : undefined;
  }

  private open(): Helper {
    const transport = this.start();
    const helper: Helper = { transport, tasks: [], ready: false, stopAlarm: () => undefined };
    this.helpers.push(helper);
    transport.onMessage((message) => this.receive(helper, message as CompileReply));
    transport.onExit(() => this.lose(helper));
    return helper;
  }

  private receive(helper: Helper, reply: CompileReply): void {
    if (reply.kind === 'ready') {
      helper.ready = true;
      return;
    }
    const task = helper.tasks[0];
    if (task?.id !== reply.id) return;
    helper.tasks.shift();
    task.done(reply.packed ?? undefined);
    this.watch(helper);
    this.handOut();
  }

  private watch(helper: Helper): void {
    helper.stopAlarm();
    if (helper.tasks.length > 0) helper.stopAlarm = this.alarm(silence, () => this.lose(helper));
  }

  private lose(helper: Helper): void {
    const at = this.helpers.indexOf(helper);
    if (at < 0) return;
    this.helpers.splice(at, 1);
    helper.stopAlarm();
    helper.transport.terminate();
    // One that does not even start will not start next time either.
    this.breaks = helper.ready ? this.breaks + 1 : mostBreaks;
    const [guilty, ...others] = helper.tasks;
    this.queue.unshift(...others);
    guilty?.done(undefined);
    this.handOut();
  }

  private giveUp(): void {
    const left = [...this.helpers.flatMap(({ tasks }) => tasks), ...this.queue.splice(0)];
    this.close();
    for (const { done } of left) done(undefined);
  }

  private close(): void {
    this.stopRest();
    for (const helper of this.helpers.splice(0)) {
      helper.stopAlarm();
      helper.transport.terminate();
    }
  }
}
