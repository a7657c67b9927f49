// What all features of one running server share: the connection, the client's abilities, the open documents, the
// projects. Decides how errors end: told to the client or the log, never thrown across the protocol.

import { type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { Cancelled } from '../project/supervisor';
import type { DiagnosticForm } from './diagnostic';
import type { Documents } from './documents';
import type { ClientFeatures } from './features';
import type { ServerHost } from './host';
import type { Projects } from './projects';
import type { RulePages } from './rule-pages';
import type { UriTable } from './uris';

/** The state of the server, made once the client has said who it is. */
export interface Session {
  readonly connection: Connection;
  readonly host: ServerHost;
  readonly features: ClientFeatures;
  readonly uris: UriTable;
  readonly documents: Documents;
  readonly projects: Projects;
  readonly pages: RulePages;
  /** How findings become diagnostics for this client. */
  readonly form: DiagnosticForm;
  /** Called when findings of other files than the edited one may have changed. */
  readonly onFindingsChanged: Signal;
}

/** Something that others can listen to. */
export class Signal {
  private readonly listeners = new Set<() => void>();

  /** Answers with the way to stop listening. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  fire(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** The answer to a request that was overtaken: the client may ask again. */
export function overtaken(): ResponseError<{ readonly retriggerRequest: boolean }> {
  return new ResponseError(LSPErrorCodes.ServerCancelled, 'The document has changed in the meantime.', {
    retriggerRequest: true,
  });
}

/** Turns what a request handler met into an answer of the protocol. */
export function responseTo(error: unknown): ResponseError<unknown> {
  if (error instanceof ResponseError) return error;
  if (error instanceof Cancelled) {
    return new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
  }
  return new ResponseError(LSPErrorCodes.RequestFailed, wordsOf(error));
}

/** Runs what nobody waits for; what goes wrong is logged. */
export function inBackground(connection: Connection, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    if (!(error instanceof Cancelled)) connection.console.error(`${what}: ${wordsOf(error)}`);
  });
}

/** An error in words. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
