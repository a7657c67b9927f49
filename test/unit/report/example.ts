// An audit and a review with what reports find hard: two files, an outside path, markup in analysed text.
import type { AuditResult, Review } from '../../../server/src/project/protocol';
import type { Finding, Location } from '../../../server/src/rules/finding';
import type { RuleDescription } from '../../../server/src/rules/rule';

export function at(line: number, character = 4, path = '/w/app/views.py'): Location {
  const range = { start: { line: line - 1, character }, end: { line: line - 1, character: character + 3 } };
  return { path, start: line * 100 + character, end: line * 100 + character + 3, range };
}

export const rule: RuleDescription = {
  number: 301,
  name: 'untrusted-command',
  concern: 'inputs',
  severity: 'error',
  preview: false,
  cwe: [78, 88],
  category: 'command-injection',
  summary: 'Input from outside reaches a command.',
};

export const path: Finding = {
  rule: rule.name,
  message: '`<b>name</b>` reaches a *shell* & runs',
  confidence: 'high',
  severity: 'error',
  preview: false,
  location: at(12),
  symbol: 'Views.run',
  steps: [
    { location: at(10), message: 'comes from `request.args`' },
    { location: at(12), message: 'reaches `os.system()`' },
  ],
  stepsKind: 'path',
  fixes: [{ kind: 'replace', title: 'Quote it with `shlex.quote`', safe: true, data: {} }],
  fingerprint: '0123456789abcdef',
};

export const pair: Finding = {
  ...path,
  rule: 'field-without-its-lock',
  message: 'touched without its lock',
  confidence: 'medium',
  severity: 'warning',
  preview: true,
  location: at(3, 0, '/other/a b#é.py'),
  symbol: '',
  steps: [{ location: at(9, 0, '/other/a b#é.py'), message: 'holds it here' }],
  stepsKind: 'places',
  fixes: [],
  fingerprint: 'fedcba9876543210',
};

export const result: AuditResult = {
  files: [
    { path: '/w/app/views.py', resultId: '1', findings: [path] },
    { path: '/other/a b#é.py', resultId: '2', findings: [pair] },
  ],
  skipped: [{ path: '/w/big.py', reason: 'larger than <the limit>' }],
  fileCount: 1234,
  lineCount: 1234567,
  notAsked: 2,
  known: 0,
};

export const review: Review = {
  path: '/w/app/views.py',
  lineCount: 40,
  otherFiles: 3,
  verdict: 'One defect: <script>alert(1)</script>',
  sections: [
    {
      title: 'Inputs',
      checked: '2 rules were asked, 1 of them in preview.',
      asked: [
        { name: 'untrusted-command', preview: false },
        { name: 'untrusted-sql', preview: true },
      ],
      good: [{ text: '2 of 2 entry points check `name`', locations: [at(5), at(7), at(7, 9)] }],
      defects: [path],
      undecided: [{ text: 'what `eval` returns is not known', locations: [at(9, 0, '/w/b.py')] }],
    },
  ],
  notChecked: ['Logging: no rule asks about these yet.'],
};

export const showPath = (key: string) => key.replace(/^\/w\//, '');
