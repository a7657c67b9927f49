// Runs mocha from code, in whatever process it is, and writes one entry a test to a file that the harness reads.
// Knows nothing of the editor.

import { writeFileSync } from 'node:fs';

interface Entry {
  readonly title: string;
  readonly ms: number;
  /** Present when the test failed. */
  readonly error?: string;
}

/** Registers tests with `register`, runs them, writes the report, and returns the number of failures. */
export async function runMocha(
  register: () => Promise<void>,
  report: string,
  timeoutMs: number,
): Promise<number> {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: timeoutMs, reporter: 'min', forbidOnly: true });
  mocha.reporter(class {} as unknown as string);
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  const entries: Entry[] = [];
  try {
    await register();
    return await new Promise((resolve) => {
      const runner = mocha.run(resolve);
      runner.on('pass', (test) => entries.push({ title: test.fullTitle(), ms: test.duration ?? 0 }));
      runner.on('fail', (test, error) => {
        entries.push({
          title: test.fullTitle(),
          ms: test.duration ?? 0,
          error: error.stack ?? String(error),
        });
      });
    });
  } catch (error) {
    entries.push({
      title: 'the suite could not be loaded',
      ms: 0,
      error: (error as Error).stack ?? String(error),
    });
    return 1;
  } finally {
    writeFileSync(report, JSON.stringify(entries));
  }
}
