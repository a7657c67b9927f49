import { expect, it } from 'vitest';
import { reviewToHtml } from '../../../server/src/report/review-html';
import { reviewToMarkdown, reviewToText } from '../../../server/src/report/review-markdown';
import { review, showPath } from './example';

it('writes a review as text, each line once', () => {
  expect(reviewToText(review, { showPath })).toBe(`Review of app/views.py
======================

One defect: <script>alert(1)</script>
40 lines, read together with 3 other files.

Inputs
------
2 rules were asked, 1 of them in preview.

Findings:
  - app/views.py:12:5 error untrusted-command (high confidence)
      \`<b>name</b>\` reaches a *shell* & runs
      app/views.py:10:5 comes from \`request.args\`
      app/views.py:12:5 reaches \`os.system()\`
      Fix: Quote it with \`shlex.quote\`

Good practice:
  - 2 of 2 entry points check \`name\`: lines 5, 7.

Not decided:
  - what \`eval\` returns is not known: line 9 of b.py.

Not checked yet
---------------
Silence about these says nothing.

  - Logging: no rule asks about these yet.

Rules that were asked
---------------------
Those with an asterisk are in preview: they were not measured to be right often enough yet.

  - Inputs: untrusted-command, untrusted-sql*.
`);
});

it('writes a review as Markdown in which every line number is a link', () => {
  const markdown = reviewToMarkdown(review, { showPath });
  expect(markdown).toContain('[lines 5](app/views.py#L5), [7](app/views.py#L7).');
  expect(markdown).toContain('[line 9 of b.py](b.py#L9)');
  expect(markdown).toContain('\\<script\\>');
  const withoutLinks = markdown.replace(/\[[^\]]*\]\([^)]*\)/g, '');
  expect(withoutLinks).not.toMatch(/\blines? \d/);
});

it('writes a review as HTML without script, style or anything that loads', () => {
  const html = reviewToHtml(review, { showPath });
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).toContain('<code>&lt;b&gt;name&lt;/b&gt;</code> reaches a *shell* &amp; runs');
  expect(html).not.toMatch(/<script|<style|style=|\son\w+=|src=|<img|<iframe/i);
  expect(html).toContain(
    '<a href="airlock-line:12" data-path="/w/app/views.py" data-line="12" data-column="5">line 12</a>',
  );
  const tags = [...html.matchAll(/<(\/?)(\w+)[^>]*>/g)].map(([, close, name]) => `${close}${name}`);
  const open: string[] = [];
  for (const tag of tags) {
    if (tag.startsWith('/')) expect(open.pop()).toBe(tag.slice(1));
    else open.push(tag);
  }
  expect(open).toEqual([]);
});

it('lets the host choose the addresses', () => {
  const html = reviewToHtml(review, { showPath, link: ({ range }) => `command:open?"${range.start.line}"` });
  expect(html).toContain('href="command:open?&quot;11&quot;"');
});
