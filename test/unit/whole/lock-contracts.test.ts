// What words say of the locks that callers hold.

import { describe, expect, it } from 'vitest';
import { saysLockIsHeld } from '../../../server/src/whole/lock-contracts';

describe('a lock that callers hold, in words', () => {
  for (const text of [
    'Called with the lock held.',
    'Caller must hold self._lock.',
    'Drop the pools of loops that are closed (under the engine lock).',
    'Append one entry (holding self._mutex).',
  ])
    it(`is said by: ${text}`, () => expect(saysLockIsHeld(text)).toBe(true));

  for (const text of [
    'Drop the pools of loops that are closed.',
    'Returns the number of entries (without the lock).',
    'Where the key is kept (the door has a lock).',
  ])
    it(`is not said by: ${text}`, () => expect(saysLockIsHeld(text)).toBe(false));
});
