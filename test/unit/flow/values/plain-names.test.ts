// What is read of bodies that keep functions, classes and constants only, or what one statement tells, which nobody
// interprets for that.
import { expect, it } from 'vitest';
import { flows } from './example';

const handler = (kept: string, use: string): string =>
  `import os\nfrom flask import request\n${kept}\ndef handler():\n    x = request.args['x']\n    ${use}\n`;

it.each([
  ['a constant as a key', "KEY = 'k'\n", "os.system({'k': x, 'l': 'a'}[KEY])", 1],
  ['a constant as another key', "KEY = 'l'\n", "os.system({'k': x, 'l': 'a'}[KEY])", 0],
  ['either of two', "KEY = 'l'\nKEY = 'k'\n", "os.system({'k': x}[KEY])", 1],
  ['a constant of a class', "class A:\n    KEY = 'l'\n", "os.system({'k': x, 'l': 'a'}[A.KEY])", 0],
  ['what is computed', "KEY = 'l' + 'm'\n", "os.system({'k': x, 'lm': 'a'}[KEY])", 0],
  ['a list of keys', "KEYS = ['l', 'k']\n", "os.system({'k': x, 'l': 'a'}[KEYS[0]])", 0],
  ['another of them', "KEYS = ['l', 'k']\n", "os.system({'k': x, 'l': 'a'}[KEYS[1]])", 1],
  ['a key by another name', "FIRST = 'l'\nKEY = FIRST + 'm'\n", "os.system({'k': x, 'lm': 'a'}[KEY])", 0],
  ['a name that is bound twice', "FIRST = 'l'\nFIRST = 'k'\nKEY = FIRST\n", "os.system({'k': x}[KEY])", 1],
  [
    'what is added later',
    "KEYS = {'a': 'l'}\nKEYS['a'] = 'k'\n",
    "os.system({'k': x, 'l': 'a'}[KEYS['a']])",
    1,
  ],
  ['what is imported', 'from os import name as KEY\n', "os.system({'k': x}[KEY])", 1],
  ['what a library makes', 'import re\nKEY = re.compile("l")\n', "os.system({'k': x}[KEY])", 1],
  [
    'a constant of a class by another',
    "class A:\n    K = 'l'\n    KEY = K\n",
    "os.system({'l': 'a', 'k': x}[A.KEY])",
    0,
  ],
])('%s', (_, kept, use, count) => {
  expect(flows(handler(kept, use))).toHaveLength(count);
});

it('takes a function for no secret, whatever it is called', () => {
  const use = 'import logging\ndef password():\n    pass\ndef show(token):\n    logging.info(password)\n';
  expect(flows(use, 'log')).toHaveLength(0);
});
