// Packed code kept on disk between runs, in the platform's folder for caches: one file for each source, named by a
// hash of its bytes and of the program that compiles. What cannot be read or written is as if there were no cache.
// Keeps nothing but what a packed file holds, readable by its owner only.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { PackedStore } from '../../project/preparation';
import { PACK_VERSION } from '../../syntax/pack';

/** Where the cache lies and how large it may grow. */
export interface PackedCacheOptions {
  readonly folder: string;
  /** Files whose content decides what a source is compiled to. */
  readonly compilers: readonly string[];
  /** In bytes. */
  readonly limit?: number;
}

const defaultLimit = 256 * 2 ** 20;
/** After so many new bytes of one run the whole is measured. */
const measureEvery = 8 * 2 ** 20;
/** And with one key of some thousand, so that many short runs have a limit too. */
const measuringKey = /^00[0-3]/;
/** Part of the limit that is left when it was passed. */
const keptPart = 0.75;

/** The folder for what Airlock keeps between runs; undefined when this user has no place for such things. */
export function cacheFolder(environment = process.env, platform = process.platform): string | undefined {
  const named = (name: string): string | undefined => {
    const value = environment[name];
    return value !== undefined && isAbsolute(value) ? value : undefined;
  };
  const home = named(platform === 'win32' ? 'USERPROFILE' : 'HOME') ?? safeHome();
  if (platform === 'win32') {
    const local = named('LOCALAPPDATA') ?? (home && join(home, 'AppData', 'Local'));
    return local && join(local, 'airlock', 'Cache');
  }
  if (platform === 'darwin') return home && join(home, 'Library', 'Caches', 'airlock');
  const base = named('XDG_CACHE_HOME') ?? (home && join(home, '.cache'));
  return base && join(base, 'airlock');
}

function safeHome(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

/** The kept packed files of one machine. */
export class PackedCache implements PackedStore {
  private identity: string | undefined;
  private writable = true;
  private written = 0;
  private writes = 0;
  /** All that is still being written. */
  private pending: Promise<void> = Promise.resolve();

  constructor(private readonly options: PackedCacheOptions) {}

  keyOf(bytes: Uint8Array): string | undefined {
    this.identity ??= identityOf(this.options.compilers);
    if (this.identity === '') return undefined;
    return createHash('sha256').update(this.identity).update(bytes).digest('hex').slice(0, 40);
  }

  async load(key: string): Promise<Uint8Array | undefined> {
    try {
      // A copy of its own: small reads share one buffer, all of which would go to the engine.
      return new Uint8Array(await readFile(this.pathOf(key)));
    } catch {
      return undefined;
    }
  }

  save(key: string, packed: Uint8Array): void {
    if (!this.writable) return;
    const writing = this.write(key, packed);
    this.pending = Promise.all([this.pending, writing]).then(() => undefined);
  }

  /** Settles when all that was saved is on disk. Never rejects. */
  async settle(): Promise<void> {
    for (let last: Promise<void> | undefined; last !== this.pending; ) {
      last = this.pending;
      await last;
    }
  }

  private pathOf(key: string): string {
    return join(this.options.folder, 'compiled', key.slice(0, 2), key.slice(2));
  }

  private async write(key: string, packed: Uint8Array): Promise<void> {
    const path = this.pathOf(key);
    const draft = `${path}.${process.pid}-${this.writes++}`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(draft, packed, { mode: 0o600 });
      await rename(draft, path);
    } catch {
      this.writable = false;
      await rm(draft, { force: true }).catch(() => undefined);
      return;
    }
    this.written += packed.length;
    if (this.written < measureEvery && !measuringKey.test(key)) return;
    this.written = 0;
    await this.prune();
  }

  /** Takes the oldest away when all together are too large. */
  private async prune(): Promise<void> {
    const limit = this.options.limit ?? defaultLimit;
    const entries = await listEntries(join(this.options.folder, 'compiled'));
    let total = entries.reduce((sum, { size }) => sum + size, 0);
    if (total <= limit) return;
    entries.sort((one, other) => one.age - other.age || (one.path < other.path ? -1 : 1));
    for (const { path, size } of entries) {
      if (total <= limit * keptPart) return;
      await rm(path, { force: true }).catch(() => undefined);
      total -= size;
    }
  }
}

async function listEntries(folder: string): Promise<{ path: string; size: number; age: number }[]> {
  const found: { path: string; size: number; age: number }[] = [];
  for (const shard of await readdir(folder).catch(() => [])) {
    for (const name of await readdir(join(folder, shard)).catch(() => [])) {
      const path = join(folder, shard, name);
      const facts = await stat(path).catch(() => undefined);
      if (facts?.isFile()) found.push({ path, size: facts.size, age: facts.mtimeMs });
    }
  }
  return found;
}

/** Tells one state of the program from every other; '' when it cannot be read. */
function identityOf(compilers: readonly string[]): string {
  const hash = createHash('sha256').update(`pack ${PACK_VERSION}`);
  try {
    for (const path of compilers) hash.update(readFileSync(path));
  } catch {
    return '';
  }
  return hash.digest('hex');
}
