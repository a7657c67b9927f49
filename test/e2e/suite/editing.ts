// What the tests do with documents: open a file of the workspace, wait for its findings, edit it.

import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import * as vscode from 'vscode';

const patienceMs = 20_000;

/** Opens a file of the workspace in an editor. */
export async function openFile(name: string): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the workspace is open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(join(folder.uri.fsPath, name)));
  return vscode.window.showTextDocument(document);
}

/** Waits until `look` gives something, and says what was awaited when it does not. */
export async function until<T>(
  awaited: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${awaited}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The rule of a diagnostic. */
export function ruleOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

/** Airlock's findings of one rule in a document, now. */
export function findings(document: vscode.TextDocument, rule: string): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri).filter((diagnostic) => ruleOf(diagnostic) === rule);
}

/** Waits for the first finding of a rule in a document. */
export function firstFinding(document: vscode.TextDocument, rule: string): Promise<vscode.Diagnostic> {
  return until(`${rule} in ${document.fileName}`, () => findings(document, rule)[0]);
}

/** Waits until a document has no finding of a rule. */
export async function noFinding(document: vscode.TextDocument, rule: string): Promise<void> {
  await until(`no ${rule} in ${document.fileName}`, () =>
    findings(document, rule).length === 0 ? true : undefined,
  );
}

/** The text that a diagnostic marks. */
export function marked(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): string {
  return document.getText(diagnostic.range);
}

/** Replaces the first occurrence of a text in a document, unsaved. */
export async function replaceText(editor: vscode.TextEditor, from: string, to: string): Promise<void> {
  const at = editor.document.getText().indexOf(from);
  assert.notEqual(at, -1, `${from} is in the document`);
  const range = new vscode.Range(
    editor.document.positionAt(at),
    editor.document.positionAt(at + from.length),
  );
  assert.ok(await editor.edit((edit) => edit.replace(range, to)));
}

/** Discards what a test changed. */
export async function discardChanges(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}

/** Quick fixes at a diagnostic, resolved. */
export async function quickFixesAt(
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    diagnostic.range,
    vscode.CodeActionKind.QuickFix.value,
    20,
  );
}
