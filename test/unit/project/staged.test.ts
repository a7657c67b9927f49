// Files that are read while the program waits for them: no answer changes until they are taken, then all do.
import { expect, it } from 'vitest';
import { defaultSettings } from '../../../server/src/project/configuration';
import { createEngine } from '../../../server/src/project/engine';
import { parser } from '../flow/example';
import { programs } from './programs';

const settings = { ...defaultSettings, preview: true, minConfidence: 'low' as const };
const files = Object.entries(programs).map(([path, text]) => ({ path, text }));

function engineWith(given: typeof files) {
  const engine = createEngine(parser);
  engine.configure({ settings });
  engine.setFiles({ files: given });
  return engine;
}

it('answers as if staged files were not there, and then as if they always had been', () => {
  const [open, ...rest] = files;
  const engine = engineWith([open!]);
  const alone = JSON.stringify(engine.audit({}));
  engine.setFiles({ files: rest.slice(0, 2), staged: true });
  expect(JSON.stringify(engine.audit({}))).toBe(alone);
  engine.editFile({ path: open!.path, edits: [{ start: 0, end: 0, text: '# x\n' }] });
  engine.editFile({ path: open!.path, edits: [{ start: 0, end: 4, text: '' }] });
  expect(JSON.stringify(engine.audit({}).files)).toBe(JSON.stringify(engineWith([open!]).audit({}).files));
  engine.setFiles({ files: rest.slice(2), staged: true });
  engine.takeStaged();
  const whole = engineWith(files).audit({});
  expect(engine.audit({}).files).toEqual(whole.files);
  expect(engine.audit({}).fileCount).toBe(files.length);
});

it('takes a staged file at once that is set again, edited or known already', () => {
  const [first, second, third] = files;
  const engine = engineWith([first!]);
  engine.setFiles({ files: [second!, third!], staged: true });
  engine.setFiles({ files: [second!] });
  expect(engine.audit({}).fileCount).toBe(2);
  engine.editFile({ path: third!.path, edits: [{ start: 0, end: 0, text: '\n' }] });
  expect(engine.audit({}).fileCount).toBe(3);
  engine.setFiles({ files: [{ path: first!.path, text: 'x = 1\n' }], staged: true });
  expect(engine.audit({}).lineCount).toBeLessThan(
    engineWith([first!, second!, third!]).audit({}).lineCount + 1,
  );
  engine.removeFiles({ paths: [second!.path, third!.path] });
  expect(engine.audit({})).toMatchObject({ fileCount: 1, lineCount: 1 });
});
