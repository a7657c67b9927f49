import { describe, expect, it } from 'vitest';
import { airlock, folderWith } from './command';

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
    expect(summary.stdout).toContain('called by the module');
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
