// The npm package as somebody installs it: packed, installed elsewhere, run by its name.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith, racyClass } from './command';

function npm(folder: string, args: readonly string[]): string {
  const quiet = ['--ignore-scripts', '--offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, stdout, stderr } = spawnSync('npm', [...args, ...quiet], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

it('holds what it needs and nothing else, and shows the pages of the rules', { timeout: 120_000 }, () => {
  const folder = folderWith({ 'package.json': '{ "private": true }', 'app/inventory.py': racyClass() });
  const root = join(__dirname, '../..');
  const [{ filename, files }] = JSON.parse(npm(root, ['pack', '--json', '--pack-destination', folder]));
  const names: string[] = files.map(({ path }: { path: string }) => path);
  expect(names.filter((name) => !/^(dist|server\/bin)\//.test(name)).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'package.json',
  ]);
  expect(names.filter((name) => /client|web\.js|\.map$/.test(name))).toEqual([]);
  npm(folder, ['install', join(folder, filename)]);

  const command = join(folder, 'node_modules', 'airlock', 'server', 'bin', 'airlock.js');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: 'utf8' });
  const page = run('rule', 'field-without-its-lock');
  expect(page.status).toBe(0);
  expect(page.stdout).toMatch(/^# field-without-its-lock\n[\s\S]*## How to fix\n/);
  expect(page.stdout).not.toMatch(/# finding|file=/);
  expect(run('audit', '--preview', 'app').stdout).toContain('1 finding in 1 file.');
  const sarif = JSON.parse(run('audit', '--preview', 'app', '--format', 'sarif').stdout);
  const rule = sarif.runs[0].tool.driver.rules.find(
    ({ id }: { id: string }) => id === 'field-without-its-lock',
  );
  expect(rule.help.markdown).toContain('**How to fix.**');
});
