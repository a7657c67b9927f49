// What the visible tests stand on: a browser, the addresses of the editor, a folder for pictures.

import type { Browser } from 'playwright-core';

/** Given by the harness. */
export interface Stage {
  readonly browser: Browser;
  /** The address of the workspace, with pairs for the workbench. */
  open(payload?: readonly (readonly [string, string])[]): string;
  /** A file of the workspace as the workbench names it. */
  file(name: string): string;
  /** The folder of the workspace. */
  readonly workspace: string;
  /** Where pictures go. */
  readonly screenshots: string;
}

let current: Stage | undefined;

/** Sets the stage before the tests are registered. */
export function setStage(stage: Stage): void {
  current = stage;
}

/** The stage of this run. */
export function stage(): Stage {
  if (!current) throw new Error('the harness sets the stage first');
  return current;
}
