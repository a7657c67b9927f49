import { expect, it } from 'vitest';
import { pageForReaders } from '../../../scripts/rule-pages.mjs';
import {
  explanationOf,
  explanationToMarkdown,
  explanationToText,
} from '../../../server/src/report/rule-page';

const page = `# some-rule

One line.

## What it reports

State that is read by \`a.b. C\` and
changed elsewhere. A second sentence. A third one.

More.

## Why it matters

Three things:

- one;
- two.

## Bad

\`\`\`python
## How to break it
\`\`\`

## How to fix

Do not.
`;

it('takes the first sentences of each section', () => {
  expect(explanationOf(page)).toEqual({
    what: 'State that is read by `a.b. C` and changed elsewhere. A second sentence.',
    why: 'Three things:\n\n- one;\n- two.',
    fix: 'Do not.',
  });
  expect(explanationOf(page, 60).what).toBe('State that is read by `a.b. C` and changed elsewhere.');
});

it('leaves out what a page does not have', () => {
  const short = explanationOf('# x\r\n\r\n## How to fix\r\n\r\nDo\r\nnot.\r\n');
  expect(explanationToMarkdown(short)).toBe('**How to fix.** Do not.');
  expect(explanationToText(short)).toBe('How to fix: Do not.');
  expect(explanationToMarkdown(explanationOf(''))).toBe('');
});

it('gives readers the page without its claims, and with the names of files', () => {
  const tested =
    '```python file=a/b.py min-confidence=low\nx = 1  # finding: some-rule "x"\n# finding+1: some-rule\ny = 2\n```\n';
  expect(pageForReaders(tested)).toBe('`a/b.py`:\n\n```python\nx = 1\ny = 2\n```\n');
});
