// The lock map in its three forms.
import { describe, expect, it } from 'vitest';
import type { LockMapResult } from '../../../server/src/project/protocol';
import { lockMapToJson, lockMapToText } from '../../../server/src/report/lock-map';
import { lockMapToMarkdown } from '../../../server/src/report/lock-map-markdown';
import { at, showPath } from './example';

const map: LockMapResult = {
  owners: [
    {
      name: 'Views',
      place: at(3),
      locks: [
        {
          label: 'self._lock',
          extent: 'object',
          reentrant: true,
          model: 'thread',
          weak: false,
          takenBy: [
            { name: 'Views.add', place: at(5) },
            { name: 'other', place: at(9, 0, '/w/app/other.py') },
          ],
        },
      ],
      state: [
        {
          name: '_items',
          lock: 'self._lock',
          declared: false,
          held: 4,
          accesses: 5,
          without: [{ name: 'Views.peek', place: at(12), does: 'iterate', writes: false }],
        },
        { name: 'cursor', lock: '', declared: true, held: 0, accesses: 0, without: [] },
      ],
      contracts: [
        { name: 'Views._evict', place: at(20), locks: ['self._lock'], by: 'callers' },
        { name: 'Views._x_locked', place: at(22), locks: [], by: 'words' },
      ],
    },
  ],
  named: [
    {
      label: "'a|b'",
      extent: 'program',
      reentrant: false,
      model: 'asyncio',
      weak: true,
      takenBy: [{ name: '', place: at(1, 0) }],
    },
  ],
  order: [{ first: 'Views._lock', second: "'a|b'", name: 'Views.add', place: at(6) }],
};
const empty: LockMapResult = { owners: [], named: [], order: [] };

describe('the lock map', () => {
  it('is text that names every place', () => {
    expect(
      lockMapToText(map, showPath),
    ).toBe(`2 locks, 1 guarded field or variable, 1 not everywhere. Numbers behind functions are lines.

app/views.py
  class Views, line 3
    self._lock: one for each object, reentrant; taken by add() 5, other() app/other.py:9:1
    _items is guarded by self._lock: 4 of 5 accesses hold it
      without it: peek() 12 iterates over it
    cursor needs no lock, by declaration
    called holding self._lock, by all callers: _evict() 20
    called holding a lock, says its name or comment: _x_locked() 22

Named locks
  'a|b': one in the program, asyncio, known by its name only; taken by module level app/views.py:1:1

Taken while another is held
  Views._lock, then 'a|b': Views.add() app/views.py:6:5
`);
    expect(lockMapToText(empty, showPath)).toBe('No locks\n');
  });

  it('is Markdown with analysed text escaped', () => {
    const text = lockMapToMarkdown(map, showPath);
    expect(text).toContain('## app/views.py\n\n### class Views, line 3\n');
    expect(text).toContain(
      '| \\_items | self.\\_lock | inferred | 4 of 5 | [peek()](app/views.py#L12) iterates over it |\n',
    );
    expect(text).toContain("| 'a\\|b' | one in the program, asyncio, known by its name only |");
    expect(text).toContain("| Views.\\_lock | 'a\\|b' | [Views.add()](app/views.py#L6) |\n");
    expect(lockMapToMarkdown(empty, showPath)).toBe('# Lock map\n\nNo locks.\n');
  });

  it('is JSON with lines from 1', () => {
    const told = JSON.parse(lockMapToJson(map, '1.2.3', showPath));
    expect(told.tool).toEqual({ name: 'airlock', version: '1.2.3' });
    expect(told.owners[0]).toMatchObject({
      name: 'Views',
      place: { path: 'app/views.py', line: 3, column: 5 },
    });
    expect(told.owners[0].state[0].without[0]).toEqual({
      name: 'Views.peek',
      place: { path: 'app/views.py', line: 12, column: 5 },
      does: 'iterate',
      writes: false,
    });
    expect(told.order[0].place.line).toBe(6);
  });
});
