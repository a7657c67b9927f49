// The lock map as Markdown: a section for each file, tables for locks and state. All analysed text is escaped.

import type { LockMapResult } from '../project/protocol';
import type { Location } from '../rules/finding';
import type { MappedFunction, MappedLock, MappedOwner } from '../whole/lock-map';
import {
  contractWords,
  doesWords,
  functionWords,
  nameWithin,
  ownerWords,
  summaryOf,
  traitsOf,
} from './lock-map';
import { escapeMarkdown, linkTarget } from './markdown';
import { lineNumber, type ShowPath } from './wording';

/** The map, ending with a line break. */
export function lockMapToMarkdown(map: LockMapResult, showPath: ShowPath): string {
  const linkAs = (one: MappedFunction<Location>, name: string) => {
    const target = `${linkTarget(showPath(one.place.path))}#L${lineNumber(one.place)}`;
    return `[${escapeMarkdown(functionWords(name))}](${target})`;
  };
  const link = (one: MappedFunction<Location>) => linkAs(one, one.name);
  const parts = ['# Lock map\n'];
  parts.push(
    map.owners.length + map.named.length === 0 ? 'No locks.\n' : `${summaryOf(map).split('. ')[0]}.\n`,
  );
  let path = '';
  for (const owner of map.owners) {
    if (owner.place.path !== path) {
      path = owner.place.path;
      parts.push(`## ${escapeMarkdown(showPath(path))}\n`);
    }
    parts.push(...ownerParts(owner, (one) => linkAs(one, nameWithin(owner, one))));
  }
  if (map.named.length > 0) parts.push('## Named locks\n', lockTable(map.named, link));
  if (map.order.length > 0) {
    const rows = map.order.map((one) => [escapeMarkdown(one.first), escapeMarkdown(one.second), link(one)]);
    parts.push('## Taken while another is held\n', table(['held', 'taken', 'for example in'], rows));
  }
  return parts.join('\n');
}

function ownerParts(
  owner: MappedOwner<Location>,
  link: (one: MappedFunction<Location>) => string,
): readonly string[] {
  const parts = [`### ${escapeMarkdown(ownerWords(owner))}\n`];
  if (owner.locks.length > 0) parts.push(lockTable(owner.locks, link));
  if (owner.state.length > 0) {
    const rows = owner.state.map(({ name, lock, declared, held, accesses, without }) => [
      escapeMarkdown(name),
      lock === '' ? 'none needed' : escapeMarkdown(lock),
      declared ? 'declared' : 'inferred',
      lock === '' ? '' : `${held} of ${accesses}`,
      without.map((access) => `${link(access)} ${doesWords(access.does)}`).join(', '),
    ]);
    parts.push(table(['state', 'lock', 'known', 'hold it', 'without it'], rows));
  }
  if (owner.contracts.length > 0) {
    const rows = owner.contracts.map((contract) => [
      link(contract),
      contract.locks.length === 0 ? 'a lock' : contract.locks.map(escapeMarkdown).join(', '),
      contractWords(contract),
    ]);
    parts.push(table(['function', 'is called holding', 'known'], rows));
  }
  return parts;
}

function lockTable(
  locks: readonly MappedLock<Location>[],
  link: (one: MappedFunction<Location>) => string,
): string {
  const rows = locks.map((lock) => [
    escapeMarkdown(lock.label),
    traitsOf(lock),
    lock.takenBy.map(link).join(', '),
  ]);
  return table(['lock', 'what it is', 'taken by'], rows);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return `${line(heads)}|${'---|'.repeat(heads.length)}\n${rows.map(line).join('')}`;
}
