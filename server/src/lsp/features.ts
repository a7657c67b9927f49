// What the client can do, digested, and what the server offers it in return.

import {
  type ClientCapabilities,
  CodeActionKind,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { reviewCommand } from './requests';

/** The client's abilities, as far as anything here depends on them. */
export interface ClientFeatures {
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly relatedInformation: boolean;
  /** The code of a diagnostic is shown as a link. */
  readonly linksCodes: boolean;
  readonly resolvesEdits: boolean;
  readonly versionedEdits: boolean;
  readonly snippetEdits: boolean;
  readonly configuration: boolean;
  /** The client tells of changed settings when asked to. */
  readonly settingsChanges: boolean;
  readonly folderChanges: boolean;
  readonly watchesFiles: boolean;
  readonly progress: boolean;
  /** The client answers `airlock/listFiles` and `airlock/readFile` for files that are on no disk. */
  readonly servesFiles: boolean;
}

/** The kind of the action that applies every safe fix of a document. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.airlock`;

/** Digests the capabilities that a client announced. */
export function readFeatures(client: ClientCapabilities, options: unknown): ClientFeatures {
  const { textDocument, workspace, window } = client;
  const edits = workspace?.workspaceEdit;
  const served = (options as { readonly servesFiles?: unknown } | null | undefined)?.servesFiles;
  return {
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    relatedInformation:
      textDocument?.publishDiagnostics?.relatedInformation === true ||
      textDocument?.diagnostic?.relatedInformation === true,
    linksCodes:
      textDocument?.publishDiagnostics?.codeDescriptionSupport === true ||
      textDocument?.diagnostic?.codeDescriptionSupport === true,
    resolvesEdits: textDocument?.codeAction?.resolveSupport?.properties.includes('edit') === true,
    versionedEdits: edits?.documentChanges === true,
    snippetEdits: edits?.documentChanges === true && edits.snippetEditSupport === true,
    configuration: workspace?.configuration === true,
    settingsChanges: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    folderChanges: workspace?.workspaceFolders === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    progress: window?.workDoneProgress === true,
    servesFiles: served === true,
  };
}

/** What the server offers a client with these abilities. */
export function offerCapabilities(features: ClientFeatures): ServerCapabilities {
  return {
    positionEncoding: 'utf-16',
    textDocumentSync: {
      openClose: true,
      change: TextDocumentSyncKind.Incremental,
      save: { includeText: false },
    },
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, fixAllKind],
      resolveProvider: features.resolvesEdits,
    },
    hoverProvider: true,
    // The extension has commands of its own.
    ...(!features.servesFiles && { executeCommandProvider: { commands: [reviewCommand] } }),
    ...(features.pullsDiagnostics && {
      diagnosticProvider: {
        identifier: 'airlock',
        interFileDependencies: true,
        workspaceDiagnostics: true,
      },
    }),
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
}
