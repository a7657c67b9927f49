// Keys and URIs: every spelling of one file is one key, and the client's own spelling goes back to it.

import { describe, expect, test } from 'vitest';
import { keyOfUri, UriTable, uriOfKey } from '../../../server/src/lsp/uris';

describe('the key of a URI', () => {
  test.each([
    ['file:///home/me/a.py', '/home/me/a.py'],
    ['file:///home/me/with%20space%20%26%20%C3%A9.py', '/home/me/with space & é.py'],
    ['file:///home/me/with space.py', '/home/me/with space.py'],
    ['FILE:///home/me/a.py', '/home/me/a.py'],
    ['file://localhost/home/me/a.py', '/home/me/a.py'],
    ['file:///home/me/100%.py', '/home/me/100%.py'],
    ['file:///home/me/%FF.py', '/home/me/%FF.py'],
    ['file:///home/me/a%23b.py', '/home/me/a#b.py'],
    ['file:///c%3A/Users/me/a.py', 'c:/Users/me/a.py'],
    ['file:///C:/Users/me/a.py', 'c:/Users/me/a.py'],
    ['file:///c:/', 'c:/'],
    ['file://server/share/a.py', '//server/share/a.py'],
    ['untitled:Untitled-1', 'untitled:Untitled-1'],
    ['vscode-vfs://github/owner/repo/a%20b.py', 'vscode-vfs://github/owner/repo/a b.py'],
    ['vscode-notebook-cell:/home/me/n.ipynb#W0', 'vscode-notebook-cell:/home/me/n.ipynb#W0'],
  ])('%s', (uri, key) => expect(keyOfUri(uri)).toBe(key));
});

describe('a URI made for a key', () => {
  test.each([
    ['/home/me/with space & é#%.py', 'file:///home/me/with%20space%20%26%20%C3%A9%23%25.py'],
    ['c:/Users/me/a.py', 'file:///c:/Users/me/a.py'],
    ['//server/share/a b.py', 'file://server/share/a%20b.py'],
    ['vscode-vfs://github/owner/repo/a b.py', 'vscode-vfs://github/owner/repo/a%20b.py'],
  ])('%s', (key, uri) => {
    expect(uriOfKey(key)).toBe(uri);
    expect(keyOfUri(uri)).toBe(key);
  });
});

describe('the table', () => {
  test('echoes the spelling of the client', () => {
    const table = new UriTable(false);
    const key = table.keyOf('file:///c%3A/a.py');
    expect(key).toBe('c:/a.py');
    expect(table.uriOf(key)).toBe('file:///c%3A/a.py');
    expect(table.adopt('file:///C:/a.py')).toBe(key);
    expect(table.uriOf(key)).toBe('file:///C:/a.py');
  });

  test('where case does not count, the first spelling is the key', () => {
    const table = new UriTable(true);
    expect(table.keyOf('file:///c:/Work/A.py')).toBe('c:/Work/A.py');
    expect(table.keyOf('file:///C:/work/a.py')).toBe('c:/Work/A.py');
    expect(table.canonical('c:/WORK/a.PY')).toBe('c:/Work/A.py');
  });

  test('where case counts, two spellings are two files', () => {
    const table = new UriTable(false);
    expect(table.keyOf('file:///a/A.py')).not.toBe(table.keyOf('file:///a/a.py'));
  });
});
