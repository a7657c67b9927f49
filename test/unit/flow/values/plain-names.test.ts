// What is read of bodies that keep functions, classes and constants only, which nobody interprets for that.
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
])('%s', (_, kept, use, count) => {
  expect(flows(handler(kept, use))).toHaveLength(count);
});

it('takes a function for no secret, whatever it is called', () => {
  const use = 'import logging\ndef password():\n    pass\ndef show(token):\n    logging.info(password)\n';
  expect(flows(use, 'log')).toHaveLength(0);
});
