// Every rule has a page, every page has a rule, and what the page shows is what the engine does.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../../server/src/rules/registry';
import { engineFactory } from './engine';
import { parsePage } from './page';
import { tryExample } from './trial';

const folder = join(__dirname, '../../docs/rules');
const sections = ['What it reports', 'Why it matters', 'How to fix', 'CWE', 'Limits', 'Precision'];
const createEngine = await engineFactory();
const names = rules.map(({ name }) => name);
const pages = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md');

it('has a page for every rule and a rule for every page', () => {
  expect(pages.map((file) => file.replace(/\.md$/, '')).sort()).toEqual([...names].sort());
});

const written = rules.filter(({ name }) => pages.includes(`${name}.md`));

describe.each(written.map((rule) => [rule.name, rule] as const))('%s', (name, rule) => {
  const page = parsePage(readFileSync(join(folder, `${name}.md`), 'utf8'));
  const count = (kind: string) => page.examples.filter((example) => example.kind === kind).length;

  it('has the sections and enough examples', () => {
    expect(page.title).toBe(name);
    for (const section of sections)
      expect(page.sections.get(section)?.trim().length, section).toBeGreaterThan(0);
    expect(count('bad'), 'bad examples').toBeGreaterThanOrEqual(2);
    expect(count('good'), 'good examples').toBeGreaterThanOrEqual(2);
    expect(count('near miss'), 'near misses').toBeGreaterThanOrEqual(2);
    for (const cwe of rule.cwe) expect(page.sections.get('CWE')).toContain(`CWE-${cwe}`);
  });

  it.each(
    page.examples.map((example) => [`${example.kind}, line ${example.pageLine}: ${example.title}`, example]),
  )('%s', (_, example) => {
    expect(tryExample(createEngine, name, example)).toEqual([]);
  });
});
