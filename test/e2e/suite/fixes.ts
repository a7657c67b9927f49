// Quick fixes and suppressions: what is offered, what applying it does.

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import {
  discardChanges,
  findings,
  firstFinding,
  noFinding,
  openFile,
  quickFixesAt,
  replaceText,
} from './editing';

describe('fixes', () => {
  afterEach(discardChanges);

  it('takes the missing lock, and the finding is gone', async () => {
    const { document } = await openFile('inventory.py');
    const finding = await firstFinding(document, 'field-without-its-lock');
    const actions = await quickFixesAt(document, finding);
    const fix = actions.find((action) => action.edit && /_lock/.test(action.title));
    assert.ok(
      fix?.edit,
      `a fix that takes the lock is offered: ${actions.map(({ title }) => title).join(', ')}`,
    );
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    await noFinding(document, 'field-without-its-lock');
    assert.match(
      document.getText(),
      / {4}def restock\(self, item, count\):\n {8}with self\._lock:\n {12}self\._stock\[item\] = /,
    );
  });

  it('is silenced by a comment with a reason', async () => {
    const editor = await openFile('accounts.py');
    await firstFinding(editor.document, 'secret-in-log');
    await replaceText(
      editor,
      'was refused", user, password)',
      'was refused", user, password)  # airlock: ignore[secret-in-log] test accounts only',
    );
    await noFinding(editor.document, 'secret-in-log');
    assert.equal(findings(editor.document, 'suppression-without-reason').length, 0);
  });

  it('asks for the reason of a suppression', async () => {
    const editor = await openFile('accounts.py');
    await firstFinding(editor.document, 'secret-in-log');
    await replaceText(
      editor,
      'was refused", user, password)',
      'was refused", user, password)  # airlock: ignore[secret-in-log]',
    );
    await firstFinding(editor.document, 'suppression-without-reason');
    await noFinding(editor.document, 'secret-in-log');
  });
});
