// The Python files in fixtures/, and a generator of numbers that is the same on every run.
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('./fixtures/', import.meta.url);

/** Names of the fixtures, without their ending. */
export const fixtureNames = readdirSync(folder)
  .filter((file) => file.endsWith('.py'))
  .map((file) => file.slice(0, -3))
  .sort();

/** The text of a fixture. */
export function readFixture(name: string): string {
  return readFileSync(new URL(`${name}.py`, folder), 'utf8');
}

/** Returns numbers from 0 to below n, in an order that the seed decides. */
export function numbersFrom(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % n;
  };
}
