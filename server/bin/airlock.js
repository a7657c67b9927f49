#!/usr/bin/env node
// The `airlock` command. Tracked, so that npm can link it before anything is built; the program is the bundle.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const bundle = join(__dirname, '..', '..', 'dist', 'cli.js');

if (existsSync(bundle)) {
  require(bundle);
} else {
  process.stderr.write(
    `airlock: not built yet: ${bundle} is missing. Run "npm run build" in the root of Airlock.\n`,
  );
  process.exitCode = 2;
}
