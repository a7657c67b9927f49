// Tries every fix that Airlock offers on real code, one at a time, on a copy in memory.
//   npm run fixes -- [--low] [--quiet] [--diff] [--rule NAMES] [--save FOLDER] FOLDER...
// Each folder is one project, audited with preview rules on. A fix must leave text that parses, take its finding away,
// add none anywhere in the project, keep strings, comments and line ends, and have nothing left to do afterwards.
// `--rule` takes names joined by commas. `--diff` prints what each fix changes; `--save` writes each fixed file, for a second opinion of another parser.
// Ends with 1 when a fix breaks one of these.

import { runBundled } from './bundled.mjs';

const words = process.argv.slice(2);
if (!words.some((word) => !word.startsWith('--'))) {
  process.stderr.write('fixes: name at least one folder of Python files\n');
  process.exit(2);
}
process.exitCode = await runBundled('fixes-run.mjs', words);
