// The lock map as the engine answers it, and declarations that come and go while a file is edited.
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../../server/src/project/engine';
import { defaultSettings } from '../../../server/src/project/settings';
import { parser } from '../flow/example';

const jobs = `import threading

class Jobs:
    def __init__(self):
        self.lock = threading.Lock()
        self.jobs = []

    def add(self, job):
        with self.lock:
            self.jobs.append(job)

    def take(self):
        with self.lock:
            return self.jobs.pop()

    def first(self):
        return self.jobs[0]
`;
const use = `import jobs
lock = jobs.threading.Lock()

def run(queue: jobs.Jobs):
    with queue.lock:
        with lock:
            pass
`;

function engineWith(files: Readonly<Record<string, string>>) {
  const engine = createEngine(parser);
  engine.configure({ settings: { ...defaultSettings, minConfidence: 'low', preview: true } });
  engine.setFiles({ files: Object.entries(files).map(([path, text]) => ({ path, text })) });
  return engine;
}

describe('the lock map of an engine', () => {
  it('tells locks, state and order with their places', () => {
    const map = engineWith({ 'jobs.py': jobs, 'use.py': use }).locks({});
    expect(map.owners.map(({ name, place }) => [place.path, name])).toEqual([
      ['jobs.py', 'Jobs'],
      ['use.py', ''],
    ]);
    const [owner] = map.owners;
    expect(owner!.locks[0]!.takenBy.map(({ name, place }) => `${place.path} ${name}`)).toEqual([
      'jobs.py Jobs.add',
      'jobs.py Jobs.take',
      'use.py run',
    ]);
    expect(owner!.state).toMatchObject([{ name: 'jobs', lock: 'self.lock', held: 2, accesses: 3 }]);
    expect(owner!.state[0]!.without[0]!.place.range.start).toEqual({ line: 16, character: 15 });
    expect(map.order.map(({ first, second }) => [first, second])).toEqual([['Jobs.lock', 'use.lock']]);
  });

  it('is that of one file when asked so, and the same whatever was asked before', () => {
    const files = { 'jobs.py': jobs, 'use.py': use };
    const engine = engineWith(files);
    const alone = engine.locks({ path: 'use.py' });
    expect(alone.owners.map(({ place }) => place.path)).toEqual(['use.py']);
    engine.audit({});
    expect(engine.locks({})).toEqual(engineWith(files).locks({}));
    expect(engine.locks({ path: 'none.py' })).toEqual({ owners: [], named: [], order: [] });
  });
});

describe('declarations in a file that is edited', () => {
  it('count as in a file that is read anew', () => {
    const engine = engineWith({ 'jobs.py': jobs });
    engine.audit({});
    let text = jobs;
    for (const [at, comment] of [
      ['self.jobs = []', '  # airlock: guarded-by(self.lock)'],
      ['return self.jobs[0]', '  # airlock: atomic-ok(a look)'],
      ['def first(self):', '  # airlock: requires(self.lokc)'],
    ] as const) {
      const start = text.indexOf(at) + at.length;
      engine.editFile({ path: 'jobs.py', edits: [{ start, end: start, text: comment }] });
      text = text.slice(0, start) + comment + text.slice(start);
      expect(engine.audit({}).files).toEqual(engineWith({ 'jobs.py': text }).audit({}).files);
    }
    expect(engine.findings({ path: 'jobs.py' }).findings.map(({ message }) => message)).toEqual([
      '`requires` declares nothing: `Jobs` has no `lokc`.',
    ]);
  });
});
