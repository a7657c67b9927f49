// The pages of the rules, which lie beside the bundle: `airlock rule NAME` prints one, reports quote them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  process.stdout.write(rulePageOf(rule.name) ?? `# ${rule.name}\n\n${rule.summary}\n`);
  return 0;
}

/** The page of a rule as Markdown, or undefined when the installation has none. */
export function rulePageOf(name: string): string | undefined {
  try {
    return readFileSync(join(__dirname, 'rules', `${name}.md`), 'utf8');
  } catch {
    return undefined;
  }
}
