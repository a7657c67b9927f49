// Every construct as code: the fixtures beside their dumps. `npx vitest run --project unit -u` writes them anew.
import { beforeAll, describe, expect, test } from 'vitest';
import { dumpFile } from '../../../server/src/syntax/dump';
import type { PythonParser } from '../../../server/src/syntax/parser';
import { fixtureNames, readFixture } from './fixtures';
import { checkInvariants } from './invariants';
import { loadTestParser } from './parser';

let parser: PythonParser;
beforeAll(async () => {
  parser = await loadTestParser();
});

describe('code of', () => {
  test.each(fixtureNames)('%s', async (name) => {
    const text = readFixture(name);
    const file = parser.compile(text);
    checkInvariants(file, text);
    await expect(dumpFile(file)).toMatchFileSnapshot(`./fixtures/${name}.code.txt`);
  });
});
