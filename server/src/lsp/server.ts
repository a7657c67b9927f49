// The language server on any host: says what it can do, and wires the features. Each feature has its own file;
// here is only who knows whom.

import {
  type Connection,
  DidChangeConfigurationNotification,
  type InitializeParams,
} from 'vscode-languageserver';
import { withClientFiles } from './client-files';
import { registerCodeActions } from './code-actions';
import { EditorValues } from './configuring';
import { registerDocumentDiagnostics } from './document-diagnostics';
import { Documents } from './documents';
import { type ClientFeatures, offerCapabilities, readFeatures } from './features';
import { Findings } from './findings';
import type { ServerHost } from './host';
import { registerHover } from './hover';
import { reloadFile } from './indexing';
import { Projects } from './projects';
import { registerPublishing } from './publishing';
import type { InitializationOptions } from './requests';
import { registerReview } from './review';
import { RulePages } from './rule-pages';
import { inBackground, type Session, Signal } from './session';
import { Status } from './status';
import { Upkeep } from './upkeep';
import { UriTable } from './uris';
import { askToWatch, registerWatching } from './watching';
import { registerWorkspaceAudit } from './workspace-audit';
import { registerWorkspaceDiagnostics, WorkspaceAudits } from './workspace-diagnostics';

/** Starts answering. No engine runs before a document is open or an audit is asked for. */
export function startServer(connection: Connection, host: ServerHost, version: string): void {
  connection.onInitialize((params) => {
    const options = (params.initializationOptions ?? {}) as InitializationOptions;
    const features = readFeatures(params.capabilities, options);
    const session = createSession(connection, host, features, options);
    session.projects.changeFolders(foldersOf(params), []);
    return { capabilities: offerCapabilities(features), serverInfo: { name: 'airlock', version } };
  });
  connection.listen();
}

function createSession(
  connection: Connection,
  host: ServerHost,
  features: ClientFeatures,
  options: InitializationOptions,
): Session {
  const uris = new UriTable(host.ignoresCase);
  const documents = new Documents(uris);
  const allFiles = withClientFiles(host, connection, features, uris);
  const projects: Projects = new Projects({
    connection,
    uris,
    documents,
    createEngine: () =>
      host.createEngine(
        async (key) => {
          const read = await allFiles.readFile(key, projects.of(key).settings.engine.maxFileSize);
          return 'bytes' in read ? read.bytes : undefined;
        },
        (reason, path) => {
          connection.console.error(`The engine broke down${path ? ` on ${path}` : ''}: ${reason}`);
          status.send();
        },
      ),
    open: (project) => upkeep.open(project),
    reload: (project, key) => reloadFile(session, project, key),
  });
  const onFindingsChanged = new Signal();
  const pages = new RulePages(host, options.rulePages);
  const session: Session = {
    connection,
    host: allFiles,
    features,
    uris,
    documents,
    projects,
    pages,
    form: {
      relatedInformation: features.relatedInformation,
      uriOf: (key) => uris.uriOf(key),
      addressOf: (rule) => pages.addressOf(rule),
    },
    onFindingsChanged,
  };
  const status = new Status(session);
  const values = new EditorValues(options.settings);
  const upkeep = new Upkeep(session, status, values);
  const findings = new Findings(session, (_, milliseconds) => status.answered(milliseconds));
  const audits = new WorkspaceAudits(session);

  documents.attach(connection);
  documents.listen(projects);
  if (features.pullsDiagnostics) {
    registerDocumentDiagnostics(session, findings);
    registerWorkspaceDiagnostics(session, audits);
  } else registerPublishing(session, findings);
  documents.listen({
    opened: () => status.send(),
    changed: () => onFindingsChanged.fire(),
    saved: () => undefined,
    closed: () => status.send(),
  });
  registerCodeActions(session, findings);
  registerHover(session, findings);
  registerReview(session, findings, upkeep);
  registerWorkspaceAudit(session, audits, upkeep, status);
  registerLife(session, upkeep, values);
  return session;
}

function registerLife(session: Session, upkeep: Upkeep, values: EditorValues): void {
  const { connection, features, projects } = session;
  connection.onInitialized(() => {
    inBackground(connection, 'While asking for file events', askToWatch(session));
    if (features.settingsChanges) {
      const register = connection.client.register(DidChangeConfigurationNotification.type, {
        section: 'airlock',
      });
      inBackground(connection, 'While asking for settings', register);
    }
    if (!features.folderChanges) return;
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) =>
      projects.changeFolders(added, removed),
    );
  });
  connection.onDidChangeConfiguration(({ settings }) => {
    values.take(settings);
    upkeep.reconfigure();
  });
  registerWatching(session, (project, changes) => upkeep.takeOver(project, changes));
  connection.onShutdown(() => projects.dispose());
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams) {
  if (workspaceFolders) return workspaceFolders;
  return rootUri ? [{ uri: rootUri, name: '' }] : [];
}
