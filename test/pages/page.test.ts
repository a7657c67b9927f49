import { expect, it } from 'vitest';
import { parsePage } from './page';

const page = `# some-rule

Summary.

## What it reports
Text.

## Bad

### Two files

\`\`\`python file=a.py min-confidence=medium
import b
b.run(x)  # finding: some-rule "x reaches"
\`\`\`

\`\`\`python file=pkg/b.py
# finding+1: some-rule "say \\"so\\""
def run(x): pass  # airlock: ignore[a]  # finding: other-rule
\`\`\`

#### Fixed

\`\`\`python file=a.py
import b
\`\`\`

### Another

No fix: only the author knows.

\`\`\`python
run()  # finding: some-rule
\`\`\`

## Good

\`\`\`python
one()
\`\`\`

\`\`\`python
two()
\`\`\`

## Near misses

### Looks alike

\`\`\`python
three()
\`\`\`
`;

it('reads examples, claims, fixes and options', () => {
  const { title, examples, sections } = parsePage(page);
  expect(title).toBe('some-rule');
  expect([...sections.keys()]).toEqual(['What it reports', 'Bad', 'Good', 'Near misses']);
  expect(examples.map(({ kind, noFix }) => [kind, noFix])).toEqual([
    ['bad', false],
    ['bad', true],
    ['good', false],
    ['good', false],
    ['near miss', false],
  ]);
  const [first] = examples;
  expect(first.options.get('min-confidence')).toBe('medium');
  expect([...first.files]).toEqual([
    ['a.py', 'import b\nb.run(x)\n'],
    ['pkg/b.py', 'def run(x): pass  # airlock: ignore[a]\n'],
  ]);
  expect(first.claims).toEqual([
    { path: 'a.py', line: 2, rule: 'some-rule', message: 'x reaches' },
    { path: 'pkg/b.py', line: 1, rule: 'some-rule', message: 'say "so"' },
    { path: 'pkg/b.py', line: 1, rule: 'other-rule', message: '' },
  ]);
  expect([...first.fixed]).toEqual([['a.py', 'import b\n']]);
});

it('takes a line "Fixed:" for a heading', () => {
  const { examples } = parsePage('# r\n## Bad\n```python\na\n```\nFixed:\n```python\nb\n```\n');
  expect(examples).toHaveLength(1);
  expect([...examples[0].fixed.values()]).toEqual(['b\n']);
});

it('refuses a fence that is never closed', () => {
  expect(() => parsePage('# r\n```python\na\n')).toThrow('line 2');
});
