// Code actions: the fixes of the findings under the cursor, silencing one with a reason, and all safe fixes of a
// document at once. Edits are made when an action is chosen, where the client can wait for them.

import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Diagnostic,
  type Range,
} from 'vscode-languageserver';
import type { Finding } from '../rules/finding';
import type { OpenDocument } from './documents';
import { type ActionData, editOf } from './edits';
import { fixAllKind } from './features';
import { type Findings, isShown } from './findings';
import { responseTo, type Session } from './session';
import { placeSuppression } from './suppression-edit';

/** Answers `textDocument/codeAction` and `codeAction/resolve`. */
export function registerCodeActions(session: Session, findings: Findings): void {
  const { connection, documents, uris, features } = session;
  connection.onCodeAction(async (params, token) => {
    try {
      const document = documents.get(uris.keyOf(params.textDocument.uri));
      if (!document || !isShown(session, document)) return [];
      const { findings: found } = await findings.soon(document, token);
      const actions = actionsFor(session, document, found, params);
      if (features.resolvesEdits) return actions;
      return await Promise.all(actions.map((action) => resolve(session, action)));
    } catch (error) {
      throw responseTo(error);
    }
  });
  if (!features.resolvesEdits) return;
  connection.onCodeActionResolve(async (action) => {
    try {
      return await resolve(session, action);
    } catch (error) {
      throw responseTo(error);
    }
  });
}

async function resolve(session: Session, action: CodeAction): Promise<CodeAction> {
  if (action.edit || !isActionData(action.data)) return action;
  const edit = await editOf(session, action.data);
  if (edit) return { ...action, edit };
  return { ...action, disabled: { reason: 'The document has changed: ask for the fixes again.' } };
}

function actionsFor(
  session: Session,
  document: OpenDocument,
  found: readonly Finding[],
  { range, context }: CodeActionParams,
): CodeAction[] {
  const wants = (kind: string): boolean =>
    !context.only || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
  const actions: CodeAction[] = [];
  const under = found.filter((finding) => onSameLines(finding.location.range, range));
  if (wants(CodeActionKind.QuickFix)) {
    for (const finding of under) {
      const diagnostics = context.diagnostics.filter((diagnostic) => shows(diagnostic, finding));
      actions.push(...fixesOf(document, finding, diagnostics));
    }
    for (const finding of under) {
      const diagnostics = context.diagnostics.filter((diagnostic) => shows(diagnostic, finding));
      actions.push(suppressionOf(session, document, finding, diagnostics));
    }
  }
  // Only on request: on every line, it would be noise in the list of quick fixes.
  if (context.only && wants(fixAllKind) && found.some(({ fixes }) => fixes.some(({ safe }) => safe))) {
    const data: ActionData = { action: 'fix-all', key: document.key, version: document.version };
    actions.push({ title: 'Apply all safe fixes of Airlock', kind: fixAllKind, data });
  }
  return actions;
}

function fixesOf(document: OpenDocument, finding: Finding, diagnostics: Diagnostic[]): CodeAction[] {
  return finding.fixes.map(({ title, safe }, index) => {
    const data: ActionData = {
      action: 'fix',
      key: document.key,
      version: document.version,
      fingerprint: finding.fingerprint,
      index,
    };
    return { title, kind: CodeActionKind.QuickFix, diagnostics, isPreferred: safe && index === 0, data };
  });
}

function suppressionOf(
  session: Session,
  document: OpenDocument,
  finding: Finding,
  diagnostics: Diagnostic[],
): CodeAction {
  const { line, character, text } = placeSuppression(
    document.text,
    finding.location.range.start.line,
    finding.rule,
  );
  const at = { line, character };
  const range = { start: at, end: at };
  const action: CodeAction = {
    title: `Ignore ${finding.rule} here, with a reason`,
    kind: CodeActionKind.QuickFix,
    diagnostics,
  };
  if (session.features.snippetEdits) {
    const snippet = { kind: 'snippet' as const, value: `${escapeSnippet(text)}\${1:reason}$0` };
    const textDocument = { uri: document.uri, version: document.version };
    action.edit = { documentChanges: [{ textDocument, edits: [{ range, snippet }] }] };
  } else {
    // Without a place to type into, the missing reason is left for the user: a finding asks for it.
    action.edit = { changes: { [document.uri]: [{ range, newText: text.trimEnd() }] } };
  }
  return action;
}

function shows(diagnostic: Diagnostic, finding: Finding): boolean {
  const data = diagnostic.data as { readonly fingerprint?: unknown } | undefined;
  if (typeof data?.fingerprint === 'string') return data.fingerprint === finding.fingerprint;
  const { start, end } = diagnostic.range;
  const other = finding.location.range;
  return diagnostic.code === finding.rule && before(start, other.start) === 0 && before(end, other.end) === 0;
}

/** Whole lines count, so that a fix is offered wherever on the line the cursor is. */
function onSameLines(one: Range, other: Range): boolean {
  return one.start.line <= other.end.line && other.start.line <= one.end.line;
}

function before(one: Range['start'], other: Range['start']): number {
  return one.line - other.line || one.character - other.character;
}

function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

function isActionData(data: unknown): data is ActionData {
  const action = (data as ActionData | undefined)?.action;
  return action === 'fix' || action === 'fix-all';
}
