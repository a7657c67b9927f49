// Measures the engine against a bare parse of the same files by the same parser, in alternation, so that the ratios
// say the same on any machine.
//   npm run bench -- [--rounds N] FOLDER...
// Prints tables. Nothing here is asserted: clocks have no place in tests.

import { runBundled } from './bundled.mjs';

const given = process.argv.slice(2);
if (given.length === 0) {
  process.stderr.write('bench: name at least one folder of Python files\n');
  process.exit(2);
}
process.exitCode = await runBundled('bench-run.mjs', given);
