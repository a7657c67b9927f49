// Dumps of every phase beside a fixture: `test/expectations/NAME.py` and what the engine knows of it in NAME.txt.
// UPDATE_EXPECTATIONS=1 writes the texts anew; read the difference before you commit it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ScopeKind } from '../../../server/src/syntax/code';
import { dump, dumpKinds, explain } from '../../../server/src/whole/dump';
import { analyse } from '../flow/example';

const folder = join(__dirname, '../../expectations');
const names = readdirSync(folder).filter((name) => name.endsWith('.py'));

function dumpAll(name: string): string {
  const analysis = analyse({ [name]: readFileSync(join(folder, name), 'utf8') });
  const parts = analysis.program.scopes
    .filter(({ code }) => code.kind !== ScopeKind.Class)
    .flatMap((scope) => dumpKinds.map((kind) => dump(analysis, scope, kind)));
  return parts.join('\n');
}

describe('expectations', () => {
  it.each(names)('%s', (name) => {
    const file = join(folder, name.replace(/\.py$/, '.txt'));
    const actual = dumpAll(name);
    if (process.env.UPDATE_EXPECTATIONS || !existsSync(file)) writeFileSync(file, actual);
    expect(actual).toBe(readFileSync(file, 'utf8'));
  });

  it('explain the innermost function around a line', () => {
    const analysis = analyse(
      'class A:\n    def f(self):\n        def g():\n            return []\n        return {}\nx = 1\n',
    );
    const head = (line: number) => explain(analysis, 'a.py', line, 'summary')?.split('\n', 1)[0];
    expect([0, 1, 3, 4, 5].map(head)).toEqual([
      'summary of the module, line 1',
      'summary of A.f, line 2',
      'summary of A.f.g, line 3',
      'summary of A.f, line 2',
      'summary of the module, line 1',
    ]);
    expect(explain(analysis, 'none.py', 0, 'code')).toBe(null);
  });
});
