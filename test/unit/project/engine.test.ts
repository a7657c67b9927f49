// The engine as its hosts see it: any text gives an answer, the order of files does not matter, and edits lead where a
// fresh engine would.
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../server/src/project/engine';
import type { AuditResult } from '../../../server/src/project/protocol';
import { defaultSettings } from '../../../server/src/project/settings';
import { dumpKinds } from '../../../server/src/whole/dump';
import { parser } from '../flow/example';
import { mutate, programs, Random } from './programs';

type Files = readonly { readonly path: string; readonly text: string }[];

function engineWith(files: Files, low = true): Engine {
  const engine = createEngine(parser);
  engine.configure({
    settings: {
      ...defaultSettings,
      minConfidence: low ? 'low' : 'medium',
      preview: true,
      maxFileSize: 32_000_000,
    },
  });
  engine.setFiles({ files });
  return engine;
}

function audit(files: Files): AuditResult {
  return engineWith(files).audit({});
}

describe('whatever the text', () => {
  const racy = programs['jobs.py']!;
  const hostile: Record<string, () => string> = {
    'an empty file': () => '',
    'white space only': () => ' \n\t\n\r\n',
    'a null character': () => 'x = "\u0000"\n\u0000\n',
    'a lock named by what a loop makes of the name': () =>
      'import os\nfrom filelock import FileLock\ndef f(parts):\n    a = "x"\n    b = "y"\n    for part in parts:\n        if part:\n            a = b + part\n        else:\n            b = a + part\n        with FileLock(a):\n            pass\n        with FileLock(b):\n            pass\n',
    'half a class': () => 'class A(:\n  def f(self\n    with self.',
    'brackets 200,000 deep': () => `x = ${'['.repeat(200_000)}`,
    'closed brackets 20,000 deep': () => `x = ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    'attributes 200,000 deep': () => `x = a${'.b'.repeat(200_000)}\n`,
    'operators 50,000 deep': () => `x = ${'not '.repeat(50_000)}y\n`,
    'blocks 90 deep': () =>
      `def f(x):\n${Array.from({ length: 90 }, (_, k) => `${' '.repeat(k + 1)}if x:`).join('\n')}\n${' '.repeat(92)}x()\n`,
    'tries 90 deep': () =>
      `def f(x):\n${Array.from({ length: 90 }, (_, k) => `${' '.repeat(k + 1)}try:`).join('\n')}\n${' '.repeat(92)}x = 1\n`,
    'a line of 5 MB': () => `x = "${'a'.repeat(5_000_000)}"\n`,
    'a table of 5 MB': () => `x = {\n${'    "key": [1, 2, 3, 4, 5, 6, 7, 8],\n'.repeat(130_000)}}\n`,
    'a generated file of 20,000 lines': () =>
      Array.from(
        { length: 5_000 },
        (_, k) =>
          `class C${k}(C${Math.max(0, k - 1)}):\n    def m${k}(self):\n        self.x${k} = C${k}()\n\n`,
      ).join(''),
    'a function of 50,000 statements': () =>
      `def f(a, b):\n${Array.from({ length: 50_000 }, (_, k) => (k % 3 ? `    x${k % 50} = a.y${k % 7}(b)` : `    if x${(k + 1) % 50}: a.z = x${k % 50}`)).join('\n')}\n`,
    'a function of 20,000 variables': () =>
      `def f(a):\n${Array.from({ length: 20_000 }, (_, k) => (k % 4 ? `    x${k} = x${k - 1}` : `    if a: x${k} = a`)).join('\n')}\n`,
    'a hundred loops in a row that release': () =>
      `def f(a, b):\n    a.acquire()\n${'    for x in b:\n        a.release()\n        a.acquire(False)\n'.repeat(100)}`,
    'classes that are their own bases': () =>
      'class A(B): pass\nclass B(A): pass\nclass C(C): pass\nclass D(A, B, C, D): pass\nD().m().n\n',
    'functions that return themselves': () =>
      '@f\ndef f(g):\n    return f(f)(g(f))\n@f(f)\ndef h(x): return h\nf(h)(h)(f)\n',
    'loops of self-assignment': () =>
      'def f(a):\n    b = c = a\n    while a:\n        a, b, c = b, c, a\n        a = a\n        a.x = a\n        a = a.x[b](c)\n    return a\n',
    'surrogates and wide characters': () => 'x = "\ud800"\n\u{1f600} = 1\nclass \u00c9t\u00e9: pass\n',
  };
  for (const [name, make] of Object.entries(hostile)) {
    it(`answers for ${name}`, { timeout: 120_000 }, () => {
      const text = make();
      const engine = engineWith([
        { path: 'hostile.py', text },
        { path: 'jobs.py', text: racy },
      ]);
      const { files, fileCount } = engine.audit({});
      expect(fileCount).toBe(2);
      const findings = files.flatMap((file) => file.findings);
      expect(findings.some(({ location }) => location.path === 'jobs.py')).toBe(true);
      expect(findings.length).toBeLessThan(5_000);
      for (const { location } of findings) expect(location.end).toBeGreaterThanOrEqual(location.start);
      engine.review({ path: 'hostile.py' });
    });
  }

  it('answers for imports in a circle', () => {
    const files = [
      { path: 'a/__init__.py', text: 'from .b import *\nfrom . import c\n' },
      { path: 'a/b.py', text: 'from .c import *\nfrom a import x\nclass K(x): pass\n' },
      { path: 'a/c.py', text: 'from .b import *\nfrom a.b import K as x\nx().m()\n' },
    ];
    expect(audit(files).fileCount).toBe(3);
  });

  it('answers for text cut off or damaged anywhere', { timeout: 120_000 }, () => {
    const random = new Random(7);
    const whole = Object.values(programs);
    const engine = engineWith([]);
    for (let round = 0; round < 600; round++) {
      const text = random.pick(whole);
      const cut = text.slice(0, random.below(text.length));
      const damaged = random.below(2) ? cut : mutate(random, cut);
      engine.setFiles({ files: [{ path: 'cut.py', text: damaged }] });
      expect(engine.audit({}).fileCount).toBe(1);
    }
  });
});

describe('determinism', () => {
  const files = Object.entries(programs).map(([path, text]) => ({ path, text }));

  it('gives the same answers whatever the order of files', () => {
    const random = new Random(11);
    const expected = JSON.stringify(audit(files));
    expect(JSON.parse(expected).files.length).toBeGreaterThan(2);
    for (let round = 0; round < 20; round++) {
      const shuffled = random.shuffle(files);
      const engine = engineWith([]);
      for (const file of shuffled) engine.setFiles({ files: [file] });
      expect(JSON.stringify(engine.audit({}))).toBe(expected);
    }
  });

  it('gives the same answers whatever was asked before', () => {
    const expected = JSON.stringify(audit(files));
    const engine = engineWith(files);
    for (const { path } of files) {
      engine.review({ path });
      engine.explain({ path, line: 9, dump: 'summary' });
    }
    expect(JSON.stringify(engine.audit({}))).toBe(expected);
  });
});

describe('edits', () => {
  it('lead where a fresh engine would be', { timeout: 120_000 }, () => {
    const random = new Random(23);
    for (let session = 0; session < 12; session++) {
      const texts = new Map(Object.entries(programs));
      const engine = engineWith(Object.entries(programs).map(([path, text]) => ({ path, text })));
      engine.audit({});
      for (let round = 0; round < 30; round++) {
        const path = random.pick([...texts.keys()]);
        const before = texts.get(path)!;
        const edit = random.edit(before);
        texts.set(path, before.slice(0, edit.start) + edit.text + before.slice(edit.end));
        engine.editFile({ path, edits: [edit] });
        if (random.below(3)) engine.findings({ path });
        if (round % 3) continue;
        const fresh = engineWith([...texts].map(([each, text]) => ({ path: each, text })));
        const message = `session ${session}, round ${round}, ${JSON.stringify(edit)} in ${path}`;
        expect(engine.audit({}), message).toEqual(fresh.audit({}));
        for (let line = 0; line < 60; line += 7) {
          for (const dump of dumpKinds) {
            expect(engine.explain({ path, line, dump }), message).toBe(fresh.explain({ path, line, dump }));
          }
        }
      }
    }
  });
});
