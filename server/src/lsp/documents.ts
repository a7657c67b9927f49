// The documents open in the editor: their text as the editor has it, whatever the disk says, kept by incremental
// changes. Decides nothing about what happens with them: listeners are told of each step, in order.

import type { Connection, Position } from 'vscode-languageserver';
import type { TextEdit } from '../text/span';
import type { UriTable } from './uris';

/** An open document. */
export interface OpenDocument {
  readonly uri: string;
  readonly key: string;
  /** The editor's version; changes with every edit. */
  version: number;
  text: string;
  /** False from an edit to the next save. */
  saved: boolean;
}

/** Told of what happens to documents. */
export interface DocumentListener {
  opened(document: OpenDocument): void;
  /** `edits` is null when the whole text was replaced. They apply one after the other. */
  changed(document: OpenDocument, edits: readonly TextEdit[] | null): void;
  saved(document: OpenDocument): void;
  closed(document: OpenDocument): void;
}

/** Keeps the open documents of a connection. */
export class Documents {
  private readonly open = new Map<string, OpenDocument>();
  private readonly listeners: DocumentListener[] = [];

  constructor(private readonly uris: UriTable) {}

  get(key: string): OpenDocument | undefined {
    return this.open.get(key);
  }

  all(): readonly OpenDocument[] {
    return [...this.open.values()];
  }

  /** Listeners are called in the order in which they came. */
  listen(listener: DocumentListener): void {
    this.listeners.push(listener);
  }

  /** Takes the document notifications of a connection. */
  attach(connection: Connection): void {
    connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
      const document: OpenDocument = { uri, key: this.uris.adopt(uri), version, text, saved: true };
      this.open.set(document.key, document);
      for (const listener of this.listeners) listener.opened(document);
    });
    connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
      const document = this.open.get(this.uris.keyOf(textDocument.uri));
      if (!document) return;
      let edits: TextEdit[] | null = [];
      for (const change of contentChanges) {
        if (!('range' in change)) {
          document.text = change.text;
          edits = null;
          continue;
        }
        const start = offsetAt(document.text, change.range.start);
        const end = Math.max(start, offsetAt(document.text, change.range.end));
        document.text = document.text.slice(0, start) + change.text + document.text.slice(end);
        edits?.push({ start, end, text: change.text });
      }
      document.version = textDocument.version;
      document.saved = false;
      for (const listener of this.listeners) listener.changed(document, edits);
    });
    connection.onDidSaveTextDocument(({ textDocument }) => {
      const document = this.open.get(this.uris.keyOf(textDocument.uri));
      if (!document) return;
      document.saved = true;
      for (const listener of this.listeners) listener.saved(document);
    });
    connection.onDidCloseTextDocument(({ textDocument }) => {
      const key = this.uris.keyOf(textDocument.uri);
      const document = this.open.get(key);
      if (!document) return;
      this.open.delete(key);
      for (const listener of this.listeners) listener.closed(document);
    });
  }
}

/** The UTF-16 offset of a position; positions outside the text or its line count as the nearest inside. */
export function offsetAt(text: string, position: Position): number {
  let start = 0;
  for (let line = 0; line < position.line; line++) {
    start = nextLine(text, start);
    if (start < 0) return text.length;
  }
  return Math.min(start + Math.max(position.character, 0), lineEnd(text, start));
}

/** The offset at which the line that starts at `start` ends, before its line break. */
export function lineEnd(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  const end = newline < 0 ? text.length : newline;
  const carriage = text.slice(start, end).indexOf('\r');
  return carriage < 0 ? end : start + carriage;
}

function nextLine(text: string, start: number): number {
  const end = lineEnd(text, start);
  if (end >= text.length) return -1;
  return text.startsWith('\r\n', end) ? end + 2 : end + 1;
}
