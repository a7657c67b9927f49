// What is done for files before the engine's thread takes them: their packed code is looked up among kept ones or
// compiled by helpers. Adds to a file or leaves it as it is, and never fails: what is not prepared here, the engine
// compiles itself, so that its answers are the same either way. Knows neither disks nor threads.

import { bytesOfFile } from '../syntax/packed-bytes';
import type { PythonParser } from '../syntax/parser';
import type { CompilePool } from './compile-pool';
import { decodePython } from './decode';
import type { SharedCompiling, SharedFiles } from './shared-compiling';
import type { GivenFile } from './sources';

/** Packed code kept from earlier runs. Never rejects. */
export interface PackedStore {
  /** The name under which the packed code of these bytes is kept; undefined when nothing can be kept. */
  keyOf(bytes: Uint8Array): string | undefined;
  load(key: string): Promise<Uint8Array | undefined>;
  save(key: string, packed: Uint8Array): void;
}

/** What the user may choose. */
export interface PreparationChoice {
  /** How many helpers may compile at once; 0 leaves it to the host. */
  readonly threads: number;
  /** Use what was kept, and keep more. */
  readonly cache: boolean;
}

/** How many files came packed, by where from. */
export interface PreparationCounts {
  readonly cached: number;
  readonly compiled: number;
}

/** Below these numbers of files a helper is not worth its start, with several helpers and with one. */
const fewFiles = 8;
const fewFilesForOne = 40;

/** Prepares files. Owns the helpers: dispose it. */
export class Preparation {
  private cached = 0;
  private compiled = 0;

  constructor(
    private choice: PreparationChoice,
    /** Helpers where nobody chose. */
    private readonly fair: number,
    private readonly pool: CompilePool,
    private readonly store: PackedStore | undefined,
  ) {
    this.choose(choice);
  }

  get counts(): PreparationCounts {
    return { cached: this.cached, compiled: this.compiled };
  }

  /** Takes another choice from the next files on. */
  choose(choice: PreparationChoice): void {
    this.choice = choice;
    this.pool.resize(this.threads);
  }

  /** The same files in the same order, with their packed code where there is any. */
  async prepare(files: readonly GivenFile[]): Promise<readonly GivenFile[]> {
    const { store, keys, found } = await this.lookUp(files);
    const missing = files.filter(({ bytes, text }, at) => bytes && text === undefined && !found[at]).length;
    if (!this.isWorthHelpers(missing, store !== undefined)) {
      return files.map((file, at) => withPacked(file, found[at]));
    }
    return Promise.all(
      files.map(async (file, at) => {
        const { bytes, text } = file;
        if (found[at] || !bytes || text !== undefined) return withPacked(file, found[at]);
        const packed = await this.pool.compile(bytes);
        const key = keys[at];
        if (!packed) return file;
        this.compiled++;
        if (key !== undefined) store?.save(key, packed);
        return withPacked(file, packed);
      }),
    );
  }

  /** The same for engines that compile what is missing themselves. */
  async prepareFor(engines: SharedCompiling, files: readonly GivenFile[]): Promise<SharedFiles> {
    const { store, keys, found } = await this.lookUp(files);
    const shared = await engines.compile(
      files.map((file, at) => withPacked(file, found[at])),
      store !== undefined,
    );
    shared.packed.forEach((packed, at) => {
      const key = keys[at];
      if (!packed || key === undefined) return;
      this.compiled++;
      store?.save(key, packed);
    });
    return shared;
  }

  dispose(): void {
    this.pool.dispose();
  }

  private async lookUp(files: readonly GivenFile[]) {
    const store = this.choice.cache ? this.store : undefined;
    const keys = files.map(({ bytes, text }) =>
      bytes && text === undefined ? store?.keyOf(bytes) : undefined,
    );
    const found = await Promise.all(keys.map((key) => (key === undefined ? undefined : store?.load(key))));
    for (const packed of found) if (packed) this.cached++;
    return { store, keys, found };
  }

  private get threads(): number {
    return this.choice.threads || this.fair;
  }

  private isWorthHelpers(missing: number, keeps: boolean): boolean {
    if (this.pool.isRunning) return missing > 0;
    if (this.threads > 1) return missing >= fewFiles;
    return keeps && missing >= fewFilesForOne;
  }
}

/** The packed code of a file's bytes; null for bytes that are not text. */
export function compileBytes(parser: PythonParser, bytes: Uint8Array): Uint8Array | null {
  const decoded = decodePython(bytes);
  return 'reason' in decoded ? null : bytesOfFile(parser.compile(decoded.text));
}

function withPacked(file: GivenFile, packed: Uint8Array | undefined): GivenFile {
  return packed ? { ...file, packed } : file;
}
