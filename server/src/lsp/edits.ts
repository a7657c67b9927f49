// The workspace edit behind a chosen action. Only for the version of the document that the action was offered
// for: an edit at moved offsets would be damage.

import type { TextEdit as ProtocolEdit, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver';
import { decodePython } from '../project/decode';
import type { FileEdit } from '../project/protocol';
import type { TextEdit } from '../text/span';
import { positionsOf } from './document-positions';
import type { Session } from './session';

/** What an action remembers until it is chosen. */
export type ActionData =
  | {
      readonly action: 'fix';
      readonly key: string;
      readonly version: number;
      readonly fingerprint: string;
      readonly index: number;
    }
  | { readonly action: 'fix-all'; readonly key: string; readonly version: number };

/** The edit of an action, or undefined when the document or its finding is no longer what it was. */
export async function editOf(session: Session, data: ActionData): Promise<WorkspaceEdit | undefined> {
  const document = session.documents.get(data.key);
  if (document?.version !== data.version) return undefined;
  const files = data.action === 'fix' ? await fixEdits(session, data) : await allSafeEdits(session, data.key);
  if (!files || document.version !== data.version) return undefined;
  return workspaceEditOf(session, files);
}

async function fixEdits(session: Session, data: Extract<ActionData, { action: 'fix' }>) {
  const { key, fingerprint, index } = data;
  return await session.projects.of(key).call('fix', { path: key, fingerprint, index }).result;
}

/** The first safe fix of each finding of one file; a fix that overlaps an earlier one or leaves the file waits. */
async function allSafeEdits(session: Session, key: string): Promise<readonly FileEdit[]> {
  const project = session.projects.of(key);
  const { findings } = await project.call('findings', { path: key }).result;
  let edits: readonly TextEdit[] = [];
  for (const { fingerprint, fixes } of findings) {
    const index = fixes.findIndex(({ safe }) => safe);
    if (index < 0) continue;
    const files = await project.call('fix', { path: key, fingerprint, index }).result;
    if (files?.length !== 1 || files[0].path !== key) continue;
    const added = files[0].edits;
    const equal = (one: TextEdit, other: TextEdit): boolean =>
      one.start === other.start && one.end === other.end && one.text === other.text;
    const fresh = added.filter((edit) => !edits.some((other) => equal(edit, other)));
    const clash = fresh.some((edit) =>
      edits.some((other) => edit.start <= other.end && other.start <= edit.end),
    );
    if (!clash) edits = [...edits, ...fresh].sort((one, other) => one.start - other.start);
  }
  return [{ path: key, edits }];
}

async function workspaceEditOf(
  session: Session,
  files: readonly FileEdit[],
): Promise<WorkspaceEdit | undefined> {
  const changes: TextDocumentEdit[] = [];
  for (const { path, edits } of files) {
    const document = session.documents.get(path);
    const text = document?.text ?? (await textOnDisk(session, path));
    if (text === undefined) return undefined;
    const positionAt = positionsOf(text);
    const protocolEdits: ProtocolEdit[] = edits.map(({ start, end, text: newText }) => ({
      range: { start: positionAt(start), end: positionAt(end) },
      newText,
    }));
    const textDocument = { uri: session.uris.uriOf(path), version: document?.version ?? null };
    changes.push({ textDocument, edits: protocolEdits });
  }
  if (session.features.versionedEdits) return { documentChanges: changes };
  const byUri = changes.map(
    ({ textDocument, edits }) => [textDocument.uri, edits as ProtocolEdit[]] as const,
  );
  return { changes: Object.fromEntries(byUri) };
}

async function textOnDisk(session: Session, path: string): Promise<string | undefined> {
  const { maxFileSize } = session.projects.of(path).settings.engine;
  const read = await session.host.readFile(path, maxFileSize);
  if (!('bytes' in read)) return undefined;
  const decoded = decodePython(read.bytes);
  return 'text' in decoded ? decoded.text : undefined;
}
