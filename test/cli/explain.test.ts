import { describe, expect, it } from 'vitest';
import { airlock, folderWith, racyClass, racyPlace, weakHash } from './command';

const source = `import threading


class Jobs:
    def __init__(self):
        self._lock = threading.Lock()
        self._jobs = []

    def add(self, job):
        with self._lock:
            self._jobs.append(job)
`;

describe('airlock explain', () => {
  it('prints what is known of the function around a line', async () => {
    const folder = folderWith({ 'jobs.py': source, 'use.py': 'from jobs import Jobs\nJobs().add(1)\n' });
    const locks = await airlock(folder, ['explain', 'jobs.py:11', '--dump', 'locks']);
    expect(locks).toMatchObject({ code: 0, stderr: '' });
    expect(locks.stdout).toBe(
      'locks of Jobs.add, line 9\n  entered with nothing\n  11: holds self._lock\n  self._lock: one for each object, thread\n',
    );
    const summary = await airlock(folder, ['explain', 'jobs.py:9']);
    expect(summary.stdout).toMatch(/^No finding on this line\.\n\nsummary of Jobs\.add, line 9\n/);
    expect(summary.stdout).toContain('called by the module');
  });

  it('names first what was found at the line, with the path, also where it starts elsewhere', async () => {
    const folder = folderWith({ 'stock.py': racyClass() });
    const audit = await airlock(folder, ['audit', '.']);
    const finding = audit.stdout.slice(0, audit.stdout.indexOf('\n\n'));
    expect(finding).toMatch(
      new RegExp(`^stock\\.py:${racyPlace} warning field-without-its-lock .*\n {4}stock`),
    );
    const here = await airlock(folder, ['explain', 'stock.py:23']);
    expect(here).toMatchObject({ code: 0, stderr: '' });
    expect(
      here.stdout.startsWith(`1 finding on this line:\n${finding}\n\nsummary of Inventory.restock`),
    ).toBe(true);
    const step = Number(/^ {4}stock\.py:(\d+)/m.exec(finding)![1]);
    const there = await airlock(folder, ['explain', `stock.py:${step}`]);
    expect(there.stdout.startsWith(`1 finding elsewhere that names this line:\n${finding}\n`)).toBe(true);
  });

  it('names what audits leave out, and what a comment silences', async () => {
    const folder = folderWith({
      'setup.py': '',
      'app/accounts.py': weakHash,
      'app/stock.py': racyClass().replace(
        '+= 7',
        '+= 7  # airlock: ignore[field-without-its-lock] set up first',
      ),
    });
    const inPreview = await airlock(folder, ['explain', 'app/accounts.py:5']);
    expect(inPreview.stdout).toMatch(
      /^1 finding on this line:\napp\/accounts\.py:5:26 \w+ weak-hash \(preview\) /,
    );
    const silenced = await airlock(folder, ['explain', 'app/stock.py:23']);
    expect(silenced.stdout).toMatch(
      /^1 finding on this line that a comment silences:\napp\/stock\.py:23:9 warning field-without-its-lock /,
    );
  });

  it('says what is wrong with its argument', async () => {
    const folder = folderWith({ 'jobs.py': source });
    expect(await airlock(folder, ['explain', 'jobs.py'])).toMatchObject({
      code: 2,
      stderr: 'airlock: jobs.py names no line; write it as FILE:LINE, lines from 1\n',
    });
    expect(await airlock(folder, ['explain', '.:3'])).toMatchObject({
      code: 2,
      stderr: 'airlock: . is a folder; name a file in it\n',
    });
    expect((await airlock(folder, ['explain', 'none.py:3'])).code).toBe(2);
    expect(await airlock(folder, ['explain', 'jobs.py:99'])).toMatchObject({
      code: 2,
      stderr: 'airlock: jobs.py has no line 99; it ends before\n',
    });
  });
});
