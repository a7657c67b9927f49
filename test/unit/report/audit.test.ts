import { describe, expect, it } from 'vitest';
import { auditToJson } from '../../../server/src/report/json';
import { auditToMarkdown, messageToMarkdown } from '../../../server/src/report/markdown';
import { auditToSarif } from '../../../server/src/report/sarif';
import { auditToText } from '../../../server/src/report/text';
import { result, rule, showPath } from './example';

const nothing = { ...result, files: [], skipped: [] };

it('prints text with steps and a summary', () => {
  expect(auditToText(result, { showPath, color: false })).toBe(
    `app/views.py:12:5 error untrusted-command \`<b>name</b>\` reaches a *shell* & runs
    app/views.py:10:5 comes from \`request.args\`
    app/views.py:12:5 reaches \`os.system()\`

/other/a b#é.py:3:1 warning field-without-its-lock (preview) touched without its lock
    /other/a b#é.py:9:1 holds it here

2 findings in 2 files. Looked at 1,234 files with 1,234,567 lines.
Not analysed, or only in part (1):
    big.py: larger than <the limit>
`,
  );
  expect(auditToText(nothing, { showPath, color: false })).toBe(
    'No findings. Looked at 1,234 files with 1,234,567 lines.\n',
  );
  expect(auditToText(nothing, { showPath, color: false, notAsked: 53 })).toBe(
    'No findings. Looked at 1,234 files with 1,234,567 lines.\n53 rules in preview were not asked; --preview asks them, too.\n',
  );
  const [file] = result.files;
  const unsure = {
    ...file!,
    findings: file!.findings.map((one) => ({ ...one, confidence: 'low' as const })),
  };
  expect(auditToText({ ...result, files: [unsure] }, { showPath, color: false })).toContain(
    ' untrusted-command (low confidence) `<b>name</b>`',
  );
  expect(auditToText(result, { showPath, color: true })).toContain('\u001b[31merror\u001b[0m');
});

it('gives JSON with lines and columns from 1', () => {
  const report = JSON.parse(auditToJson(result, '1.2.3', showPath));
  expect(report.tool).toEqual({ name: 'airlock', version: '1.2.3' });
  expect(report.summary).toEqual({
    files: 1234,
    lines: 1234567,
    findings: 2,
    known: 0,
    ignored: 0,
    skipped: 1,
  });
  expect(report.findings[0]).toMatchObject({ path: 'app/views.py', line: 12, column: 5, endColumn: 8 });
  expect(report.findings[0].steps).toHaveLength(2);
});

it('escapes analysed text in Markdown', () => {
  const markdown = auditToMarkdown(result, showPath);
  expect(markdown).toContain('[line 12](app/views.py#L12): `<b>name</b>` reaches a \\*shell\\* \\& runs');
  expect(markdown).toContain('    1. [line 10](app/views.py#L10): comes from `request.args`');
  expect(markdown).toContain('(/other/a%20b%23%C3%A9.py#L3)');
  expect(markdown).toContain('larger than \\<the limit\\>');
});

it('shows calls and attributes in plain words as code', () => {
  expect(messageToMarkdown('_run() of a_b.c() sets self._x.y, `self.z` and my_var _too_.')).toBe(
    '`_run()` of `a_b.c()` sets `self._x.y`, `self.z` and my_var \\_too\\_.',
  );
});

describe('SARIF', () => {
  const relative = (path: string) => (path.startsWith('/w/') ? path.slice(3) : null);
  const pageOf = () =>
    '# untrusted-command\n\n## What it reports\n\nData reaches\na `shell`.\n\n## How to fix\n\nUse a list.\n';
  const [run] = JSON.parse(auditToSarif(result, { version: '1.2.3', rules: [rule], pageOf, relative })).runs;

  it('describes rules with category and weaknesses, the main one first', () => {
    const [described] = run.tool.driver.rules;
    expect(described.id).toBe('untrusted-command');
    expect(described.properties.category).toBe('command-injection');
    expect(described.properties.tags).toEqual(['external/cwe/cwe-078', 'external/cwe/cwe-088', 'inputs']);
    expect(described.fullDescription.text).toBe('Data reaches a `shell`.');
    expect(described.help.markdown).toContain('**How to fix.** Use a list.');
    expect(described.help.text).toContain('How to fix: Use a list.');
    // The product has no address of its own, and a dead link helps nobody.
    expect(JSON.stringify(run)).not.toMatch(/helpUri|informationUri/);
  });

  it('gives a path as a code flow and a pair as related locations', () => {
    const [flow, pair] = run.results;
    expect(flow.ruleIndex).toBe(0);
    expect(flow.properties).toMatchObject({ category: 'command-injection', confidence: 'high' });
    expect(flow.codeFlows[0].threadFlows[0].locations).toHaveLength(2);
    expect(flow.relatedLocations).toBeUndefined();
    expect(pair.relatedLocations).toEqual([
      expect.objectContaining({ id: 1, message: { text: 'holds it here' } }),
    ]);
    expect(pair.codeFlows).toBeUndefined();
  });

  it('has relative addresses below the folder, whole ones elsewhere, all encoded', () => {
    const addresses = run.results.map(
      (each: { locations: { physicalLocation: { artifactLocation: object } }[] }) =>
        each.locations[0].physicalLocation.artifactLocation,
    );
    expect(addresses).toEqual([
      { uri: 'app/views.py', uriBaseId: 'SRCROOT' },
      { uri: 'file:///other/a%20b%23%C3%A9.py' },
    ]);
    expect(run.originalUriBaseIds).toHaveProperty('SRCROOT');
  });

  it('counts lines and columns from 1 in UTF-16 units and keeps the fingerprint', () => {
    const [flow] = run.results;
    expect(run.columnKind).toBe('utf16CodeUnits');
    expect(flow.locations[0].physicalLocation.region).toMatchObject({
      startLine: 12,
      startColumn: 5,
      endColumn: 8,
    });
    expect(flow.partialFingerprints).toEqual({ 'airlock/v1': '0123456789abcdef' });
  });

  it('tells what was not analysed', () => {
    const [told] = run.invocations[0].toolExecutionNotifications;
    expect(told.message.text).toContain('larger than <the limit>');
    expect(told.locations[0].physicalLocation.artifactLocation.uri).toBe('big.py');
  });
});
