// A language client over standard input and output, as an editor would be: starts the built server on a fresh
// folder, keeps what the server sends, and answers what the server asks.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';

/** The folder of the built product. */
export const dist = resolve(__dirname, '../../dist');

/** What a modern editor announces. */
export const modern: ClientCapabilities = {
  textDocument: {
    diagnostic: { relatedInformation: true },
    codeAction: {
      resolveSupport: { properties: ['edit'] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: [] } },
    },
    publishDiagnostics: { relatedInformation: true },
  },
  workspace: {
    workspaceEdit: { documentChanges: true, snippetEditSupport: true },
    diagnostics: { refreshSupport: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    configuration: true,
    didChangeConfiguration: { dynamicRegistration: true },
    workspaceFolders: true,
  },
  window: { workDoneProgress: true },
};

/** A running server with its client. */
export class Client {
  readonly pushed: PublishDiagnosticsParams[] = [];
  readonly logged: string[] = [];
  readonly statuses: { state: string; text: string; files: number; problems: string[] }[] = [];
  refreshes = 0;
  /** The editor's settings under `airlock`. */
  settings: unknown = {};

  private constructor(
    readonly connection: ProtocolConnection,
    readonly process: ChildProcess,
    readonly folder: string,
  ) {}

  /** Starts a server on a folder with these files, and initializes it. */
  static async start(
    files: Record<string, string>,
    capabilities = modern,
    options?: unknown,
    bundles = dist,
  ): Promise<Client> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'airlock-protocol-')));
    for (const [name, text] of Object.entries(files)) writeInto(folder, name, text);
    const child = spawn(process.execPath, [join(bundles, 'server.node.js'), '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      // Where nothing can be kept: no test knows of another one.
      env: { ...process.env, XDG_CACHE_HOME: devNull, LOCALAPPDATA: devNull },
    });
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout as NodeJS.ReadableStream),
      new StreamMessageWriter(child.stdin as NodeJS.WritableStream),
    );
    const client = new Client(connection, child, folder);
    client.listen();
    await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: client.uri(''),
      workspaceFolders: [{ uri: client.uri(''), name: 'workspace' }],
      capabilities,
      initializationOptions: options,
    });
    await connection.sendNotification('initialized', {});
    return client;
  }

  /** The URI of a file of the folder. */
  uri(name: string): string {
    return pathToFileURL(name === '' ? this.folder : join(this.folder, name)).toString();
  }

  write(name: string, text: string): void {
    writeInto(this.folder, name, text);
  }

  async open(name: string, text: string, version = 1): Promise<string> {
    const uri = this.uri(name);
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'python', version, text },
    });
    return uri;
  }

  /** Replaces a range of lines and columns. */
  async edit(
    uri: string,
    version: number,
    from: [number, number],
    to: [number, number],
    text: string,
  ): Promise<void> {
    const range = { start: { line: from[0], character: from[1] }, end: { line: to[0], character: to[1] } };
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    });
  }

  /** Pulls until the server is not overtaken by itself any more. */
  async pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    for (;;) {
      try {
        return await this.connection.sendRequest('textDocument/diagnostic', {
          textDocument: { uri },
          previousResultId,
        });
      } catch (error) {
        if (!(error as { data?: { retriggerRequest?: boolean } }).data?.retriggerRequest) throw error;
      }
    }
  }

  /** The diagnostics of a full report. */
  async diagnostics(uri: string): Promise<Diagnostic[]> {
    const report = await this.pull(uri);
    if (report.kind !== 'full') throw new Error('the report is not full');
    return report.items;
  }

  /** Ends the server as an editor does, and answers with its exit code. */
  async stop(): Promise<number | null> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    return this.ended();
  }

  /** The exit code, once the process has ended. */
  async ended(): Promise<number | null> {
    const { exitCode } = this.process;
    const code = exitCode ?? (await new Promise<number | null>((done) => this.process.once('exit', done)));
    this.dispose();
    return code;
  }

  dispose(): void {
    this.connection.dispose();
    this.process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private listen(): void {
    const { connection } = this;
    connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.pushed.push(params);
    });
    connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.logged.push(message);
    });
    connection.onNotification('airlock/status', (status: (typeof this.statuses)[number]) => {
      this.statuses.push(status);
    });
    connection.onRequest('workspace/configuration', ({ items }) =>
      items.map(() => ({ preview: true, ...(this.settings as object) })),
    );
    connection.onRequest('client/registerCapability', () => null);
    connection.onRequest('window/workDoneProgress/create', () => null);
    connection.onRequest('workspace/diagnostic/refresh', () => {
      this.refreshes++;
      return null;
    });
    connection.onError(() => undefined);
    connection.listen();
  }
}

/** Waits until `look` gives something. */
export async function until<T>(
  awaited: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${awaited}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

function writeInto(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
