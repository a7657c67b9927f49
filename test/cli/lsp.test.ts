// `airlock lsp --stdio` speaks the protocol: what it then says is tested in test/protocol.

import { spawn } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { bundle } from './command';

it('answers an initialize request and ends when asked to', async () => {
  const server = spawn(process.execPath, [bundle, 'lsp', '--stdio'], { stdio: 'pipe' });
  onTestFinished(() => void server.kill());
  let answer = '';
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const ended = new Promise<number | null>((resolve) => server.on('exit', resolve));
  const initialized = new Promise<void>((resolve) => {
    server.stdout.on('data', (data) => {
      answer += data;
      if (answer.includes('"id":1')) resolve();
    });
  });
  send({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
  await initialized;
  expect(answer).toContain('"capabilities"');
  send({ id: 2, method: 'shutdown' });
  send({ method: 'exit' });
  expect(await ended).toBe(0);
});
