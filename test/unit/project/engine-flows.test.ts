// Edits that change what flows where: the engine must tell what a fresh one tells, paths included, and must not have
// started anew each time.
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../server/src/project/engine';
import { defaultSettings } from '../../../server/src/project/settings';
import type { TextEdit } from '../../../server/src/text/span';
import { parser } from '../flow/example';
import { flowEdit, flowPrograms } from './flow-programs';
import { Random } from './programs';

type Least = 'low' | 'medium';

function engineWith(texts: ReadonlyMap<string, string>, minConfidence: Least = 'low'): Engine {
  const engine = createEngine(parser);
  engine.configure({ settings: { ...defaultSettings, minConfidence, preview: true } });
  engine.setFiles({ files: [...texts].map(([path, text]) => ({ path, text })) });
  return engine;
}

function applied(text: string, edit: TextEdit): string {
  return text.slice(0, edit.start) + edit.text + text.slice(edit.end);
}

const sessions = Number(process.env.AIRLOCK_ROUNDS ?? 300) / 25;
const seed = Number(process.env.AIRLOCK_SEED ?? 31);

describe('edits of flows', () => {
  it('have something to find', () => {
    const { files } = engineWith(new Map(Object.entries(flowPrograms))).audit({});
    const rules = new Set(files.flatMap(({ findings }) => findings.map(({ rule }) => rule)));
    expect(rules).toContain('untrusted-command');
    expect(rules).toContain('secret-in-log');
  });

  it('lead where a fresh engine would be', { timeout: 3_600_000 }, () => {
    const random = new Random(seed);
    for (let session = 0; session < sessions; session++) {
      const texts = new Map(Object.entries(flowPrograms));
      // Where low confidence is not shown, values are followed less far.
      const least: Least = session % 2 ? 'medium' : 'low';
      const engine = engineWith(texts, least);
      engine.audit({});
      const done: string[] = [];
      for (let round = 0; round < 25; round++) {
        const path = random.pick([...texts.keys()]);
        const before = texts.get(path)!;
        const edit = flowEdit(random, before);
        texts.set(path, applied(before, edit));
        engine.editFile({ path, edits: [edit] });
        done.push(`${path} ${JSON.stringify(edit)}`);
        if (random.below(4) === 0) continue;
        const message = `session ${session}, round ${round}: ${done.join('; ')}`;
        expect(engine.audit({}), message).toEqual(engineWith(texts, least).audit({}));
      }
    }
  });

  it('change what readers of a property find', () => {
    const texts = new Map([
      [
        'store.py',
        'import logging\nfrom settings import Database\ndef show(one: Database):\n    logging.info(one.address)\n',
      ],
      ['settings.py', 'class Database:\n    @property\n    def address(self):\n        return self.host\n'],
    ]);
    const engine = engineWith(texts);
    const found = (): number => {
      expect(engine.audit({})).toEqual(engineWith(texts).audit({}));
      return engine
        .audit({})
        .files.flatMap(({ findings }) => findings)
        .filter(({ rule }) => rule === 'secret-in-log').length;
    };
    const change = (from: string, text: string): void => {
      const before = texts.get('settings.py')!;
      const start = before.indexOf(from);
      const edit = { start, end: start + from.length, text };
      texts.set('settings.py', applied(before, edit));
      engine.editFile({ path: 'settings.py', edits: [edit] });
    };
    expect(found()).toBe(0);
    change('self.host', "f'{self.host}/{self.password}'");
    expect(found()).toBe(1);
    change('/{self.password}', '');
    expect(found()).toBe(0);
  });
});
