// A person who points at something is answered by what is known while the engine is long at something else.

import { expect, it } from 'vitest';
import type { OpenDocument } from '../../../server/src/lsp/documents';
import { Findings } from '../../../server/src/lsp/findings';
import type { Session } from '../../../server/src/lsp/session';
import type { FileFindings } from '../../../server/src/project/protocol';

const answer = (resultId: string): FileFindings => ({ path: '/a.py', resultId, findings: [] });

/** Findings over an engine that answers when the test says so. */
function create() {
  const waiting: ((found: FileFindings) => void)[] = [];
  const document = { key: '/a.py', version: 1 } as OpenDocument & { version: number };
  const project = {
    call: () => ({
      result: new Promise<FileFindings>((done) => waiting.push(done)),
      cancel: () => undefined,
    }),
  };
  const session = {
    projects: { of: () => project },
    documents: { get: () => document },
    host: { now: () => 0 },
  } as unknown as Session;
  return { findings: new Findings(session, () => undefined), document, waiting };
}

it('answers with what is known of this text when the engine takes long', async () => {
  const { findings, document, waiting } = create();
  const first = findings.soon(document);
  waiting.shift()!(answer('first'));
  expect((await first).resultId).toBe('first');
  expect((await findings.soon(document)).resultId).toBe('first');
});

it('waits for the newest answer where it comes at once', async () => {
  const { findings, document, waiting } = create();
  const first = findings.soon(document);
  waiting.shift()!(answer('first'));
  await first;
  const second = findings.soon(document);
  waiting[0]!(answer('second'));
  expect((await second).resultId).toBe('second');
});

it('waits where nothing is known of the present text', async () => {
  const { findings, document, waiting } = create();
  const first = findings.of(document);
  waiting.shift()!(answer('first'));
  await first;
  document.version = 2;
  const second = findings.soon(document);
  setTimeout(() => waiting[0]!(answer('second')), 400);
  expect((await second).resultId).toBe('second');
});
