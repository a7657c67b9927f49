// The entry that the editor's extension host calls: runs the suite against the installed extension.

import { runMocha } from '../report';

/** Resolves when every test passed; the editor turns a rejection into exit code 1. */
export async function run(): Promise<void> {
  const report = process.env.AIRLOCK_REPORT;
  if (!report) throw new Error('AIRLOCK_REPORT must name the file for the report');
  const failures = await runMocha(
    async () => {
      await import('./activation');
      await import('./findings');
      await import('./fixes');
      await import('./review');
      await import('./recovery');
    },
    report,
    60_000,
  );
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
