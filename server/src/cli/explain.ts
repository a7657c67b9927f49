// `airlock explain FILE:LINE`: what was found at a line, and what the engine knows of the function around it, seen in
// its program.

import { readFile } from 'node:fs/promises';
import type { FileFindings, Settings } from '../project/protocol';
import { findingToText } from '../report/text';
import { countOf } from '../report/wording';
import type { Finding, Location } from '../rules/finding';
import { readAround } from './around';
import type { ExplainOptions } from './commands';
import { CommandFailure } from './failure';
import { checkPaths } from './inputs';
import { showsColor } from './output';
import { shown, workingFolder } from './working-folder';

/** All that a line may be asked about: also what audits leave out for want of confidence or measurement. */
const everything: Partial<Settings> = { minConfidence: 'low', preview: true };

/** Prints the facts; the exit code. */
export async function explain(place: string, options: ExplainOptions): Promise<number> {
  const match = /^(.+):([1-9]\d*)$/.exec(place);
  if (!match) throw new CommandFailure(`${place} names no line; write it as FILE:LINE, lines from 1`);
  const [, file = ''] = match;
  const line = Number(match[2]) - 1;
  const [isFolder] = await checkPaths([file]);
  if (isFolder) throw new CommandFailure(`${file} is a folder; name a file in it`);
  return readAround(file, { with: options.with, layer: everything }, async ({ host, path, unread }) => {
    if (unread !== undefined) throw new CommandFailure(`${file} was not analysed: ${unread}`);
    if (line >= (await linesIn(path))) {
      throw new CommandFailure(`${file} has no line ${line + 1}; it ends before`);
    }
    const text = await host.call('explain', { path, line, dump: options.dump }).result;
    if (text === null) throw new CommandFailure(`${file} was not analysed; \`airlock audit\` says why`);
    const found =
      options.dump === 'summary' ? foundAt(await host.call('findings', { path }).result, path, line) : '';
    process.stdout.write(found + text.replaceAll(`${workingFolder()}/`, ''));
    return 0;
  });
}

async function linesIn(path: string): Promise<number> {
  return (await readFile(path, 'latin1')).split(/\r\n|\r|\n/).length;
}

/** What was found at a line, and what was found elsewhere in the file by way of it. */
function foundAt({ findings, silenced = [] }: FileFindings, path: string, line: number): string {
  const holds = ({ path: other, range }: Location) =>
    other === path && range.start.line <= line && line <= range.end.line;
  const here = findings.filter(({ location }) => holds(location));
  const quiet = silenced.filter(({ location }) => holds(location));
  const passing = findings.filter(
    (one) => !here.includes(one) && one.steps.some(({ location }) => holds(location)),
  );
  const tell = (one: Finding) => findingToText(one, { showPath: shown, color: showsColor() });
  const list = (title: string, some: readonly Finding[]) =>
    some.length === 0 ? '' : `${title}:\n${some.map(tell).join('')}\n`;
  if (here.length + quiet.length + passing.length === 0) return 'No finding on this line.\n\n';
  return (
    list(`${countOf(here.length, 'finding')} on this line`, here) +
    list(`${countOf(quiet.length, 'finding')} on this line that a comment silences`, quiet) +
    list(
      `${countOf(passing.length, 'finding')} elsewhere that ${passing.length === 1 ? 'names' : 'name'} this line`,
      passing,
    )
  );
}
