// Findings as the editor holds them: place, message, link, related places; renewed with unsaved text.

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import {
  discardChanges,
  findings,
  firstFinding,
  marked,
  noFinding,
  openFile,
  replaceText,
  until,
} from './editing';

describe('findings', () => {
  afterEach(discardChanges);

  it('shows a field used without its lock, with the other place of the pair', async () => {
    const { document } = await openFile('inventory.py');
    const finding = await firstFinding(document, 'field-without-its-lock');
    assert.match(document.lineAt(finding.range.start.line).text, /self\._stock\[item\] = /);
    assert.match(finding.message, /_stock/);
    assert.match(finding.message, /_lock/);
    assert.equal(finding.severity, vscode.DiagnosticSeverity.Warning);
    assert.ok((finding.relatedInformation ?? []).length > 0, 'names a place that holds the lock');
    for (const { location } of finding.relatedInformation ?? []) {
      assert.equal(location.uri.toString(), document.uri.toString());
    }
    assert.equal(findings(document, 'field-without-its-lock').length, 1, 'one finding for one state');
  });

  it('shows a password that reaches the log', async () => {
    const { document } = await openFile('accounts.py');
    const finding = await firstFinding(document, 'secret-in-log');
    assert.match(document.lineAt(finding.range.start.line).text, /LOG\.warning/);
    assert.match(finding.message, /password/);
    assert.equal(findings(document, 'secret-in-log').length, 1, 'the other calls are left alone');
  });

  it('shows a command made from a request, and leaves the checked one alone', async () => {
    const { document } = await openFile('reports.py');
    const finding = await firstFinding(document, 'untrusted-command');
    assert.match(document.lineAt(finding.range.start.line).text, /os\.system/);
    assert.notEqual(marked(document, finding), '');
    assert.equal(findings(document, 'untrusted-command').length, 1);
  });

  it('links each finding to the page of its rule', async () => {
    const { document } = await openFile('accounts.py');
    const { code } = await firstFinding(document, 'secret-in-log');
    assert.ok(typeof code === 'object', 'the code has a link');
    assert.match(code.target.toString(), /^command:airlock\.showRule\?.*secret-in-log/);
  });

  it('follows unsaved text, both ways', async () => {
    const editor = await openFile('accounts.py');
    await firstFinding(editor.document, 'secret-in-log');
    const call = 'LOG.warning("Sign-in of %s with password %s was refused", user, password)';
    await replaceText(editor, call, 'LOG.warning("Sign-in of %s was refused", user)');
    await noFinding(editor.document, 'secret-in-log');
    await replaceText(editor, '"Signing in %s", user', '"Signing in %s %s", user, password');
    const finding = await firstFinding(editor.document, 'secret-in-log');
    assert.match(editor.document.lineAt(finding.range.start.line).text, /LOG\.info/);
    assert.ok(editor.document.isDirty, 'nothing was saved');
  });

  it('goes on while the file is broken', async () => {
    const editor = await openFile('accounts.py');
    await replaceText(editor, 'return answer.json()["session"]', 'return answer.json(');
    // What was found in an earlier text of the file may still be shown for a moment.
    await until('the password in the log call', () =>
      findings(editor.document, 'secret-in-log').find(({ range }) =>
        /LOG\.warning/.test(editor.document.lineAt(range.start.line).text),
      ),
    );
  });
});
