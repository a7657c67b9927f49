// The baseline: what was there at the start is not told again, what is new is, and what was mended goes.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { airlock, folderWith, racyClass } from './command';

it('leaves out what was there, tells what is new, and forgets what was mended', async () => {
  const folder = folderWith({
    'airlock.toml': 'preview = true\n',
    'old/inventory.py': racyClass(),
    'old/more.py': racyClass('', 'More'),
  });
  const baseline = () => JSON.parse(readFileSync(join(folder, 'airlock-baseline.json'), 'utf8')).findings;
  const written = await airlock(folder, ['baseline', '.']);
  expect(written).toMatchObject({ code: 0, stderr: '' });
  expect(written.stdout).toContain('Wrote airlock-baseline.json: 2 findings in 2 files');
  expect(Object.keys(baseline())).toEqual(['old/inventory.py', 'old/more.py']);

  const quiet = await airlock(folder, ['audit', '.']);
  expect(quiet.code).toBe(0);
  expect(quiet.stdout).toContain('The baseline leaves out 2 known findings.\n');
  expect((await airlock(folder, ['audit', '--no-baseline', '.'])).stdout).toContain('2 findings in 2 files');
  const json = await airlock(folder, ['audit', '.', '--format', 'json']);
  expect(JSON.parse(json.stdout).summary).toMatchObject({ findings: 0, known: 2 });
  const review = await airlock(folder, ['audit', '--review', 'old/more.py']);
  expect(review.stdout).toContain('field-without-its-lock');

  // Moved lines are known, a new defect is not.
  writeFileSync(join(folder, 'old/inventory.py'), `# moved\n\n${racyClass()}`);
  writeFileSync(join(folder, 'fresh.py'), racyClass('', 'Fresh'));
  const fresh = await airlock(folder, ['audit', 'old', 'fresh.py']);
  expect(fresh.code).toBe(1);
  expect(fresh.stdout).toMatch(/^fresh\.py/);
  expect(fresh.stdout).toContain('1 finding in 1 file.');

  // Only what was looked at is written anew, and what is gone is dropped.
  rmSync(join(folder, 'old/more.py'));
  await airlock(folder, ['baseline', 'fresh.py']);
  expect(Object.keys(baseline())).toEqual(['fresh.py', 'old/inventory.py']);
  writeFileSync(join(folder, 'old/inventory.py'), 'x = 1\n');
  await airlock(folder, ['baseline', '.']);
  expect(Object.keys(baseline())).toEqual(['fresh.py']);
});

it.each([
  ['no JSON', '{', 'This baseline is not valid JSON.'],
  ['another form', '{"version": 7}', 'This baseline has not the form'],
])('refuses a baseline that is %s, which can be written anew', async (_, text, words) => {
  const folder = folderWith({ 'a.py': 'x = 1\n', 'airlock-baseline.json': text });
  const { code, stderr } = await airlock(folder, ['audit', '.']);
  expect(code).toBe(2);
  expect(stderr).toContain(`airlock: airlock-baseline.json: ${words}`);
  expect((await airlock(folder, ['baseline', '.'])).code).toBe(0);
  expect((await airlock(folder, ['audit', '.'])).code).toBe(0);
});
