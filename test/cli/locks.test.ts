import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { airlock, folderWith, racyClass } from './command';

const helper = `

class Sorted(Inventory):
    def sort(self):
        with self._lock:
            self._sort()

    def _sort(self):
        pass
`;

describe('airlock locks', () => {
  it('prints the map of all files', async () => {
    const folder = folderWith({
      'stock.py': racyClass() + helper,
      'test_stock.py': 'import stock\nwith stock.Inventory()._lock:\n    pass\n',
    });
    const run = await airlock(folder, ['locks', '.']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(
      run.stdout,
    ).toBe(`1 lock, 1 guarded field or variable, 1 not everywhere. Numbers behind functions are lines.

stock.py
  class Inventory, line 4
    self._lock: one for each object; taken by add() 11, take() 15, count() 19, Sorted.sort() 33
    _stock is guarded by self._lock: 3 of 5 accesses hold it
      without it: restock() 23 takes an element
      without it: restock() 23 changes what it holds
  class Sorted, line 31
    called holding self._lock, by all callers: _sort() 36
`);
    expect(await airlock(folder, ['locks', '.'])).toEqual(run);
  });

  it('writes JSON and Markdown to a file', async () => {
    const folder = folderWith({ 'stock.py': racyClass() });
    const json = await airlock(folder, ['locks', 'stock.py', '--format', 'json', '--output', 'map.json']);
    expect(json).toMatchObject({ code: 0, stdout: '' });
    const map = JSON.parse(readFileSync(join(folder, 'map.json'), 'utf8'));
    expect(map.owners[0].state[0]).toMatchObject({
      name: '_stock',
      lock: 'self._lock',
      held: 3,
      accesses: 5,
    });
    const markdown = await airlock(folder, ['locks', 'stock.py', '--format', 'markdown']);
    expect(markdown.stdout).toContain('| \\_stock | self.\\_lock | inferred | 3 of 5 |');
  });

  it('says what it cannot do', async () => {
    const folder = folderWith({ 'plain.py': 'x = 1\n' });
    expect(await airlock(folder, ['locks', 'plain.py'])).toMatchObject({ code: 0, stdout: 'No locks\n' });
    expect(await airlock(folder, ['locks', 'none.py'])).toMatchObject({
      code: 2,
      stderr: 'airlock: none.py does not exist\n',
    });
    expect((await airlock(folder, ['locks', '.', '--format', 'sarif'])).code).toBe(2);
  });
});
