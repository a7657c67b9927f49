// Why a command could not run. What is thrown as this ends the program with exit code 2 and one line.

/** The message says what, why and what to do, without a line break. */
export class CommandFailure extends Error {}
