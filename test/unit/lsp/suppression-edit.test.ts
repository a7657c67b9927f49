// Where the directive that silences a finding goes: never into a string, never behind a backslash.

import { expect, test } from 'vitest';
import { placeSuppression } from '../../../server/src/lsp/suppression-edit';

test.each([
  ['x = 1\n', 0, 0, 5, '  # airlock: ignore[r] '],
  ['x = 1', 0, 0, 5, '  # airlock: ignore[r] '],
  ['x = 1 \n', 0, 0, 6, ' # airlock: ignore[r] '],
  ['x = 1  # why\r\ny = 2\r\n', 0, 0, 12, '  # airlock: ignore[r] '],
  ['log("""\nsecret\n""", password)\ny = 2\n', 0, 2, 14, '  # airlock: ignore[r] '],
  ['x = a + \\\n    b\n', 0, 1, 5, '  # airlock: ignore[r] '],
  ['call(\n    "😀",\n    b,\n)\n', 1, 3, 1, '  # airlock: ignore[r] '],
  ['', 0, 0, 0, '# airlock: ignore[r] '],
  ['x = 1\n', 9, 1, 0, '# airlock: ignore[r] '],
])('%j, line %d', (text, line, atLine, atCharacter, inserted) => {
  expect(placeSuppression(text, line, 'r')).toEqual({ line: atLine, character: atCharacter, text: inserted });
});
