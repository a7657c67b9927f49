// The editor as a person meets it: marks, hover, light bulb, Problems, the review and its links, the log.

import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { stage } from './stage';

const squiggle = '.monaco-editor .squiggly-warning, .monaco-editor .squiggly-error';

/** Opens the workbench on a file and waits until Airlock has marked something. */
async function openWorkbench(name: string): Promise<Page> {
  const { browser, open, file } = stage();
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(open([['openFile', file(name)]]));
  await page.waitForSelector(squiggle, { timeout: 60_000 });
  return page;
}

/** Keeps a picture of this moment, for people. */
async function picture(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(stage().screenshots, `${name}.png`) });
}

/** Runs a command as a person would, from the palette. */
async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  await page.waitForSelector('.quick-input-widget input');
  await page.keyboard.type(title);
  await page.waitForSelector(`.quick-input-list .monaco-list-row.focused[aria-label*="${title}"]`);
  await page.keyboard.press('Enter');
}

/** Puts the cursor on a line. */
async function goToLine(page: Page, line: number): Promise<void> {
  await page.keyboard.press('Control+G');
  await page.waitForSelector('.quick-input-widget input');
  await page.keyboard.type(`:${line}`);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.monaco-editor.focused');
}

/** The line of a file of the workspace that contains a text, from 1. */
function lineWith(name: string, text: string): number {
  const lines = readFileSync(join(stage().workspace, name), 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(text));
  assert.notEqual(index, -1);
  return index + 1;
}

/** The frame that shows the review. */
async function reviewFrame(page: Page): Promise<Frame> {
  await page.waitForSelector('iframe.webview');
  for (let tries = 0; tries < 200; tries += 1) {
    for (const frame of page.frames()) {
      const heading = await frame.$('h1, h2').catch(() => null);
      if (heading) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new Error('no review was shown');
}

describe('workbench', () => {
  let page: Page;

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(page, `failed-${this.currentTest.title}`);
    await page.close();
  });

  it('marks a race and tells about it on hover', async () => {
    page = await openWorkbench('inventory.py');
    await picture(page, '1-marked');
    await page.hover(squiggle);
    const hover = page.locator('.monaco-hover:not(.hidden)').filter({ hasText: 'field-without-its-lock' });
    await hover.first().waitFor();
    assert.match(await hover.first().innerText(), /_stock/);
    await picture(page, '2-hover');
  });

  it('lists findings with their places in Problems', async () => {
    page = await openWorkbench('inventory.py');
    await runCommand(page, 'View: Focus Problems');
    const rows = page.locator('.markers-panel .monaco-list-row');
    await rows.filter({ hasText: 'field-without-its-lock' }).first().waitFor();
    await picture(page, '3-problems');
  });

  it('fixes a race from the light bulb', async () => {
    page = await openWorkbench('inventory.py');
    await page.click('.monaco-editor .view-lines');
    await goToLine(page, lineWith('inventory.py', 'self._stock.get(item, 0) + count'));
    await page.keyboard.press('End');
    await page.waitForSelector('.lightbulb-glyph, .codicon-light-bulb, [class*="codicon-gutter-lightbulb"]');
    await page.keyboard.press('Control+.');
    await page.waitForSelector('.action-widget .monaco-list-row.action');
    await picture(page, '4-fixes');
    await page.keyboard.press('Enter');
    await page.waitForSelector(squiggle, { state: 'detached' });
    await picture(page, '5-fixed');
  });

  it('shows the review of a file, whose lines are links', async () => {
    page = await openWorkbench('thumbnails.py');
    await page.click('.monaco-editor .view-lines');
    await runCommand(page, 'Airlock: Audit Current File');
    const frame = await reviewFrame(page);
    const text = await frame.innerText('body');
    assert.match(text, /thumbnails\.py/);
    assert.match(text, /_states/);
    assert.match(text, /Not checked yet/i);
    await picture(page, '6-review');
    const line = lineWith('thumbnails.py', 'self._states.pop');
    const link = frame.locator('a', { hasText: new RegExp(`\\b${line}\\b`) }).first();
    await link.click();
    await page
      .locator('.statusbar-item', { hasText: `Ln ${line},` })
      .first()
      .waitFor();
    await picture(page, '7-link-followed');
  });

  it('shows its log', async () => {
    page = await openWorkbench('reports.py');
    await runCommand(page, 'Airlock: Show Log');
    await page.locator('.output-view, .output-view-content, [id="workbench.panel.output"]').first().waitFor();
    await picture(page, '8-log');
  });

  it('colours directives', async () => {
    page = await openWorkbench('reports.py');
    await page.click('.monaco-editor .view-lines');
    await goToLine(page, lineWith('reports.py', 'os.system'));
    await page.keyboard.press('End');
    await page.keyboard.type('  # airlock: ignore[untrusted-command] only from the office');
    await page.waitForSelector(squiggle, { state: 'detached' });
    const line = page.locator('.view-line', { hasText: 'airlock: ignore' });
    assert.ok((await line.locator('span > span').count()) > 3, 'the comment has parts of its own colour');
    await picture(page, '9-suppressed');
  });
});
