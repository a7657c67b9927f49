// The lock map for people in a terminal, and for programs. Lines count from 1; what is told comes sorted.

import type { LockMapResult } from '../project/protocol';
import type { Location } from '../rules/finding';
import type { MappedContract, MappedFunction, MappedLock, MappedOwner, MappedState } from '../whole/lock-map';
import { lineNumber, placeOf, type ShowPath } from './wording';

/** The map as text, ending with a line break. */
export function lockMapToText(map: LockMapResult, showPath: ShowPath): string {
  const lines: string[] = [];
  let path = '';
  for (const owner of map.owners) {
    if (owner.place.path !== path) {
      path = owner.place.path;
      lines.push(showPath(path));
    }
    lines.push(`  ${ownerWords(owner)}`, ...ownerLines(owner, showPath).map((line) => `    ${line}`));
  }
  if (map.named.length > 0) lines.push('Named locks');
  for (const lock of map.named) lines.push(`  ${lockLine(lock, (taker) => placeIn(taker, showPath))}`);
  if (map.order.length > 0) lines.push('Taken while another is held');
  for (const { first, second, name, place } of map.order)
    lines.push(`  ${first}, then ${second}: ${functionWords(name)} ${placeOf(place, showPath)}`);
  return lines.length === 0 ? 'No locks\n' : `${lines.join('\n')}\n`;
}

/** The map as JSON, ending with a line break. */
export function lockMapToJson(map: LockMapResult, version: string, showPath: ShowPath): string {
  const told = (key: string, value: unknown) => {
    if (key !== 'place') return value;
    const place = value as Location;
    const { start } = place.range;
    return { path: showPath(place.path), line: start.line + 1, column: start.character + 1 };
  };
  return `${JSON.stringify({ tool: { name: 'airlock', version }, ...map }, told, 2)}\n`;
}

/** `class Cache, line 4`. */
export function ownerWords({ name, place }: MappedOwner<Location>): string {
  return name === '' ? 'the module' : `class ${name}, line ${lineNumber(place)}`;
}

/** What is known of a lock: `one for each object, reentrant`. */
export function traitsOf({ extent, reentrant, model, weak }: MappedLock<Location>): string {
  const words = { program: 'one in the program', object: 'one for each object', key: 'one for each key' };
  const traits = [words[extent]];
  if (model !== 'thread') traits.push(model);
  if (reentrant) traits.push('reentrant');
  if (weak) traits.push('known by its name only');
  return traits.join(', ');
}

/** A function in words. */
export function functionWords(name: string): string {
  return name === '' ? 'module level' : `${name}()`;
}

/** The name of a function as its own class would say it. */
export function nameWithin(owner: MappedOwner<Location>, { name, place }: MappedFunction<Location>): string {
  const inside = owner.name !== '' && place.path === owner.place.path && name.startsWith(`${owner.name}.`);
  return inside ? name.slice(owner.name.length + 1) : name;
}

/** How a contract came to be known. */
export function contractWords({ by }: MappedContract<Location>): string {
  return { directive: 'by declaration', callers: 'by all callers', words: 'says its name or comment' }[by];
}

function ownerLines(owner: MappedOwner<Location>, showPath: ShowPath): readonly string[] {
  const local = (one: MappedFunction<Location>) =>
    one.place.path === owner.place.path
      ? `${functionWords(nameWithin(owner, one))} ${lineNumber(one.place)}`
      : placeIn(one, showPath);
  return [
    ...owner.locks.map((lock) => lockLine(lock, local)),
    ...owner.state.flatMap((state) => stateLines(state, local)),
    ...owner.contracts.map((contract) => {
      const locks = contract.locks.length === 0 ? 'a lock' : contract.locks.join(', ');
      return `${local(contract)} is called holding ${locks}, ${contractWords(contract)}`;
    }),
  ];
}

function lockLine(lock: MappedLock<Location>, tell: (taker: MappedFunction<Location>) => string): string {
  return `${lock.label}: ${traitsOf(lock)}; taken by ${lock.takenBy.map(tell).join(', ')}`;
}

function stateLines(
  { name, lock, declared, held, accesses, without }: MappedState<Location>,
  tell: (access: MappedFunction<Location>) => string,
): readonly string[] {
  if (lock === '') return [`${name} needs no lock, by declaration`];
  const how = declared ? 'is declared to be guarded by' : 'is guarded by';
  return [
    `${name} ${how} ${lock}: ${held} of ${accesses} accesses hold it`,
    ...without.map((access) => `  not ${tell(access)}: ${access.does}`),
  ];
}

function placeIn({ name, place }: MappedFunction<Location>, showPath: ShowPath): string {
  return `${functionWords(name)} ${placeOf(place, showPath)}`;
}
