// The requests and notifications that Airlock adds to the protocol. The client imports the types alone.

import type { AuditResult, Review } from '../project/protocol';

/** What a client may say when it starts the server. */
export interface InitializationOptions {
  /** The values below `airlock`, for clients that cannot be asked for them. */
  readonly settings?: unknown;
  /** The client answers `airlock/listFiles` and `airlock/readFile`. */
  readonly servesFiles?: unknown;
  /** The client's own address of the page of a rule: a URI with `{rule}` in it. */
  readonly rulePages?: unknown;
}

/** `airlock/review`: the audit of one open document or file. */
export interface ReviewRequest {
  readonly uri: string;
}

/** The review as data and as documents. Links lead to the client's URIs with `#L<line>,<column>`. */
export interface ReviewAnswer {
  readonly review: Review;
  readonly markdown: string;
  /** The content of a page's body; no script, no style. */
  readonly html: string;
}

/** `airlock/auditWorkspace`: audits all folders; from then on the findings of all files are shown. */
export interface AuditWorkspaceAnswer {
  readonly fileCount: number;
  readonly lineCount: number;
  readonly findingCount: number;
  /** How many rules were not asked because they are in preview, where nobody decided so; 0 else. */
  readonly notAsked: number;
  /** Folders that were left out because `airlock.enable` is false there. */
  readonly disabledFolders: number;
  readonly folders: number;
  readonly skipped: AuditResult['skipped'];
}

/** `airlock/status`: what the server is doing, and its last answer. */
export interface StatusNotification {
  readonly state: 'idle' | 'busy' | 'warning';
  /** One sentence for the user. */
  readonly text: string;
  /** Files that the engine knows. */
  readonly files: number;
  /** Milliseconds that the last answer took, if there was one. */
  readonly ms: number | null;
  /** Whole sentences on what needs attention: configuration problems, files set aside. */
  readonly problems: readonly string[];
}

/** `airlock/listFiles`: asked of clients that serve files. Answers with URIs. */
export interface ListFilesRequest {
  readonly folder: string;
}

/** `airlock/readFile`: asked of clients that serve files; `dist:<name>` and `dist:rules/<name>` are the extension's own. */
export interface ReadFileRequest {
  readonly uri: string;
}

/** The content of a file in base64, or why there is none. */
export type ReadFileAnswer = { readonly base64: string } | { readonly reason: string };

/** `workspace/executeCommand`: the review of the file with the URI in the first argument, as Markdown. */
export const reviewCommand = 'airlock.review';

/** The names on the wire. */
export const methods = {
  review: 'airlock/review',
  auditWorkspace: 'airlock/auditWorkspace',
  status: 'airlock/status',
  listFiles: 'airlock/listFiles',
  readFile: 'airlock/readFile',
} as const;
