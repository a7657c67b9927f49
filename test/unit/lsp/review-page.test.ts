// The page of a review: nothing may run or load in it, and its places lead to the editor.

import { expect, test } from 'vitest';
import { reviewPage } from '../../../client/src/review-page';

const address = (uri: string, line: number, column: number) =>
  `command:x?${encodeURIComponent(JSON.stringify([uri, line, column]))}`;

test('places become commands, other addresses stay, text stays escaped', () => {
  const page = reviewPage(
    '<p>&lt;script&gt; <a href="file:///a%20b/it&#39;s%23.py#L12,3">line 12</a> <a href="https://example.org/x">rule</a></p>',
    address,
  );
  const target = encodeURIComponent(JSON.stringify(["file:///a%20b/it's%23.py", 12, 3]));
  expect(page).toContain(`href="command:x?${target}"`);
  expect(page).toContain('href="https://example.org/x"');
  expect(page).toContain('&lt;script&gt;');
});

test('the policy allows one style by its nonce and nothing else', () => {
  const page = reviewPage('', address);
  const nonce = /style-src 'nonce-([0-9a-f]{32})'/.exec(page)?.[1];
  expect(page).toContain(`content="default-src 'none'; style-src 'nonce-${nonce}';"`);
  expect(page).toContain(`<style nonce="${nonce}">`);
  expect(page).not.toMatch(/<script|javascript:|\son\w+=/i);
  expect(reviewPage('', address)).not.toContain(nonce ?? '');
});
