// The full-file audit: what it says of a file with locks, of one without, and of one that could not be read.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../server/src/project/configuration';
import { createEngine } from '../../../server/src/project/engine';
import { parser } from '../flow/example';
import { programs } from './programs';

function reviewOf(path: string) {
  const engine = createEngine(parser);
  engine.configure({ settings: { ...defaultSettings, minConfidence: 'low', preview: true } });
  engine.setFiles({ files: Object.entries(programs).map(([each, text]) => ({ path: each, text })) });
  return engine.review({ path });
}

describe('a review', () => {
  it('names defects, what is done well and where', () => {
    const review = reviewOf('main.py');
    expect(review.lineCount).toBeGreaterThan(20);
    const section = review.sections.find(({ title }) => title === 'Synchronization')!;
    expect(section.asked).toContainEqual({ name: 'field-without-its-lock', preview: false });
    expect(section.defects.map(({ rule }) => rule)).toContain('field-without-its-lock');
    const good = section.good.map(({ text }) => text).join('\n');
    expect(good).toContain("2 functions take `'workers'`");
    for (const { locations } of section.good) {
      expect(locations.length).toBeGreaterThan(0);
      for (const { path } of locations) expect(path).toBe('main.py');
    }
    expect(review.verdict).toMatch(/^\d+ findings?(, .*)?: /);
  });

  it('agrees with the findings of the file', () => {
    const engine = createEngine(parser);
    engine.configure({ settings: { ...defaultSettings, preview: true } });
    engine.setFiles({ files: Object.entries(programs).map(([path, text]) => ({ path, text })) });
    for (const path of Object.keys(programs)) {
      const listed = engine.review({ path }).sections.flatMap(({ defects }) => defects);
      const found = engine.findings({ path }).findings;
      expect(new Set(listed.map((one) => one.fingerprint))).toEqual(
        new Set(found.map((one) => one.fingerprint)),
      );
    }
  });

  it('says so when there is nothing to say', () => {
    const engine = createEngine(parser);
    engine.setFiles({ files: [{ path: 'a.py', text: 'x = 1\n' }] });
    const review = engine.review({ path: 'a.py' });
    expect(review.verdict).toMatch(/^The \d+ rules that were asked found nothing\.$/);
    expect(review.sections.flatMap(({ defects }) => defects)).toEqual([]);
    expect(review.sections.find(({ title }) => title === 'Synchronization')!.good).toEqual([]);
  });

  it('says what could not be read', () => {
    const engine = createEngine(parser);
    engine.setFiles({
      files: [
        { path: 'a.py', text: 'def f(:\n  ((\nx = 1\n' },
        { path: 'b.py', text: `x = '${'a'.repeat(2_000_000)}'\n` },
      ],
    });
    expect(engine.review({ path: 'a.py' }).verdict).toMatch(
      /could not be read as Python 3 and (was|were) left out: lines? [12](, 2)?\.$/,
    );
    expect(engine.review({ path: 'b.py' }).verdict).toContain('not analysed');
    expect(engine.review({ path: 'none.py' }).verdict).toBe('This file is not known to the engine.');
  });
});

it('tells what comments silence', () => {
  const engine = createEngine(parser);
  const comment = '# airlock: ignore[untrusted-command] my own machine';
  const quiet = `import os\n\nos.system(input())  ${comment}\n`;
  engine.configure({ settings: { ...defaultSettings, minConfidence: 'low', preview: true } });
  engine.setFiles({ files: [{ path: 'a.py', text: quiet }] });
  const { verdict, sections } = engine.review({ path: 'a.py' });
  expect(verdict).toMatch(/asked found nothing that is not silenced by a comment\.$/);
  const inputs = sections.find(({ title }) => title === 'Inputs');
  expect(inputs?.noted?.map(({ text: words }) => words)).toContain(
    '1 finding of untrusted-command is silenced by a comment',
  );
});

it('asks the rules in preview whatever the settings, and marks what they find', () => {
  const engine = createEngine(parser);
  const disabled = ['field-without-its-lock'];
  const settings = { ...defaultSettings, minConfidence: 'low' as const, disabled };
  engine.configure({ settings });
  const text = `import threading


class Box:
    def __init__(self):
        self._lock = threading.Lock()
        self._other = threading.Lock()
        self._items = []

    def add(self, item):
        with self._lock:
            self._items.append(item)

    def drop(self, item):
        with self._lock:
            self._items.remove(item)

    def forget(self, item):
        with self._other:
            self._items.remove(item)
`;
  engine.setFiles({ files: [{ path: 'main.py', text }] });
  const before = engine.findings({ path: 'main.py' }).findings;
  expect(before).toEqual([]);
  const defects = engine.review({ path: 'main.py' }).sections.flatMap((section) => section.defects);
  expect(defects.map(({ rule, preview }) => [rule, preview])).toContainEqual(['wrong-lock', true]);
  expect(engine.findings({ path: 'main.py' }).findings).toEqual(before);
  engine.configure({ settings: { ...settings, disabled: [...disabled, 'wrong-lock'] } });
  expect(engine.review({ path: 'main.py' }).verdict).not.toContain('wrong-lock');
});
