// Starts a rule: its file and its page, both in the form that all others have.
//   node scripts/new-rule.mjs NUMBER NAME CONCERN [CWE...]
// Nothing is overwritten. What it writes does not pass the page's test until the rule does its work.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const concerns = [
  'synchronization',
  'logging',
  'inputs',
  'errors',
  'resources',
  'data',
  'dependencies',
  'housekeeping',
];
const [number, name, concern, ...cwe] = process.argv.slice(2);

function fail(message) {
  process.stderr.write(`new-rule: ${message}\nUse: node scripts/new-rule.mjs NUMBER NAME CONCERN [CWE...]\n`);
  process.exit(2);
}

if (!/^\d{3}$/.test(number ?? ''))
  fail('the number has three digits, see docs/rules/README.md for those taken');
if (!/^[a-z]+(-[a-z]+)+$/.test(name ?? ''))
  fail('the name is kebab-case and names the defect, not the remedy');
if (!concerns.includes(concern)) fail(`the concern is one of ${concerns.join(', ')}`);
if (!cwe.every((each) => /^\d+$/.test(each))) fail('each CWE is a number');

const rule = `// Rule ${number}: what it decides, and what it refuses to know.

import type { Rule } from '../rule';

export const rule: Rule = {
  number: ${number},
  name: '${name}',
  concern: '${concern}',
  severity: 'warning',
  preview: true,
  cwe: [${cwe.join(', ')}],
  category: 'other',
  summary: '',
  check(_analysis, _report) {
    // Ask the analysis, and report each place that shows the defect.
  },
};
`;

const example = (kind) => `### A first ${kind}

\`\`\`python
\`\`\`

### A second, from another kind of code

\`\`\`python
\`\`\`
`;

const page = `# ${name}

## What it reports

## Why it matters

## Bad

${example('case')}
## Good

${example('cure')}
## Near miss

${example('look-alike')}
## How to fix

## CWE

${cwe.map((each) => `- CWE-${each}`).join('\n')}

## Limits

## Precision
`;

for (const [path, text] of [
  [`server/src/rules/${concern}/${name}.ts`, rule],
  [`docs/rules/${name}.md`, page],
]) {
  const file = join(root, path);
  if (existsSync(file)) fail(`${path} exists already`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`Wrote ${path}\n`);
}
process.stdout.write('Then: npm run generate\n');
