// Draws a sample of findings to be judged by reading, the same one on any machine.
//   npm run sample -- [--concern NAME] [--rule NAME] [--count N] [--steps] FOLDER...
// Each folder is one project, named as package and version, and audited with preview rules on at the default confidence.
// Findings of a rule are in the order of the SHA-256 of folder, path and fingerprint; each rule in turn gives its next
// one until there are enough. Prints a table with empty verdicts, or with `--steps` all that a finding says.

import { runBundled } from './bundled.mjs';

const words = process.argv.slice(2);
if (!words.some((word) => !word.startsWith('--'))) {
  process.stderr.write('sample: name at least one folder of Python files\n');
  process.exit(2);
}
process.exitCode = await runBundled('sample-run.mjs', words);
