import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../server/src/project/configuration';
import { settleFindings } from '../../../server/src/project/outcome';
import type { Settings } from '../../../server/src/project/protocol';
import { rule as notAnalysed } from '../../../server/src/rules/housekeeping/not-analysed';
import { rule as noReason } from '../../../server/src/rules/housekeeping/suppression-without-reason';
import { rule as unknown } from '../../../server/src/rules/housekeeping/unknown-rule-in-suppression';
import { rule as unused } from '../../../server/src/rules/housekeeping/unused-suppression';
import type { TextEdit } from '../../../server/src/text/span';
import { exampleRule, fileOf, otherRule, reportsOf } from './example';

const rules = [exampleRule, otherRule, unused, unknown, noReason, notAnalysed];

function settle(text: string, settings: Partial<Settings> = {}) {
  const file = fileOf(text);
  const reports = [...reportsOf(file, 'run'), ...reportsOf(file, 'leak', otherRule)];
  const [{ findings }] = settleFindings(reports, [file], rules, { ...defaultSettings, ...settings });
  return findings;
}

const found = (text: string, settings?: Partial<Settings>) =>
  settle(text, settings).map(({ rule, location }) => `${location.range.start.line + 1} ${rule}`);

function fixed(text: string): string {
  const { edits } = settle(text)[0].fixes[0].data as { edits: readonly TextEdit[] };
  return [...edits]
    .sort((one, other) => other.start - one.start)
    .reduce((result, { start, end, text: by }) => result.slice(0, start) + by + result.slice(end), text);
}

