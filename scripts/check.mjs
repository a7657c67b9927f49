// `npm run check`: every check, one line each.

import { runChecks } from './checks.mjs';

if (runChecks().failed > 0) process.exitCode = 1;
