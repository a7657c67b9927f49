// Reviews as documents beside the code: one panel for each file, made anew when the file is saved. A panel runs no
// script and loads nothing; its links are commands that show a place in the editor.

import {
  commands,
  Disposable,
  Position,
  ProgressLocation,
  Range,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { ReviewAnswer } from '../../server/src/lsp/requests';
import { reviewPage } from './review-page';
import { showRule } from './rule-pages';

const openPlace = 'airlock.openPlace';

/** Owns the open reviews. */
export class ReviewPanels implements Disposable {
  private readonly panels = new Map<string, WebviewPanel>();
  private readonly subscriptions: Disposable;

  constructor(private readonly client: BaseLanguageClient) {
    this.subscriptions = Disposable.from(
      commands.registerCommand(openPlace, showPlace),
      workspace.onDidSaveTextDocument(({ uri }) => void this.refresh(uri)),
    );
  }

  /** Shows the review of a file as it is in the editor now. */
  async open(uri: Uri): Promise<void> {
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    const progress = { location: ProgressLocation.Window, title: `Auditing ${name}` };
    const answer = await window.withProgress(progress, () => this.ask(uri));
    const key = uri.toString();
    let panel = this.panels.get(key);
    if (!panel) {
      const title = `Review: ${name}`;
      const column = { viewColumn: ViewColumn.Beside, preserveFocus: true };
      panel = window.createWebviewPanel('airlock.review', title, column, {
        enableScripts: false,
        enableCommandUris: [openPlace, showRule],
        enableFindWidget: true,
        localResourceRoots: [],
      });
      panel.onDidDispose(() => this.panels.delete(key));
      this.panels.set(key, panel);
    } else panel.reveal(undefined, true);
    panel.webview.html = pageOf(answer);
  }

  dispose(): void {
    for (const panel of [...this.panels.values()]) panel.dispose();
    this.subscriptions.dispose();
  }

  private async refresh(uri: Uri): Promise<void> {
    const panel = this.panels.get(uri.toString());
    if (!panel) return;
    try {
      panel.webview.html = pageOf(await this.ask(uri));
    } catch {
      // The last review stays; the server's own log has the reason.
    }
  }

  private ask(uri: Uri): Promise<ReviewAnswer> {
    return this.client.sendRequest('airlock/review', { uri: this.client.code2ProtocolConverter.asUri(uri) });
  }
}

function pageOf({ html }: ReviewAnswer): string {
  return reviewPage(html, (uri, line, column) => {
    const place = encodeURIComponent(JSON.stringify([uri, line, column]));
    return `command:${openPlace}?${place}`;
  });
}

/** Shows a place, line and column from 1, in the editor that has the file already, else in the first column. */
async function showPlace(uri: unknown, line: unknown, column: unknown): Promise<void> {
  if (typeof uri !== 'string' || typeof line !== 'number' || typeof column !== 'number') return;
  const target = Uri.parse(uri);
  const shown = window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === target.toString(),
  );
  const at = new Position(line - 1, column - 1);
  const selection = new Range(at, at);
  const editor = await window.showTextDocument(target, {
    viewColumn: shown?.viewColumn ?? ViewColumn.One,
    selection,
  });
  editor.revealRange(selection, TextEditorRevealType.InCenterIfOutsideViewport);
}
