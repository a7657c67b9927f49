// Which functions are entered once their object is in use, and which two of them may run at the same time.

import { describe, expect, it } from 'vitest';
import { Meeting } from '../../../server/src/whole/meetings';
import { analyse, scopeNamed } from '../flow/example';

const words: Readonly<Record<Meeting, string>> = {
  [Meeting.Apart]: 'apart',
  [Meeting.Unseen]: 'unseen',
  [Meeting.OneSide]: 'one side',
  [Meeting.Met]: 'met',
};

describe('entered functions', () => {
  const analysis = analyse({
    'store.py': `
      class Store:
          def __init__(self):
              self.reload()
          def reload(self):
              self._fill()
          def _fill(self):
              pass
          def clear(self):
              pass
          def get(self, key):
              return self._look(key)
          def _look(self, key):
              return key
          def __len__(self):
              return 0
      class Front:
          def __init__(self):
              self.store = Store()
          def clear(self):
              self.store.clear()
          def first(self):
              return self.store.get('first')
    `,
  });
  const has = (name: string) => analysis.entered.has(scopeNamed(analysis, name));

  it('are called by others, or by the language', () => {
    expect(has('Store.get')).toBe(true);
    expect(has('Store._look')).toBe(true);
    expect(has('Store.__len__')).toBe(true);
  });

  it('are not those that only constructors lead to', () => {
    expect(has('Store.reload')).toBe(false);
    expect(has('Store._fill')).toBe(false);
  });

  it('are not those that nothing calls, nor what passes the same call on', () => {
    expect(has('Front.clear')).toBe(false);
    expect(has('Store.clear')).toBe(false);
  });
});

describe('meetings', () => {
  const analysis = analyse(`
    import asyncio
    import threading
    import fastapi
    app = fastapi.FastAPI()
    class Worker:
        def start(self):
            self.prepare()
            threading.Thread(target=self._loop).start()
        def prepare(self):
            pass
        def _loop(self):
            self._step()
        def _step(self):
            pass
        def ask(self):
            pass
        def answer(self):
            pass
        async def poll(self):
            self._seen()
        def _seen(self):
            pass
    def both(worker):
        worker = Worker()
        worker.ask()
        worker.answer()
    @app.get('/')
    async def index():
        pass
    @app.get('/slow')
    def slow():
        pass
  `);
  const idOf = (name: string) => scopeNamed(analysis, name).id;
  const of = (one: string, other: string) => {
    const { meeting, model } = analysis.meetings.of(idOf(one), idOf(other));
    return `${words[meeting]}, ${model}`;
  };

  it('are apart where one thread does both', () => {
    expect(of('Worker._loop', 'Worker._step')).toBe('apart, thread');
  });

  it('have a thread on one side, or on none', () => {
    expect(of('Worker._step', 'Worker.ask')).toBe('one side, thread');
    expect(of('Worker.ask', 'Worker.answer')).toBe('unseen, thread');
    expect(analysis.meetings.haveOneCaller(idOf('Worker.ask'), idOf('Worker.answer'))).toBe(true);
  });

  it('wait for an await on an event loop', () => {
    expect(of('index', 'index')).toBe('met, asyncio');
    expect(of('index', 'slow')).toBe('met, thread');
    expect(of('Worker.poll', 'Worker._seen')).toBe('unseen, asyncio');
  });

  it('come after what a function does before it starts the thread', () => {
    expect(analysis.meetings.isBeforeStart(idOf('Worker.prepare'), 0)).toBe(true);
    expect(analysis.meetings.isBeforeStart(idOf('Worker.ask'), 0)).toBe(false);
  });
});
