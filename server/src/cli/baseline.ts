// `airlock baseline`: writes down what an audit finds now, so that audits from then on speak of what is new.

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { keyOfPath, relativeKey } from '../host/paths';
import { baselineName, writeBaseline } from '../project/baseline';
import { countOf } from '../report/wording';
import type { RunOptions } from './commands';
import { CommandFailure } from './failure';
import { runAudit } from './run';
import { shown } from './working-folder';

/** Writes the baseline; the exit code. */
export async function baseline(paths: readonly string[], options: RunOptions): Promise<number> {
  return runAudit(paths, { ...options, baseline: false }, undefined, async (run) => {
    const folder = run.baseline?.folder ?? run.configuration?.folder ?? process.cwd();
    const file = join(folder, baselineName);
    const key = keyOfPath(folder);
    const found = run.result.files.flatMap(({ findings }) => findings);
    const looked = new Set(run.files.map((path) => relativeKey(key, path) ?? path));
    const text = writeBaseline(
      found,
      run.baseline?.text,
      (path) => looked.has(path) || !existsSync(resolve(folder, path)),
      (path) => relativeKey(key, path),
    );
    await writeFile(file, text).catch((error: unknown) => {
      throw new CommandFailure(`cannot write ${file}: ${(error as Error).message}`);
    });
    const files = run.result.files.filter(({ findings }) => findings.length > 0).length;
    const told = `${countOf(found.length, 'finding')} in ${countOf(files, 'file')}`;
    process.stdout.write(
      `Wrote ${shown(keyOfPath(file))}: ${told} from now on left out. Commit it, and run this again to take out what was mended.\n`,
    );
    return 0;
  });
}
