// What reaches the parameters of functions that are handed over: to threads, pools, loops and partial applications, and
// through functions of the program that pass their `*args` on.

import { describe, expect, it } from 'vitest';
import { shown } from './example';

const classes = `
        import atexit, functools, threading, contextvars
        from concurrent.futures import ThreadPoolExecutor

        class A: ...
        class B: ...
`;

const program = (text: string) => shown(`${classes}\n${text}`);

describe('arguments handed over with a function', () => {
  it('reach it through the tuple and the names of a thread', () => {
    const found = program(`
        def work(a, b, c):
            show(a)
            show(b)
            show(c)

        threading.Thread(target=work, args=(A(), B()), kwargs={'c': A()}).start()
    `);
    expect(found).toEqual(['a A', 'a B', 'a A']);
  });

  it('reach methods and partial applications behind what they have already', () => {
    const found = program(`
        class Worker:
            def __init__(self):
                self.pool = ThreadPoolExecutor()

            def begin(self):
                self.pool.submit(self.work, A())
                self.pool.submit(functools.partial(join, A()), B())
                self.pool.submit(contextvars.copy_context().run, once, B())

            def work(self, a):
                show(a)

        def join(a, b):
            show(a)
            show(b)

        def once(b):
            show(b)
    `);
    expect(found).toEqual(['a A', 'a A', 'a B', 'a B']);
  });

  it('reach it through functions that pass their rest on', () => {
    const found = program(`
        def later(delay, call, *args):
            threading.Timer(delay, call, args).start()

        def now(call, *args, **kwargs):
            return call(*args, **kwargs)

        def ring(a):
            show(a)

        def close(b):
            show(b)

        later(5, ring, A())
        now(close, b=B())
    `);
    expect(found).toEqual(['a A', 'a B']);
  });

  it('reach it where only the name of the method says what becomes of it', () => {
    const found = program(`
        import sched

        class Worker:
            def __init__(self, pool):
                self.pool = pool
                pool.submit(self.work, A())
                sched.scheduler().enter(5, 1, later, (B(),))

            def work(self, a):
                show(a)

        def later(b):
            show(b)
    `);
    expect(found).toEqual(['a A', 'a B']);
  });

  it('are not told where the rest goes to something else, or to another process', () => {
    const found = program(`
        import multiprocessing

        def note(call, *args):
            print(args)
            call()

        def ring(a=None):
            show(a)

        note(ring, A())
        multiprocessing.Process(target=ring, args=(B(),))
    `);
    expect(found).toEqual(['']);
  });
});
