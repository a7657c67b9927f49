// What the language server needs of the machine it runs on. One implementation for Node, one for web workers.

import type { FileRead, Listing, ListOptions } from '../host/node/files';
import type { Reread } from '../project/contents';
import type { Supervisor } from '../project/supervisor';

/** Files, an engine and a clock. Keys are canonical paths or the decoded URIs of virtual files. */
export interface ServerHost {
  /** True where two spellings that differ in case name one file. */
  readonly ignoresCase: boolean;
  /** True where there is no disk at all. */
  readonly isWeb: boolean;
  createEngine(reread: Reread, onBreakdown: (reason: string, path: string | undefined) => void): Supervisor;
  listFiles(root: string, options: ListOptions): Promise<Listing>;
  readFile(key: string, maxSize: number): Promise<FileRead>;
  /** The URI of the page of a rule in this installation; undefined where only the client can show it. */
  rulePageAddress(rule: string): string | undefined;
  /** The page of a rule as Markdown, or undefined. Never rejects. */
  readRulePage(rule: string): Promise<string | undefined>;
  /** Milliseconds, for telling how long something took. */
  now(): number;
}
