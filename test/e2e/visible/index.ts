// What a person sees: the workbench in a browser, driven by mouse and keyboard, with a picture of each stage.

import { runMocha } from '../report';
import { type Stage, setStage } from './stage';

/** Runs the tests and writes the report; returns the number of failures. */
export function runVisible(stage: Stage & { readonly report: string }): Promise<number> {
  setStage(stage);
  return runMocha(
    async () => {
      await import('./workbench');
    },
    stage.report,
    90_000,
  );
}
