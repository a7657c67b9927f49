// A rule finds alone what it finds beside all others: it asks for all the flows that it looks at.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../server/src/project/configuration';
import { rules } from '../../server/src/rules/registry';
import { engineFactory } from './engine';
import { type Example, parsePage } from './page';

const createEngine = await engineFactory();
const pageOf = (name: string) => join(__dirname, `../../docs/rules/${name}.md`);

function found(name: string, { files, library }: Example, disabled: readonly string[]): string[] {
  const engine = createEngine();
  engine.configure({
    settings: { ...defaultSettings, library, preview: true, minConfidence: 'low', disabled },
  });
  engine.setFiles({ files: [...files].map(([path, text]) => ({ path, text })) });
  return engine
    .audit({})
    .files.flatMap(({ path, findings }) =>
      findings
        .filter(({ rule }) => rule === name)
        .map(({ fingerprint, confidence }) => `${path} ${fingerprint} ${confidence}`),
    );
}

describe.each(rules.filter(({ name, asks }) => asks && existsSync(pageOf(name))).map(({ name }) => name))(
  '%s',
  (name) => {
    const others = rules.filter((rule) => rule.name !== name).map((rule) => rule.name);
    const { examples } = parsePage(readFileSync(pageOf(name), 'utf8'));

    it('finds in its bad examples what it finds beside the others', { timeout: 120_000 }, () => {
      for (const example of examples.filter(({ kind }) => kind === 'bad')) {
        expect(found(name, example, others)).toEqual(expect.arrayContaining(found(name, example, [])));
      }
    });
  },
);