describe('what a suppression silences', () => {
  it.each([
    ['the line it ends', 'run(x)  # airlock: ignore[untrusted-command] checked above\n'],
    ['the next line when alone', '# airlock: ignore[untrusted-command] checked above\nrun(x)\n'],
    [
      'the next line of code below further comments',
      '# airlock: ignore[untrusted-command] ok\n# more\nrun(x)\n',
    ],
    ['a statement from its first line', 'f(  # airlock: ignore[untrusted-command] ok\n  a,\n  run(x))\n'],
    ['a statement from its last line', 'f(\n  a,\n  run(x),\n)  # airlock: ignore[untrusted-command] ok\n'],
    ['a statement from above', '# airlock: ignore[untrusted-command] ok\nf(\n  a,\n  run(x))\n'],
    ['what is decorated', '# airlock: ignore[untrusted-command] ok\n@a(\n1)\n@b\ndef run(x): pass\n'],
    ['the file', 'run(x)\n\n# airlock: ignore-file[untrusted-command] a test\nrun(y)\n'],
    ['after another pragma', 'run(x)  # type: ignore  # airlock: ignore[untrusted-command] ok\n'],
    ['several rules', 'run(leak)  # airlock: ignore[secret-in-log, untrusted-command] ok\n'],
    ['by bandit', 'run(x)  # nosec\n'],
    ['by bandit with a code', 'run(x)  # nosec B602\n'],
    ['by ruff', 'run(x)  # noqa: E501, S605\n'],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  it('does not reach other lines of a long statement, nor other statements', () => {
    const text = 'f(\n  a,  # airlock: ignore[untrusted-command] ok\n  run(x),\n  b)\n';
    expect(found(text)).toEqual(['2 unused-suppression', '3 untrusted-command']);
    expect(found('# airlock: ignore[untrusted-command] ok\n\nrun(x)\n')).toContain('3 untrusted-command');
  });

  it('leaves foreign codes for other matters alone', () => {
    expect(found('run(x)  # noqa\n')).toEqual(['1 untrusted-command']);
    expect(found('run(x)  # nosec B101\n')).toEqual(['1 untrusted-command']);
    expect(found('leak(x)  # nosec\n')).toEqual(['1 secret-in-log']);
  });

  it('is not misled by brackets and quotes inside strings', () => {
    const text =
      's = "(" + \'[\'\nt = """\nx ( [\n"""\nrun(x)  # airlock: ignore[untrusted-command] ok\nrun(y)\n';
    expect(found(text)).toEqual(['6 untrusted-command']);
  });
});

it('takes time in proportion to the file, whatever it holds', () => {
  const text = `${'# airlock: ignore[untrusted-command] x\n'.repeat(8_000)}run(x)\n`;
  const deep = `${'# airlock: ignore[untrusted-command] x\n@a\n'.repeat(2_000)}def f():\n  run(x)\n`;
  const started = performance.now();
  expect(found(text)).toEqual([]);
  expect(found(deep).at(-1)).toBe('4002 untrusted-command');
  const names = `x = 1  # airlock: ignore[${'nothing,'.repeat(8_000)}]\n`;
  expect(found(names)).toHaveLength(8_000);
  expect(performance.now() - started).toBeLessThan(10_000);
});

describe('findings on suppressions', () => {
  it('reports an unused one and removes it', () => {
    const text = 'x = 1  # airlock: ignore[untrusted-command] no longer\ny = 2\n';
    expect(found(text)).toEqual(['1 unused-suppression']);
    expect(fixed(text)).toBe('x = 1\ny = 2\n');
    expect(fixed('a = 1\r\n    # airlock: ignore[untrusted-command] gone\r\nb\r\n')).toBe('a = 1\r\nb\r\n');
    expect(fixed('x  # type: ignore  # airlock: ignore[untrusted-command] gone\n')).toBe(
      'x  # type: ignore\n',
    );
    expect(fixed('x  # airlock: ignore[untrusted-command] gone # nosec\n')).toBe('x  # nosec\n');
  });

  it('removes only the name that is not needed', () => {
    const text = 'run(x)  # airlock: ignore[secret-in-log, untrusted-command] ok\n';
    expect(found(text)).toEqual(['1 unused-suppression']);
    expect(fixed(text)).toBe('run(x)  # airlock: ignore[untrusted-command] ok\n');
    const last = 'run(x)  # airlock: ignore[untrusted-command, secret-in-log] ok\n';
    expect(fixed(last)).toBe('run(x)  # airlock: ignore[untrusted-command] ok\n');
  });

  it('reports an unknown rule and corrects it', () => {
    const text = 'run(x)  # airlock: ignore[untrusted-comand] ok\n';
    expect(found(text)).toEqual(['1 untrusted-command', '1 unknown-rule-in-suppression']);
    const [, second] = settle(text);
    expect(second.message).toContain('Did you mean `untrusted-command`?');
    expect(second.fixes[0].safe).toBe(true);
    expect(settle('x  # airlock: ignore[quite-other] ok\n')[0].fixes).toEqual([]);
  });

  it('reports a suppression without names, and a directive misspelt', () => {
    expect(found('run(x)  # airlock: ignore\n')).toContain('1 unknown-rule-in-suppression');
    expect(fixed('x  # airlock: ingore[untrusted-command] ok\n')).toBe(
      'x  # airlock: ignore[untrusted-command] ok\n',
    );
    expect(found('x  # airlock: doors are described below\n')).toEqual([]);
  });

  it('asks for a reason, unsafely', () => {
    const text = 'run(x)  # airlock: ignore[untrusted-command]\n';
    const [finding] = settle(text);
    expect(finding.rule).toBe('suppression-without-reason');
    expect(finding.fixes[0].safe).toBe(false);
    expect(found(fixed(text))).toEqual([]);
  });

  it('says nothing of rules that did not run, nor of files read in part', () => {
    expect(
      found('x  # airlock: ignore[untrusted-command] ok\n', { disabled: ['untrusted-command'] }),
    ).toEqual([]);
    const file = fileOf('x = (  # airlock: ignore[untrusted-command] ok\n');
    const broken = { ...file, source: { ...file.source, errors: [{ start: 4, end: 5 }] } };
    expect(settleFindings([], [broken], rules, defaultSettings)[0].findings).toEqual([]);
    const [{ findings }] = settleFindings([], [broken], rules, { ...defaultSettings, minConfidence: 'low' });
    expect(findings.map(({ rule }) => rule)).toEqual(['not-analysed']);
  });

  it('can itself be silenced for a file', () => {
    const text =
      '# airlock: ignore-file[unused-suppression] generated\nx  # airlock: ignore[secret-in-log] ok\n';
    expect(found(text)).toEqual([]);
  });
});

it('filters by confidence and gives a result id that follows the findings', () => {
  const file = fileOf('run(x)\n');
  const reports = reportsOf(file, 'run').map(({ rule, report }) => ({
    rule,
    report: { ...report, confidence: 'low' as const },
  }));
  const [shown] = settleFindings(reports, [file], rules, { ...defaultSettings, minConfidence: 'low' });
  const [hidden] = settleFindings(reports, [file], rules, defaultSettings);
  expect(shown.findings).toHaveLength(1);
  expect(hidden.findings).toHaveLength(0);
  expect(shown.resultId).not.toBe(hidden.resultId);
});
