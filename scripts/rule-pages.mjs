// The pages of the rules as their readers get them: without what makes a page a test. Built-ins only.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A page without the claims in its examples and with the names of their files as text. A comment that only claims
 * goes whole; what stands before a claim stays.
 */
export function pageForReaders(page) {
  const kept = [];
  for (const line of page.split('\n')) {
    if (/^\s*#\s*finding[+-]\d+:/.test(line)) continue;
    const fence = /^```python\b(.*)$/.exec(line);
    if (!fence) {
      kept.push(line.replace(/\s*#\s*finding:.*$/, ''));
      continue;
    }
    const file = /\bfile=(\S+)/.exec(fence[1])?.[1];
    if (file) kept.push(`\`${file}\`:`, '');
    kept.push('```python');
  }
  return kept.join('\n');
}

/** Writes the page of every rule into a folder, and nothing else stays there. */
export function writeRulePages(from, to) {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).sort()) {
    if (!name.endsWith('.md') || name === 'README.md') continue;
    writeFileSync(join(to, name), pageForReaders(readFileSync(join(from, name), 'utf8')));
  }
}
