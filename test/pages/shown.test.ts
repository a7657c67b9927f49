// Where findings of low confidence are not shown, values are followed less far: what is shown is the same.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../server/src/project/configuration';
import { rules } from '../../server/src/rules/registry';
import { engineFactory } from './engine';
import { type Example, parsePage } from './page';

const createEngine = await engineFactory();
const pageOf = (name: string) => join(__dirname, `../../docs/rules/${name}.md`);

function shown({ files, library }: Example, minConfidence: 'low' | 'medium'): string[] {
  const engine = createEngine();
  engine.configure({ settings: { ...defaultSettings, library, preview: true, minConfidence } });
  engine.setFiles({ files: [...files].map(([path, text]) => ({ path, text })) });
  return engine
    .audit({})
    .files.flatMap(({ path, findings }) =>
      findings
        .filter(({ confidence }) => confidence !== 'low')
        .map(({ rule, fingerprint, confidence }) => `${path} ${rule} ${fingerprint} ${confidence}`),
    );
}

describe.each(rules.filter(({ name, asks }) => asks && existsSync(pageOf(name))).map(({ name }) => name))(
  '%s',
  (name) => {
    const { examples } = parsePage(readFileSync(pageOf(name), 'utf8'));

    it('shows what it shows beside findings of low confidence', { timeout: 120_000 }, () => {
      for (const example of examples) expect(shown(example, 'medium')).toEqual(shown(example, 'low'));
    });
  },
);
