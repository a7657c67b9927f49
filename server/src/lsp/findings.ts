// The findings of an open document, as the editor may show them now: for its present text or not at all. Decides
// what "stale" means; knows neither how diagnostics look nor how they travel.

import type { CancellationToken } from 'vscode-languageserver';
import type { FileFindings } from '../project/protocol';
import type { OpenDocument } from './documents';
import { overtaken, type Session } from './session';

/** How long a person who points at something waits for what may be newer, in milliseconds. */
const patience = 300;

/** Told of each answer, for the status. */
export type FindingsListener = (document: OpenDocument, milliseconds: number) => void;

/** Asks for findings of open documents. */
export class Findings {
  /** The last answer for each document, with the version of the text that it is of. */
  private readonly last = new WeakMap<
    OpenDocument,
    { readonly version: number; readonly found: FileFindings }
  >();

  constructor(
    private readonly session: Session,
    private readonly onAnswer: FindingsListener,
  ) {}

  /** Findings of the document's present text. Rejects when it changed meanwhile or the request was cancelled. */
  async of(document: OpenDocument, token?: CancellationToken): Promise<FileFindings> {
    const project = this.session.projects.of(document.key);
    const { version } = document;
    const started = this.session.host.now();
    const pending = project.call('findings', { path: document.key });
    const listener = token?.onCancellationRequested(() => pending.cancel());
    try {
      if (token?.isCancellationRequested) pending.cancel();
      const found = await pending.result;
      const current = this.session.documents.get(document.key);
      if (current !== document || document.version !== version) throw overtaken();
      this.onAnswer(document, this.session.host.now() - started);
      this.last.set(document, { version, found });
      return found;
    } finally {
      listener?.dispose();
    }
  }

  /** The same, but what is known of this very text is good enough while the engine is long at something else, such as
   * the first look at a whole workspace. */
  async soon(document: OpenDocument, token?: CancellationToken): Promise<FileFindings> {
    const last = this.last.get(document);
    const now = this.of(document, token);
    if (last?.version !== document.version) return now;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waited = new Promise<FileFindings>((done) => {
      timer = setTimeout(() => done(last.found), patience);
    });
    try {
      return await Promise.race([now, waited]);
    } finally {
      clearTimeout(timer);
      now.catch(() => undefined);
    }
  }
}

/** True when the user wants findings renewed on save only and the document has unsaved edits. */
export function waitsForSave(session: Session, document: OpenDocument): boolean {
  return session.projects.of(document.key).settings.editor.run === 'onSave' && !document.saved;
}

/** True when the user wants to see findings of this document. */
export function isShown(session: Session, document: OpenDocument): boolean {
  return session.projects.of(document.key).settings.editor.enable;
}
