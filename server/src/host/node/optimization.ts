// How V8 runs the engine: when it optimises code, and how much it lets come together before it looks for garbage. An audit
// runs much code a little: left to itself, V8 takes a good third of the CPU time of a short audit for optimising functions
// that have not much left to do. Knows nothing of the engine.

import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode that a function runs before V8 thinks of optimising it; V8's own figure is a fifteenth of it. */
const patience = 1_000_000;

/** Megabytes for what an engine has just made: two halves in turn and what was moved once, of which V8's own figure is a
 * quarter. Most of an audit's objects live until its next step, so that fewer looks find more of them dead. */
export const youngGeneration = 192;

/** Has V8 wait longer before it optimises a function, in all threads of this process from now on. */
export function delayOptimization(): void {
  setFlagsFromString(`--interrupt-budget=${patience}`);
}

/** Whether threads of V8's own help each engine to look for garbage: they have a core to run on where one engine runs on
 * two, and are in the way where two engines do. For all threads of this process from now on. */
export function helpCollection(helps: boolean): void {
  setFlagsFromString(helps ? '--parallel-scavenge' : '--no-parallel-scavenge');
}
