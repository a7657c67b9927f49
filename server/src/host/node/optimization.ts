// When this process optimises code. An audit runs much code a little: left to itself, V8 takes a good third of the CPU
// time of a short audit for optimising functions that have not much left to do. Knows nothing of the engine.

import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode that a function runs before V8 thinks of optimising it; V8's own figure is a fifteenth of it. */
const patience = 1_000_000;

/** Has V8 wait longer before it optimises a function, in all threads of this process from now on. */
export function delayOptimization(): void {
  setFlagsFromString(`--interrupt-budget=${patience}`);
}
