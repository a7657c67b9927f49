// The language server dies: it is started again, and findings are right again.

import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { discardChanges, firstFinding, noFinding, openFile, replaceText, until } from './editing';

/** Process ids of the language server that this extension host started. */
function servers(): number[] {
  return execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match?.[2] === String(process.pid) && match[3].includes('server.node.js'))
    .map((match) => Number(match?.[1]));
}

/** Changes the finding of accounts.py away and back, so that only a live server can be right twice. */
async function proveAlive(editor: vscode.TextEditor): Promise<void> {
  await replaceText(editor, 'password %s was refused", user, password', 'password was refused", user');
  await noFinding(editor.document, 'secret-in-log');
  await replaceText(editor, 'password was refused", user', 'password %s was refused", user, password');
  await firstFinding(editor.document, 'secret-in-log');
}

describe('recovery', () => {
  afterEach(discardChanges);

  it('survives the death of its server', async () => {
    const editor = await openFile('accounts.py');
    await firstFinding(editor.document, 'secret-in-log');
    const before = servers();
    assert.equal(before.length, 1, 'one server runs');
    process.kill(before[0], 'SIGKILL');
    await until('a new server', () => {
      const now = servers();
      return now.length === 1 && now[0] !== before[0] ? now : undefined;
    });
    await proveAlive(editor);
  });

  it('restarts its server on demand', async () => {
    const editor = await openFile('accounts.py');
    await firstFinding(editor.document, 'secret-in-log');
    const before = servers();
    await vscode.commands.executeCommand('airlock.restartServer');
    await until('another server', () => {
      const now = servers();
      return now.length === 1 && now[0] !== before[0] ? now : undefined;
    });
    await proveAlive(editor);
  });
});
