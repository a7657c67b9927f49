// A second engine with the same files, which does a part of each audit. It is allowed to fail: whatever goes wrong with
// it ends it for good, and the first engine does the whole audit. Told of changes before it is asked.

import { type Alarm, Breakdown, EngineConnection, type Transport } from './connection';
import type { AuditResult, EngineMethod, EngineRequests } from './protocol';
import { type Ask, auditTogether } from './shared-audit';

/** Owns the second engine. Dispose it. */
export class Partner {
  private connection: EngineConnection | undefined;
  private readonly ready: Promise<void>;

  constructor(
    start: () => Transport,
    alarm: Alarm,
    private readonly silence: number,
  ) {
    this.connection = new EngineConnection(start(), alarm);
    this.ready = this.connection.ready(silence);
    this.ready.catch(() => this.dispose());
  }

  /** Passes on a change. Never rejects. */
  async tell<M extends EngineMethod>(method: M, params: EngineRequests[M]['params']): Promise<void> {
    await this.ask(method, params).catch(() => this.dispose());
  }

  /** An audit by both engines; undefined when this one failed. Rejects when the other one did. */
  async audit(first: EngineConnection, limit: number): Promise<AuditResult | undefined> {
    let broken = false;
    const asks: readonly Ask[] = [
      (method, params) => first.exchange(method, params, limit),
      async (method, params) => {
        try {
          return await this.ask(method, params, limit);
        } catch (error) {
          broken = true;
          throw error;
        }
      },
    ];
    try {
      return await auditTogether(asks);
    } catch (error) {
      this.dispose();
      if (broken && first.isUsable) return undefined;
      throw error;
    }
  }

  dispose(): void {
    this.connection?.close();
    this.connection = undefined;
  }

  /** Asks it in the order of calls. Rejects with a Breakdown only. */
  async ask<M extends EngineMethod>(
    method: M,
    params: EngineRequests[M]['params'],
    limit = this.silence,
  ): Promise<EngineRequests[M]['result']> {
    await this.ready;
    if (!this.connection) throw new Breakdown('the second engine has ended', undefined);
    return this.connection.exchange(method, params, limit);
  }
}
