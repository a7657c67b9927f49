// The audit of the current file from the command palette. What the review says is for the visible tests.

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { firstFinding, openFile, until } from './editing';

function reviewTab(): vscode.Tab | undefined {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => /review/i.test(label));
}

describe('review', () => {
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('opens beside the file', async () => {
    const { document } = await openFile('thumbnails.py');
    await firstFinding(document, 'field-without-its-lock');
    await vscode.commands.executeCommand('airlock.auditFile');
    const tab = await until('the review', reviewTab);
    assert.match(tab.label, /thumbnails\.py/);
  });
});
