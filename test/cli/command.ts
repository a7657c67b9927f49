// Runs the built command as a process of its own, in a folder of its own.

import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** How a run ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run, where it differs from a plain run. */
export interface RunOptions {
  readonly bundle?: string;
  readonly uid?: number;
  /** Ask only the rules that run by default. */
  readonly withoutPreview?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** Close the reader's end of standard output after the first data. */
  readonly leaveEarly?: boolean;
}

/** The bundle under test. */
export const bundle = join(__dirname, '../../dist/cli.js');

/** Where nothing can be kept: tests know nothing of earlier runs, and leave nothing to later ones. */
const noCache = { XDG_CACHE_HOME: devNull, LOCALAPPDATA: devNull };

/** A new folder with these files, gone after the test. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'airlock-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Audits run with the rules in preview: the tests' defects are some of theirs. `bare` leaves them out. */
function withPreview([command, ...rest]: readonly string[], bare: boolean): readonly string[] {
  return command === 'audit' && !bare ? [command, '--preview', ...rest] : [command!, ...rest].filter(Boolean);
}

/** Runs `airlock` with these arguments in the folder. */
export function airlock(folder: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [options.bundle ?? bundle, ...withPreview(args, options.withoutPreview === true)],
      {
        cwd: folder,
        uid: options.uid,
        env: { ...process.env, ...noCache, ...options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
      if (options.leaveEarly) child.stdout.destroy();
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** A class whose last method forgets the lock that all others take. `before` comes before the access on its line. */
export function racyClass(before = '', name = 'Inventory'): string {
  return `import threading


class ${name}:
    def __init__(self):
        self._lock = threading.Lock()
        self._stock = {}
        threading.Thread(target=self.restock).start()

    def add(self, item):
        with self._lock:
            self._stock[item] = 1

    def take(self, item):
        with self._lock:
            return self._stock.pop(item)

    def count(self):
        with self._lock:
            return len(self._stock)

    def restock(self):
        ${before}self._stock['item'] += 7


def run(shared: ${name}):
    threading.Thread(target=shared.add, args=['item']).start()
    shared.take('item')
`;
}

/** A password hashed with MD5: a finding of a rule in preview, and of no other. */
export const weakHash = `import hashlib


def store(database, name, password):
    digest = hashlib.md5(password.encode()).hexdigest()
    database.save(name, digest)
`;

/** The line and column of the access without the lock in `racyClass()`, from 1. */
export const racyPlace = '23:9';
