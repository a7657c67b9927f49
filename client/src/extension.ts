// The extension on any host: commands, status, review; it starts the server and knows nothing of Python. What
// differs between Node and the web comes in as a function that makes the client.

import {
  ConfigurationTarget,
  commands,
  type Disposable,
  type DocumentSelector,
  type ExtensionContext,
  type LogOutputChannel,
  type TextEditor,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import type {
  AuditWorkspaceAnswer,
  InitializationOptions,
  StatusNotification,
} from '../../server/src/lsp/requests';
import { serveFiles } from './files';
import { ReviewPanels } from './review-panels';
import { registerRulePages, rulePages } from './rule-pages';
import { StatusItem } from './status-item';

/** Makes the language client of this host; starts nothing. */
export type MakeClient = (context: ExtensionContext, options: LanguageClientOptions) => BaseLanguageClient;

let running: BaseLanguageClient | undefined;

/** Starts the server and offers the commands. */
export async function start(context: ExtensionContext, makeClient: MakeClient): Promise<void> {
  const log = window.createOutputChannel('Airlock', { log: true });
  const selector = pythonDocuments();
  const client = makeClient(context, {
    documentSelector: selector as LanguageClientOptions['documentSelector'],
    outputChannel: log,
    initializationOptions: { servesFiles: true, rulePages } satisfies InitializationOptions,
    diagnosticPullOptions: { onChange: true, onSave: true },
    connectionOptions: { maxRestartCount: 10 },
    markdown: { supportHtml: false },
  });
  running = client;
  const status = new StatusItem(selector);
  const reviews = new ReviewPanels(client);
  client.onNotification('airlock/status', (given: StatusNotification) => status.show(given));
  serveFiles(client, context.extensionUri);
  context.subscriptions.push(
    log,
    status,
    reviews,
    registerRulePages(context.extensionUri),
    ...registerCommands(context.extensionUri, client, log, reviews, status),
  );
  try {
    await client.start();
  } catch (error) {
    status.fail('The language server does not start. See the log.');
    log.error(String(error));
  }
}

/** Stops the server. */
export async function stop(): Promise<void> {
  await running?.stop(2000).catch(() => undefined);
  running = undefined;
}

function registerCommands(
  extension: Uri,
  client: BaseLanguageClient,
  log: LogOutputChannel,
  reviews: ReviewPanels,
  status: StatusItem,
): Disposable[] {
  const tell = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.error(String(error));
      const choice = await window.showErrorMessage(`Airlock: ${wordsOf(error)}`, 'Show Log');
      if (choice) log.show();
    }
  };
  return [
    commands.registerCommand('airlock.auditFile', () =>
      tell(() => auditFile(reviews, window.activeTextEditor ?? visiblePython())),
    ),
    commands.registerCommand('airlock.auditWorkspace', () => tell(() => auditWorkspace(client))),
    commands.registerCommand('airlock.openExample', () => tell(() => openExample(extension))),
    commands.registerCommand('airlock.showLog', () => log.show()),
    commands.registerCommand('airlock.restartServer', () =>
      tell(async () => {
        status.restarting();
        await client.stop(2000).catch((error: unknown) => log.warn(String(error)));
        await client.start();
      }),
    ),
  ];
}

/** The Python that stands beside what is active, such as the walkthrough. */
function visiblePython(): TextEditor | undefined {
  return window.visibleTextEditors.find(({ document }) => document.languageId === 'python');
}

async function auditFile(reviews: ReviewPanels, editor: TextEditor | undefined): Promise<void> {
  if (editor?.document.languageId === 'python') return reviews.open(editor.document.uri);
  void window.showInformationMessage('Open a Python file to audit it.');
}

/** An unsaved copy of the example, so that nothing of the user's is touched. */
async function openExample(extension: Uri): Promise<void> {
  const bytes = await workspace.fs.readFile(Uri.joinPath(extension, 'dist', 'example.py'));
  const content = new TextDecoder().decode(bytes);
  const document = await workspace.openTextDocument({ language: 'python', content });
  const column = window.activeTextEditor ? ViewColumn.Active : ViewColumn.Beside;
  await window.showTextDocument(document, { viewColumn: column });
}

const askPreview = 'Ask Them Too';

async function auditWorkspace(client: BaseLanguageClient): Promise<void> {
  const answer = await window.withProgress(
    { location: { viewId: 'workbench.panel.markers.view' }, title: 'Auditing the workspace' },
    () => client.sendRequest<AuditWorkspaceAnswer>('airlock/auditWorkspace'),
  );
  const { findingCount, notAsked, fileCount, lineCount, skipped, folders, disabledFolders } = answer;
  if (folders > 0 && disabledFolders === folders) return tellSwitchedOff();
  const found = findingCount === 0 ? 'No findings' : countOf(findingCount, 'finding');
  const notes = [`${found}. Looked at ${countOf(fileCount, 'file')} with ${countOf(lineCount, 'line')}.`];
  if (skipped.length > 0) {
    const were = skipped.length === 1 ? 'was' : 'were';
    notes.push(
      `${countOf(skipped.length, 'file')} ${were} not analysed, or only in part: see the Problems view.`,
    );
  }
  if (disabledFolders > 0) {
    notes.push(`${countOf(disabledFolders, 'folder')} left out, where airlock.enable is false.`);
  }
  if (notAsked > 0)
    notes.push(`${countOf(notAsked, 'rule')} in preview ${notAsked === 1 ? 'was' : 'were'} not asked.`);
  await commands.executeCommand('workbench.actions.view.problems');
  const choices = notAsked > 0 ? [askPreview] : [];
  void window.showInformationMessage(notes.join(' '), ...choices).then(async (choice) => {
    if (choice !== askPreview) return;
    await workspace.getConfiguration('airlock').update('preview', true, ConfigurationTarget.Workspace);
    await commands.executeCommand('airlock.auditWorkspace');
  });
}

/** Python on a disk, unsaved, or wherever the workspace lies; not the past versions that a diff shows. */
function pythonDocuments(): DocumentSelector {
  const schemes = new Set(['file', 'untitled', 'vscode-vfs']);
  for (const { uri } of workspace.workspaceFolders ?? []) schemes.add(uri.scheme);
  return [...schemes].map((scheme) => ({ scheme, language: 'python' }));
}

async function tellSwitchedOff(): Promise<void> {
  const choice = await window.showInformationMessage(
    'Airlock is switched off in this workspace: the setting airlock.enable is false.',
    'Open Settings',
  );
  if (choice) await commands.executeCommand('workbench.action.openSettings', 'airlock.enable');
}

function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
