// `airlock rule NAME`: the page of a rule, as Markdown.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleAddress } from '../report/rule-address';
import { rules } from '../rules/registry';
import { nearestWord } from '../text/distance';
import { CommandFailure } from './failure';

/** Prints the page; the exit code. */
export async function printRulePage(name: string): Promise<number> {
  const rule = rules.find((each) => each.name === name || String(each.number) === name);
  if (!rule) {
    const names = rules.map((each) => each.name);
    const nearest = nearestWord(name, names);
    const help = nearest ? `did you mean ${nearest}?` : `rules are ${names.join(', ')}`;
    throw new CommandFailure(`there is no rule ${name}; ${help}`);
  }
  const page = join(__dirname, '..', 'docs', 'rules', `${rule.name}.md`);
  const text = existsSync(page)
    ? withoutClaims(readFileSync(page, 'utf8'))
    : `# ${rule.name}\n\n${rule.summary}\n\n${ruleAddress(rule.name)}\n`;
  process.stdout.write(text);
  return 0;
}

/** The comments by which the page is tested say nothing to its reader. */
function withoutClaims(page: string): string {
  return page
    .split('\n')
    .filter((line) => !/^\s*#\s*finding[+-]\d+:/.test(line))
    .map((line) => line.replace(/\s*#\s*finding:.*$/, ''))
    .join('\n');
}
