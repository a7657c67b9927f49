// Pushed diagnostics, for clients that do not pull: after opening, and when typing pauses. What is published
// always belongs to the document's present text.

import { diagnosticOf } from './diagnostic';
import type { OpenDocument } from './documents';
import { type Findings, isShown, waitsForSave } from './findings';
import { inBackground, type Session } from './session';

const typingPause = 200;

/** Publishes the diagnostics of open documents whenever they may have changed. */
export function registerPublishing(session: Session, findings: Findings): void {
  const { connection, documents, form } = session;
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const publish = async (document: OpenDocument): Promise<void> => {
    await session.projects.of(document.key).start();
    if (documents.get(document.key) !== document || waitsForSave(session, document)) return;
    const { uri, version } = document;
    const found = isShown(session, document) ? (await findings.of(document)).findings : [];
    const diagnostics = found.map((finding) => diagnosticOf(finding, form));
    await connection.sendDiagnostics({ uri, version, diagnostics });
  };
  const schedule = (document: OpenDocument, ms: number): void => {
    clearTimeout(timers.get(document.key));
    const timer = setTimeout(() => {
      timers.delete(document.key);
      // An answer that was overtaken needs no retry: the edit that overtook it has set a new timer.
      const work = publish(document).catch((error: unknown) => {
        if (documents.get(document.key) === document && !timers.has(document.key)) throw error;
      });
      inBackground(connection, 'While publishing diagnostics', work);
    }, ms);
    timers.set(document.key, timer);
  };

  documents.listen({
    opened: (document) => schedule(document, 0),
    changed: (document) => schedule(document, typingPause),
    saved: (document) => schedule(document, 0),
    closed: ({ key, uri }) => {
      clearTimeout(timers.get(key));
      timers.delete(key);
      void connection.sendDiagnostics({ uri, diagnostics: [] });
    },
  });
  session.onFindingsChanged.listen(() => {
    for (const document of documents.all()) if (!timers.has(document.key)) schedule(document, typingPause);
  });
}
