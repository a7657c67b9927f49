// The editor as a person meets it: marks, hover, light bulb, Problems, the review and its links, the log.

import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import {
  cursorIsOn,
  frameWithHeading,
  hoverMark,
  openAt,
  picture,
  placeOf,
  runCommand,
  squiggle,
} from './page';

const race = 'self._stock[item] = self._stock.get(item, 0) + count';

describe('workbench', () => {
  let page: Page | undefined;

  afterEach(async function () {
    const { currentTest } = this;
    if (page && currentTest?.state === 'failed') {
      await picture(page, `failed-${currentTest.title.replace(/\W+/g, '-')}`);
    }
    await page?.close();
    page = undefined;
  });

  it('marks a race and tells about it on hover', async () => {
    page = await openAt('inventory.py', race);
    await picture(page, '1-marked');
    await hoverMark(page);
    const hover = page.locator('.monaco-hover').filter({ hasText: 'field-without-its-lock' }).first();
    await hover.waitFor();
    assert.match(await hover.innerText(), /_stock.*is guarded by[\s\S]*Why it matters[\s\S]*How to fix/);
    await picture(page, '2-hover');
  });

  it('opens the page of a rule from the code in the hover', async () => {
    page = await openAt('inventory.py', race);
    await hoverMark(page);
    await page.locator('.monaco-hover .code-link').first().click();
    const fromHover = await frameWithHeading(page, 'field-without-its-lock');
    assert.match(await fromHover.innerText('body'), /How to fix/);
    await picture(page, '2-rule-page');
  });

  it('lists findings with their places in Problems', async () => {
    page = await openAt('inventory.py', race);
    await runCommand(page, 'View: Focus Problems');
    const rows = page.locator('.markers-panel .monaco-list-row');
    await rows.filter({ hasText: 'field-without-its-lock' }).first().waitFor();
    await picture(page, '3-problems');
    await rows.locator('a', { hasText: 'field-without-its-lock' }).first().click();
    await frameWithHeading(page, 'field-without-its-lock');
  });

  it('fixes a race from the light bulb', async () => {
    page = await openAt('inventory.py', race);
    await showBulb(page);
    await page.keyboard.press('Control+.');
    await page.waitForSelector('.action-widget .monaco-list-row.action');
    await picture(page, '4-fixes');
    await page.keyboard.press('Enter');
    await page.waitForSelector(squiggle, { state: 'detached' });
    await picture(page, '5-fixed');
    await page.keyboard.press('Control+Z');
    await page.waitForSelector(squiggle);
  });

  it('shows the review of a file, whose lines are links', async () => {
    const unguarded = 'del self._states[job_id]';
    page = await openAt('thumbnails.py', unguarded);
    await runCommand(page, 'Airlock: Audit Current File');
    const frame = await frameWithHeading(page, 'Review of thumbnails.py');
    const text = await frame.innerText('body');
    assert.match(text, /thumbnails\.py/);
    assert.match(text, /_states/);
    assert.match(text, /Not checked yet/i);
    await picture(page, '6-review');
    const { line } = placeOf('thumbnails.py', 'self._states[job_id] = "waiting"');
    await frame
      .locator('a', { hasText: new RegExp(`\\b${line}\\b`) })
      .first()
      .click();
    await cursorIsOn(page, line);
    await picture(page, '7-link-followed');
  });

  it('shows its log', async () => {
    page = await openAt('inventory.py', race);
    await runCommand(page, 'Airlock: Show Log');
    const panel = page.locator('[id="workbench.panel.output"]');
    await panel.waitFor();
    const channels = panel.page().locator('.panel select').first();
    assert.equal(await channels.inputValue(), 'Airlock');
    await picture(page, '8-log');
  });

  it('colours directives and takes a suppression', async () => {
    page = await openAt('inventory.py', race);
    await page.keyboard.press('End');
    await page.keyboard.type('  # airlock: ignore[field-without-its-lock] single clerk');
    await page.waitForSelector(squiggle, { state: 'detached' });
    const line = page.locator('.view-line', { hasText: 'ignore[field-without-its-lock]' });
    const classes = await line
      .locator('span > span')
      .evaluateAll((spans) => spans.map((span) => span.className));
    const comment = classes.slice(classes.length - 4);
    assert.ok(new Set(comment).size > 1, `the comment has parts of its own colour: ${classes.join(' ')}`);
    await picture(page, '9-suppressed');
  });
});

/** Waits for the light bulb. The editor asks for it when the cursor moves, so it is moved along the line until then. */
async function showBulb(page: Page): Promise<void> {
  const bulb = page.locator('.lightBulbWidget:visible, [class*="gutter-lightbulb"]:visible').first();
  for (let move = 0; move < 8; move++) {
    await page.keyboard.press('ArrowRight');
    const shown = await bulb.waitFor({ timeout: 4000 }).then(
      () => true,
      () => false,
    );
    if (shown) return;
  }
  await bulb.waitFor();
}
