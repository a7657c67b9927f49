// The state at one point of a function: values of the slots, their value numbers, and what guards found out about
// other expressions. Joined where ways meet.

import type { Domain } from './domain';
import { bottom } from './domain';
import { either } from './masks';

/** The state of one way through the code. Mutable while it is the current one, copied where ways part. */
export class Environment {
  constructor(
    readonly values: number[],
    /** Value number of each slot's content, -1 when ways disagree. Slots with one number hold one object. */
    readonly numbers: number[],
    /** Value number of an attribute or item -> the value that a guard left of it. */
    public facts: ReadonlyMap<number, number> | null,
    /** Parameters known to be true (2 * parameter + 1) or false (2 * parameter) on this way, in order. */
    public conditions: readonly number[],
  ) {}

  static empty(slots: number): Environment {
    return new Environment(new Array(slots).fill(bottom), new Array(slots).fill(-1), null, []);
  }

  copy(): Environment {
    return new Environment(this.values.slice(), this.numbers.slice(), this.facts, this.conditions);
  }

  /** Sets the value of every slot that holds the object with this number. */
  update(number: number, value: number): void {
    for (let slot = 0; slot < this.numbers.length; slot++) {
      if (this.numbers[slot] === number) this.values[slot] = value;
    }
  }

  /** Remembers the value of an expression by number. */
  note(number: number, value: number): void {
    const facts = new Map(this.facts);
    facts.set(number, value);
    this.facts = facts;
  }

  /** Remembers what a parameter is as a condition. */
  suppose(parameter: number, holds: boolean): void {
    const condition = 2 * parameter + (holds ? 1 : 0);
    if (!this.conditions.includes(condition))
      this.conditions = [...this.conditions, condition].sort((x, y) => x - y);
  }

  equals(other: Environment): boolean {
    for (let slot = 0; slot < this.values.length; slot++) {
      if (this.values[slot] !== other.values[slot]) return false;
    }
    return true;
  }
}

/** The state after either way; null is a way that is not taken. Neither is changed. */
export function joined(domain: Domain, x: Environment | null, y: Environment | null): Environment | null {
  if (x === null || x === y) return y;
  if (y === null) return x;
  const result = x.copy();
  for (let slot = 0; slot < result.values.length; slot++) {
    if (x.values[slot] !== y.values[slot])
      result.values[slot] = either(domain, x.values[slot]!, y.values[slot]!);
    if (x.numbers[slot] !== y.numbers[slot]) result.numbers[slot] = -1;
  }
  result.facts = joinedFacts(domain, x.facts, y.facts);
  if (x.conditions !== y.conditions)
    result.conditions = x.conditions.filter((one) => y.conditions.includes(one));
  return result;
}

/** Joins a state into another one that nobody else holds. */
export function absorb(domain: Domain, into: Environment, other: Environment): void {
  const { values, numbers } = into;
  for (let slot = 0; slot < values.length; slot++) {
    if (values[slot] !== other.values[slot])
      values[slot] = either(domain, values[slot]!, other.values[slot]!);
    if (numbers[slot] !== other.numbers[slot]) numbers[slot] = -1;
  }
  into.facts = joinedFacts(domain, into.facts, other.facts);
  if (into.conditions !== other.conditions)
    into.conditions = into.conditions.filter((one) => other.conditions.includes(one));
}

function joinedFacts(
  domain: Domain,
  x: ReadonlyMap<number, number> | null,
  y: ReadonlyMap<number, number> | null,
): ReadonlyMap<number, number> | null {
  if (x === y || x === null || y === null) return x === y ? x : null;
  const both = new Map<number, number>();
  for (const [number, value] of x) {
    const other = y.get(number) ?? bottom;
    if (other !== bottom) both.set(number, domain.join(value, other));
  }
  return both.size > 0 ? both : null;
}
