// When the extension wakes, and what it then offers.

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { discardChanges, openFile, until } from './editing';

function installed(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('airlock.airlock');
  assert.ok(extension, 'the packed extension is installed');
  return extension;
}

describe('activation', () => {
  afterEach(discardChanges);

  it('sleeps until there is Python', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'plaintext', content: 'import os' });
    await vscode.window.showTextDocument(document);
    assert.equal(installed().isActive, false);
  });

  it('wakes with a Python file and offers its commands', async () => {
    await openFile('reports.py');
    await until('the extension to be active', () => installed().isActive || undefined);
    const declared: { command: string }[] = installed().packageJSON.contributes.commands;
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      declared.map(({ command }) => command).filter((command) => !known.has(command)),
      [],
    );
  });

  it('works in untrusted and virtual workspaces, and says so', () => {
    const { capabilities, main, browser } = installed().packageJSON;
    assert.equal(capabilities.untrustedWorkspaces.supported, true);
    assert.equal(capabilities.virtualWorkspaces, true);
    assert.ok(main && browser);
  });
});
