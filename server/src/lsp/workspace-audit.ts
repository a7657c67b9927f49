// `airlock/auditWorkspace`: the audit of all folders on request, with progress. Its findings reach the client as
// workspace diagnostics, or are pushed to clients that do not pull.

import type { CancellationToken } from 'vscode-languageserver';
import { diagnosticOf } from './diagnostic';
import { decidesOnPreview } from './project-settings';
import { type AuditWorkspaceAnswer, methods } from './requests';
import { responseTo, type Session } from './session';
import type { Status } from './status';
import type { Upkeep } from './upkeep';
import type { WorkspaceAudits } from './workspace-diagnostics';

/** Answers `airlock/auditWorkspace`. */
export function registerWorkspaceAudit(
  session: Session,
  audits: WorkspaceAudits,
  upkeep: Upkeep,
  status: Status,
): void {
  const { connection, projects, features, documents, uris, host, form } = session;
  // Some clients send empty parameters where there are none: the token comes last, then.
  connection.onRequest(methods.auditWorkspace, async (...given: unknown[]): Promise<AuditWorkspaceAnswer> => {
    const token = given.at(-1) as CancellationToken;
    const end = status.begin('Auditing the workspace.');
    try {
      const started = host.now();
      for (const project of projects.all()) {
        if (project.root === null) continue;
        await project.start();
        if (project.settings.editor.enable) await upkeep.settled(project);
      }
      audits.want();
      const results = await audits.run(token);
      status.answered(host.now() - started);
      if (!features.pullsDiagnostics) {
        for (const { path, findings } of results.flatMap(({ files }) => files)) {
          const diagnostics = findings.map((finding) => diagnosticOf(finding, form));
          if (!documents.get(path)) void connection.sendDiagnostics({ uri: uris.uriOf(path), diagnostics });
        }
      }
      session.onFindingsChanged.fire();
      const sum = (of: (result: (typeof results)[number]) => number): number =>
        results.reduce((total, result) => total + of(result), 0);
      const folders = projects.all().filter(({ root }) => root !== null);
      return {
        folders: folders.length,
        disabledFolders: folders.filter(({ settings }) => !settings.editor.enable).length,
        fileCount: sum(({ fileCount }) => fileCount),
        lineCount: sum(({ lineCount }) => lineCount),
        notAsked: folders.some(({ settings }) => decidesOnPreview(settings))
          ? 0
          : Math.max(0, ...results.map(({ notAsked }) => notAsked)),
        findingCount: sum(({ files }) => files.reduce((count, { findings }) => count + findings.length, 0)),
        skipped: results.flatMap(({ skipped }) => skipped),
      };
    } catch (error) {
      throw responseTo(error);
    } finally {
      end();
    }
  });
}
