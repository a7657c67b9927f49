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

const rule = 'field-without-its-lock';
const racy = '        self._stock[item] = self._stock.get(item, 0) + count';
const locked = '        with self._lock: self._stock[item] = self._stock.get(item, 0) + count';

/** Edits the defect away and back, so that only a live server can be right both times. */
async function proveAlive(editor: vscode.TextEditor): Promise<void> {
  await replaceText(editor, racy, locked);
  await noFinding(editor.document, rule);
  await replaceText(editor, locked, racy);
  await firstFinding(editor.document, rule);
}

describe('recovery', () => {
  afterEach(discardChanges);

  it('survives the death of its server', async () => {
    const editor = await openFile('inventory.py');
    await firstFinding(editor.document, rule);
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
    const editor = await openFile('inventory.py');
    await firstFinding(editor.document, rule);
    const before = servers();
    await vscode.commands.executeCommand('airlock.restartServer');
    await until('another server', () => {
      const now = servers();
      return now.length === 1 && now[0] !== before[0] ? now : undefined;
    });
    await proveAlive(editor);
  });
});
