// The walk over real folders: order, ignore files, links, unreadable folders, and reading with a limit.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listPythonFiles, readFile } from '../../../server/src/host/node/files';
import { keyOfPath } from '../../../server/src/host/paths';

let root = '';

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'airlock-files-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text = ''): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

const inside = (path: string) => keyOfPath(join(root, path));

test('lists Python files only, files before folders, in name order', async () => {
  for (const path of ['b/z.py', 'b/a.py', 'a/x.pyw', 'top.py', 'readme.md', 'a/x.pyc']) write(path);
  const { files, skipped } = await listPythonFiles(root);
  expect(files).toEqual(['top.py', 'a/x.pyw', 'b/a.py', 'b/z.py'].map(inside));
  expect(skipped).toEqual([]);
});

test('leaves out environments, caches and what the settings name, and says so once a folder', async () => {
  write('app.py');
  write('node_modules/p/a.py');
  write('my-env/pyvenv.cfg');
  write('my-env/lib/a.py');
  write('generated/deep/a.py');
  const { files, ignored } = await listPythonFiles(root, {
    exclude: ['/generated'],
  });
  expect(files).toEqual([inside('app.py')]);
  expect(ignored).toEqual([
    { path: inside('generated'), reason: "left out by the setting 'exclude'" },
    { path: inside('node_modules'), reason: 'left out by default' },
    { path: inside('my-env'), reason: 'a virtual environment' },
  ]);
});

test('honours .gitignore files at every level, those above the root too', async () => {
  mkdirSync(join(root, '.git'));
  write('.gitignore', '*.gen.py\n/out/\n');
  write('pkg/.gitignore', '!keep.gen.py\nlocal.py\n');
  for (const path of ['pkg/a.py', 'pkg/b.gen.py', 'pkg/keep.gen.py', 'pkg/local.py', 'out/a.py', 'local.py'])
    write(path);
  expect((await listPythonFiles(root)).files).toEqual(
    ['local.py', 'pkg/a.py', 'pkg/keep.gen.py'].map(inside),
  );
  expect((await listPythonFiles(join(root, 'pkg'))).files).toEqual(
    ['pkg/a.py', 'pkg/keep.gen.py'].map(inside),
  );
  expect((await listPythonFiles(root, { gitignore: false })).files).toHaveLength(6);
});

test('a file given as the root is listed whatever its name and whatever ignores it', async () => {
  const path = write('node_modules/tool');
  expect((await listPythonFiles(path)).files).toEqual([keyOfPath(path)]);
});

test('a root that does not exist is a reason, not a throw', async () => {
  const { files, skipped } = await listPythonFiles(join(root, 'missing'));
  expect(files).toEqual([]);
  expect(skipped).toEqual([{ path: inside('missing'), reason: 'does not exist' }]);
});

test('links: never into folders, once for files, loops and broken ones named', async () => {
  write('real/a.py');
  symlinkSync(join(root, 'real'), join(root, 'again'));
  symlinkSync(root, join(root, 'real', 'up'));
  symlinkSync(join(root, 'real', 'a.py'), join(root, 'same.py'));
  symlinkSync(join(root, 'loop.py'), join(root, 'loop.py'));
  symlinkSync(join(root, 'nowhere'), join(root, 'broken.py'));
  const { files, skipped } = await listPythonFiles(root);
  expect(files).toEqual([inside('real/a.py')]);
  expect(skipped).toEqual([
    { path: inside('again'), reason: 'a link to a folder is not followed' },
    { path: inside('broken.py'), reason: 'does not exist' },
    { path: inside('loop.py'), reason: 'a link that leads back to itself' },
    { path: inside('real/up'), reason: 'a link to a folder is not followed' },
  ]);
});

test.skipIf(process.platform === 'win32')('a pipe with a Python name neither hangs nor is read', async () => {
  execFileSync('mkfifo', [join(root, 'pipe.py')]);
  expect((await listPythonFiles(root)).skipped).toEqual([
    { path: inside('pipe.py'), reason: 'neither a file nor a folder' },
  ]);
  expect(await readFile(join(root, 'pipe.py'), 100)).toEqual({
    reason: 'neither a file nor a folder',
  });
});

test.skipIf(process.platform === 'win32')(
  'a folder without permission is named and the rest is listed',
  async () => {
    write('open/a.py');
    write('closed/a.py');
    chmodSync(root, 0o755);
    chmodSync(join(root, 'closed'), 0);
    // Root reads every folder, so a root user steps down for the walk.
    const user = process.geteuid!();
    if (user === 0) process.seteuid!(65534);
    const { files, skipped } = await listPythonFiles(root).finally(() => user === 0 && process.seteuid!(0));
    chmodSync(join(root, 'closed'), 0o755);
    expect(files).toEqual([inside('open/a.py')]);
    expect(skipped).toEqual([{ path: inside('closed'), reason: 'no permission to read it' }]);
  },
);

test('reading: bytes as they are, a limit, a folder, a missing file', async () => {
  const path = write('a.py', 'x = "é"\r\n');
  const read = await readFile(path, 100);
  expect('bytes' in read && new TextDecoder().decode(read.bytes)).toBe('x = "é"\r\n');
  expect(await readFile(path, 5)).toEqual({
    reason: 'larger than the limit: 10 bytes, at most 5 are read (setting max-file-size)',
  });
  expect(await readFile(root, 5)).toEqual({ reason: 'a folder' });
  expect(await readFile(join(root, 'missing'), 5)).toEqual({
    reason: 'does not exist',
  });
});
