// When the extension wakes, and what it then offers.

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';

describe('activation', () => {
  it('waits for a Python file, then activates from the installed package', async () => {
    const extension = vscode.extensions.getExtension('airlock.airlock');
    assert.ok(extension, 'the packed extension is installed');
    await vscode.workspace.openTextDocument({ language: 'plaintext', content: 'hello' });
    assert.equal(extension.isActive, false, 'asleep without Python');
  });
});
