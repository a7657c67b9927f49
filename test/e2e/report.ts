// Runs mocha from code, in whatever process it is, and writes one entry a test to a file that the harness reads.
// Knows nothing of the editor.

import { writeFileSync } from 'node:fs';

interface Entry {
  readonly title: string;
  readonly ms: number;
  /** Present when the test failed. */
  readonly error?: string;
}

/**
 * Registers tests with `register`, runs those that AIRLOCK_ONLY matches, and returns the number of failures. The
 * report is written after each test, so that a run that is cut short shows how far it came.
 */
export async function runMocha(
  register: () => Promise<void>,
  report: string,
  timeoutMs: number,
): Promise<number> {
  const { default: Mocha } = await import('mocha');
  const only = process.env.AIRLOCK_ONLY;
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: timeoutMs,
    forbidOnly: true,
    ...(only ? { grep: only } : {}),
  });
  mocha.reporter(class {} as unknown as string);
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  const entries: Entry[] = [];
  const note = (entry: Entry) => {
    entries.push(entry);
    writeFileSync(report, JSON.stringify(entries));
  };
  try {
    await register();
  } catch (error) {
    note({ title: 'the suite could not be loaded', ms: 0, error: wordsOf(error) });
    return 1;
  }
  writeFileSync(report, '[]');
  return new Promise((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => note({ title: test.fullTitle(), ms: test.duration ?? 0 }));
    runner.on('fail', (test, error) => {
      note({ title: test.fullTitle(), ms: test.duration ?? 0, error: wordsOf(error) });
    });
  });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
