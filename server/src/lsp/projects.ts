// The projects of the workspace: one for each workspace folder, one for all files outside. Decides which project a
// file belongs to, and keeps the engines in step with the open documents.

import type { Connection, WorkspaceFolder } from 'vscode-languageserver';
import { relativeKey } from '../host/paths';
import type { Supervisor } from '../project/supervisor';
import type { TextEdit } from '../text/span';
import type { DocumentListener, Documents, OpenDocument } from './documents';
import { Project } from './project';
import { inBackground } from './session';
import type { UriTable } from './uris';

/** What the projects need from the rest of the server. */
export interface ProjectServices {
  readonly connection: Connection;
  readonly uris: UriTable;
  readonly documents: Documents;
  readonly createEngine: () => Supervisor;
  /** Reads settings and starts the index of a project that was asked for the first time. Never rejects. */
  readonly open: (project: Project) => Promise<void>;
  /** Gives the engine the file as it is on disk now, or takes it away. */
  readonly reload: (project: Project, key: string) => Promise<void>;
}

/** All projects of a server. */
export class Projects implements DocumentListener {
  private readonly folders = new Map<string, Project>();
  private loose: Project | undefined;

  constructor(private readonly services: ProjectServices) {}

  all(): readonly Project[] {
    return this.loose ? [...this.folders.values(), this.loose] : [...this.folders.values()];
  }

  /** The project of the innermost workspace folder that holds the file. */
  of(key: string): Project {
    let best: Project | undefined;
    for (const project of this.folders.values()) {
      const root = project.root as string;
      if (relativeKey(root, key) === null) continue;
      if (!best || root.length > (best.root as string).length) best = project;
    }
    if (best) return best;
    this.loose ??= this.create(null);
    return this.loose;
  }

  /** Takes the workspace folders as the client names them; documents move to their new projects. */
  changeFolders(added: readonly WorkspaceFolder[], removed: readonly WorkspaceFolder[]): void {
    const { documents, uris } = this.services;
    const before = new Map(documents.all().map((document) => [document.key, this.of(document.key)]));
    for (const { uri } of removed) {
      const root = rootOf(uris.keyOf(uri));
      this.folders.get(root)?.dispose();
      this.folders.delete(root);
    }
    for (const { uri } of added) {
      const root = rootOf(uris.keyOf(uri));
      if (!this.folders.has(root)) this.folders.set(root, this.create(root));
    }
    for (const document of documents.all()) {
      const old = before.get(document.key);
      if (old === this.of(document.key)) continue;
      if (old && this.all().includes(old)) this.watch('moving', old.removeFiles([document.key]));
      this.opened(document);
    }
  }

  opened({ key, text }: OpenDocument): void {
    this.watch('opening', this.of(key).setFiles([{ path: key, text }]));
  }

  changed(document: OpenDocument, edits: readonly TextEdit[] | null): void {
    if (edits === null) {
      this.opened(document);
      return;
    }
    const project = this.of(document.key);
    project.generation++;
    this.watch('editing', project.call('editFile', { path: document.key, edits }).result);
  }

  saved(document: OpenDocument): void {
    // A file that broke the engine gets another chance when it is saved, not with every key.
    if (this.of(document.key).setAside.has(document.key)) this.opened(document);
  }

  closed({ key }: OpenDocument): void {
    this.watch('closing', this.services.reload(this.of(key), key));
  }

  dispose(): void {
    for (const project of this.all()) project.dispose();
  }

  private create(root: string | null): Project {
    return new Project(root, this.services.createEngine(), this.services.open);
  }

  private watch(what: string, work: Promise<unknown>): void {
    inBackground(this.services.connection, `While ${what} a document`, work);
  }
}

/** The key of a folder without its last slash, but with the one that is a path of its own. */
function rootOf(key: string): string {
  const isTop = /^(\/|[a-z]:\/|[a-z][a-z0-9+.-]+:\/\/[^/]*\/)$/.test(key);
  return key.endsWith('/') && !isTop ? key.slice(0, -1) : key;
}
