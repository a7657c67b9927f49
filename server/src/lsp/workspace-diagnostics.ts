// Pulled diagnostics of the whole workspace. Clients ask again and again, so an answer waits until there is
// something new to say; by default that is after the user asked for an audit of the workspace.

import type { CancellationToken, WorkspaceDocumentDiagnosticReport } from 'vscode-languageserver';
import type { AuditResult } from '../project/protocol';
import { diagnosticOf } from './diagnostic';
import type { Project } from './project';
import { responseTo, type Session } from './session';

/** The workspace's audits: run on request, or after changes when the settings say so. */
export class WorkspaceAudits {
  /** Whether the user asked for the workspace's findings in this session. */
  private wanted = false;
  private readonly results = new Map<
    Project,
    { readonly generation: number; readonly result: AuditResult }
  >();

  constructor(private readonly session: Session) {}

  /** Shows the findings of all files from now on. */
  want(): void {
    this.wanted = true;
  }

  isWanted(project: Project): boolean {
    const { enable, diagnosticScope } = project.settings.editor;
    return project.root !== null && enable && (this.wanted || diagnosticScope === 'workspace');
  }

  /** Changes when there is something to audit: a project is wanted or not any more, or has changed. */
  present(): string {
    return this.stateOf((project) => project.generation);
  }

  /** What `present` was when the wanted projects were audited. */
  audited(): string {
    return this.stateOf((project) => this.results.get(project)?.generation ?? -1);
  }

  private stateOf(generationOf: (project: Project) => number): string {
    const wanted = this.session.projects.all().filter((project) => this.isWanted(project));
    return JSON.stringify(wanted.map((project) => [project.root, generationOf(project)]));
  }

  /** Audits what has changed since the last time, and answers with all wanted results. */
  async run(token?: CancellationToken): Promise<readonly AuditResult[]> {
    const found: AuditResult[] = [];
    for (const project of this.session.projects.all()) {
      if (this.isWanted(project)) found.push(await this.audit(project, token));
    }
    return found;
  }

  /** Audits one project, unless nothing changed since the last time. */
  async audit(project: Project, token?: CancellationToken): Promise<AuditResult> {
    const known = this.results.get(project);
    const { generation } = project;
    if (known?.generation === generation) return known.result;
    const pending = project.call('audit', {});
    const listener = token?.onCancellationRequested(() => pending.cancel());
    try {
      const result = await pending.result;
      this.results.set(project, { generation, result });
      return result;
    } finally {
      listener?.dispose();
    }
  }
}

const quietTime = 1000;
// How long a client may take for its own last pull of a document that it closes.
const lastPullTime = 500;

/** Answers `workspace/diagnostic`. */
export function registerWorkspaceDiagnostics(session: Session, audits: WorkspaceAudits): void {
  const nothing = '[]';
  let told = nothing;
  // Clients keep the last findings of a document that is closed, and rely on the workspace to take them back.
  const closed = new Set<string>();
  session.documents.listen({
    opened: ({ key }) => closed.delete(key),
    changed: () => undefined,
    saved: () => undefined,
    closed: ({ key }) =>
      setTimeout(() => {
        if (!session.documents.get(key)) closed.add(key);
        session.onFindingsChanged.fire();
      }, lastPullTime),
  });
  session.connection.languages.diagnostics.onWorkspace(async (params, token) => {
    try {
      const isNews = (): boolean => closed.size > 0 || audits.present() !== told;
      while (!token.isCancellationRequested && !isNews()) await pause(session, token);
      if (told !== nothing) await quiet(session, token);
      if (token.isCancellationRequested) return { items: [] };
      const results = await audits.run(token);
      if (token.isCancellationRequested) return { items: [] };
      told = audits.audited();
      const had = new Map(params.previousResultIds.map(({ uri, value }) => [session.uris.keyOf(uri), value]));
      for (const key of closed) if (!had.has(key)) had.set(key, '');
      closed.clear();
      return { items: reportsOf(session, audits, results, had) };
    } catch (error) {
      throw responseTo(error);
    }
  });
}

/** Waits until nothing has changed for a while. */
async function quiet(session: Session, token: CancellationToken): Promise<void> {
  const count = (): number => session.projects.all().reduce((sum, { generation }) => sum + generation, 0);
  for (let before = -1; before !== count() && !token.isCancellationRequested; ) {
    before = count();
    await pause(session, token, quietTime);
  }
}

/** Waits for a change of findings or, when given, the time in milliseconds; in any case not beyond cancellation. */
function pause(session: Session, token: CancellationToken, ms?: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = ms === undefined ? undefined : setTimeout(() => end(), ms);
    const stop = ms === undefined ? session.onFindingsChanged.listen(() => end()) : undefined;
    const cancelled = token.onCancellationRequested(() => end());
    const end = (): void => {
      clearTimeout(timer);
      stop?.();
      cancelled.dispose();
      resolve();
    };
  });
}

function reportsOf(
  session: Session,
  audits: WorkspaceAudits,
  results: readonly AuditResult[],
  had: Map<string, string>,
): WorkspaceDocumentDiagnosticReport[] {
  const { uris, documents, projects, form } = session;
  const reports: WorkspaceDocumentDiagnosticReport[] = [];
  for (const { path, resultId, findings } of results.flatMap(({ files }) => files)) {
    const version = documents.get(path)?.version ?? null;
    const uri = uris.uriOf(path);
    if (had.get(path) === resultId) reports.push({ kind: 'unchanged', uri, version, resultId });
    else {
      const items = findings.map((finding) => diagnosticOf(finding, form));
      reports.push({ kind: 'full', uri, version, resultId, items });
    }
    had.delete(path);
  }
  // What is left had findings before. Open documents answer for themselves.
  for (const key of had.keys()) {
    if (documents.get(key) && !audits.isWanted(projects.of(key))) continue;
    reports.push({
      kind: 'full',
      uri: uris.uriOf(key),
      version: documents.get(key)?.version ?? null,
      items: [],
    });
  }
  return reports;
}
