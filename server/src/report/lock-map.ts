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
      if (lines.length > 0) lines.push('');
      lines.push(showPath(path));
    }
    lines.push(`  ${ownerWords(owner)}`, ...ownerLines(owner, showPath).map((line) => `    ${line}`));
  }
  if (map.named.length > 0) lines.push('', 'Named locks');
  for (const lock of map.named) lines.push(`  ${lockLine(lock, (taker) => placeIn(taker, showPath))}`);
  if (map.order.length > 0) lines.push('', 'Taken while another is held');
  for (const { first, second, name, place } of map.order)
    lines.push(`  ${first}, then ${second}: ${functionWords(name)} ${placeOf(place, showPath)}`);
  if (lines.length === 0) return 'No locks\n';
  return `${summaryOf(map)}\n${lines[0] === '' ? '' : '\n'}${lines.join('\n')}\n`;
}

/** How much the map tells, in one line. */
export function summaryOf({ owners, named }: LockMapResult): string {
  const count = (number: number, one: string, more: string) => `${number} ${number === 1 ? one : more}`;
  const locks = owners.reduce((sum, owner) => sum + owner.locks.length, named.length);
  const state = owners.flatMap((owner) => owner.state.filter(({ lock }) => lock !== ''));
  const open = state.filter(({ without }) => without.length > 0).length;
  const guarded = count(state.length, 'guarded field or variable', 'guarded fields and variables');
  const parts = [count(locks, 'lock', 'locks'), guarded, ...(open > 0 ? [`${open} not everywhere`] : [])];
  return `${parts.join(', ')}. Numbers behind functions are lines.`;
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
    ...contractLines(owner.contracts, local),
  ];
}

/** Functions under one contract on one line. */
function contractLines(
  contracts: readonly MappedContract<Location>[],
  tell: (contract: MappedFunction<Location>) => string,
): readonly string[] {
  const found = new Map<string, string[]>();
  for (const contract of contracts) {
    const locks = contract.locks.length === 0 ? 'a lock' : contract.locks.join(', ');
    const key = `called holding ${locks}, ${contractWords(contract)}`;
    found.set(key, [...(found.get(key) ?? []), tell(contract)]);
  }
  return [...found].map(([key, list]) => `${key}: ${list.join(', ')}`);
}

function lockLine(lock: MappedLock<Location>, tell: (taker: MappedFunction<Location>) => string): string {
  return `${lock.label}: ${traitsOf(lock)}; taken by ${joined(lock.takenBy.map(tell))}`;
}

/** `add() 5, add() 9, peek() 12` as `add() 5 and 9, peek() 12`. */
function joined(told: readonly string[]): string {
  const lines = new Map<string, string[]>();
  for (const one of told) {
    const [, name = one, line = ''] = /^(.*\)) (\d+)$/.exec(one) ?? [];
    lines.set(name, [...(lines.get(name) ?? []), ...(line === '' ? [] : [line])]);
  }
  return [...lines].map(([name, at]) => (at.length === 0 ? name : `${name} ${at.join(' and ')}`)).join(', ');
}

const mostAccesses = 8;

function stateLines(
  { name, lock, declared, held, accesses, without }: MappedState<Location>,
  tell: (access: MappedFunction<Location>) => string,
): readonly string[] {
  if (lock === '') return [`${name} needs no lock, by declaration`];
  const inferred = 2 * held < accesses ? 'is guarded in some places by' : 'is guarded by';
  const how = declared ? 'is declared to be guarded by' : inferred;
  const further = without.length - mostAccesses;
  return [
    `${name} ${how} ${lock}: ${held} of ${accesses} accesses hold it`,
    ...without.slice(0, mostAccesses).map((one) => `  without it: ${tell(one)} ${doesWords(one.does)}`),
    ...(further > 0 ? [`  without it: ${further} more`] : []),
  ];
}

/** What an access does, third person. */
export function doesWords(does: string): string {
  return verbs[does] ?? does;
}

const verbs: Readonly<Record<string, string>> = {
  read: 'reads it',
  test: 'tests it',
  index: 'takes an element',
  snapshot: 'copies it',
  iterate: 'iterates over it',
  mutate: 'changes what it holds',
  write: 'sets it',
  update: 'updates it',
};

function placeIn({ name, place }: MappedFunction<Location>, showPath: ShowPath): string {
  return `${functionWords(name)} ${placeOf(place, showPath)}`;
}
