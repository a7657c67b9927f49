// Pulled diagnostics of one document: full with a result id, or unchanged when the client has them already.

import { type DocumentDiagnosticReport, DocumentDiagnosticReportKind } from 'vscode-languageserver';
import { diagnosticOf } from './diagnostic';
import { type Findings, isShown, waitsForSave } from './findings';
import { responseTo, type Session } from './session';

const nothing: DocumentDiagnosticReport = { kind: DocumentDiagnosticReportKind.Full, items: [] };

/** Answers `textDocument/diagnostic`. */
export function registerDocumentDiagnostics(session: Session, findings: Findings): void {
  const { connection, documents, uris, form } = session;
  connection.languages.diagnostics.on(async (params, token) => {
    try {
      const document = documents.get(uris.keyOf(params.textDocument.uri));
      if (!document) return nothing;
      await session.projects.of(document.key).start();
      if (!isShown(session, document)) return nothing;
      const { previousResultId } = params;
      if (waitsForSave(session, document) && previousResultId !== undefined) {
        return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: previousResultId };
      }
      const found = await findings.of(document, token);
      if (found.resultId === previousResultId) {
        return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: found.resultId };
      }
      return {
        kind: DocumentDiagnosticReportKind.Full,
        resultId: found.resultId,
        items: found.findings.map((finding) => diagnosticOf(finding, form)),
      };
    } catch (error) {
      throw responseTo(error);
    }
  });
}
