// The long runs, on real files: AIRLOCK_CORPUS names a folder of Python files (a checkout, a standard library), and
// AIRLOCK_ROUNDS how many cuts and edits to try (3,000 unless given). Skipped without it.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../server/src/project/engine';
import { defaultSettings } from '../../../server/src/project/settings';
import { dumpKinds } from '../../../server/src/whole/dump';
import { parser } from '../flow/example';
import { flowEdit } from './flow-programs';
import { mutate, Random } from './programs';

const corpus = process.env.AIRLOCK_CORPUS;
const rounds = Number(process.env.AIRLOCK_ROUNDS ?? 3_000);
const seed = Number(process.env.AIRLOCK_SEED ?? 5);
const largest = 60_000;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return path.endsWith('.py') && statSync(path).size < largest ? [path] : [];
  });
}

function engineWith(texts: ReadonlyMap<string, string>, minConfidence: 'low' | 'medium' = 'low'): Engine {
  const engine = createEngine(parser);
  engine.configure({ settings: { ...defaultSettings, minConfidence, preview: true } });
  engine.setFiles({ files: [...texts].map(([path, text]) => ({ path, text })) });
  return engine;
}

describe.skipIf(!corpus)('on real files', () => {
  const paths = corpus ? filesBelow(corpus).sort() : [];

  it('answers for text cut off anywhere', { timeout: 3_600_000 }, () => {
    const random = new Random(seed);
    const engine = engineWith(new Map());
    for (let round = 0; round < rounds; round++) {
      const path = random.pick(paths);
      const text = readFileSync(path, 'utf8');
      const cut = text.slice(
        random.below(2) ? 0 : random.below(text.length + 1),
        random.below(text.length + 1),
      );
      engine.setFiles({ files: [{ path: 'cut.py', text: random.below(2) ? cut : mutate(random, cut) }] });
      expect(engine.audit({}).fileCount, `round ${round}: ${path}`).toBe(1);
    }
  });

  it('leads after edits where a fresh engine would be', { timeout: 3_600_000 }, () => {
    const random = new Random(seed);
    for (let session = 0; session < 10; session++) {
      const texts = new Map<string, string>();
      while (texts.size < 4) {
        const path = random.pick(paths);
        texts.set(path, readFileSync(path, 'utf8'));
      }
      const least = session % 2 ? 'medium' : 'low';
      const engine = engineWith(texts, least);
      engine.audit({});
      for (let round = 0; round < rounds / 10; round++) {
        const path = random.pick([...texts.keys()]);
        const before = texts.get(path)!;
        const edit = random.below(2) ? random.edit(before) : flowEdit(random, before);
        texts.set(path, before.slice(0, edit.start) + edit.text + before.slice(edit.end));
        engine.editFile({ path, edits: [edit] });
        if (random.below(3)) engine.findings({ path });
        if (round % 5) continue;
        const message = `session ${session}, round ${round}: ${JSON.stringify(edit)} in ${path}`;
        const fresh = engineWith(texts, least);
        expect(engine.audit({}), message).toEqual(fresh.audit({}));
        const line = random.below(before.split('\n').length);
        for (const dump of dumpKinds) {
          expect(engine.explain({ path, line, dump }), message).toBe(fresh.explain({ path, line, dump }));
        }
      }
    }
  });
});
