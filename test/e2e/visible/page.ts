// What a person does in the workbench: open a file, run a command, go to a place, look.

import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { stage } from './stage';

/** What marks a finding in the text. */
export const squiggle = '.monaco-editor .squiggly-warning, .monaco-editor .squiggly-error';

/** Where a text first stands in a file of the workspace; line and column from 1. */
export function placeOf(name: string, text: string): { line: number; column: number } {
  const lines = readFileSync(join(stage().workspace, name), 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(text));
  assert.notEqual(index, -1, `${name} contains ${text}`);
  return { line: index + 1, column: lines[index].indexOf(text) + 1 };
}

/** Opens a file with the cursor at a text, and waits until Airlock has marked something in sight. */
export async function openAt(name: string, text: string): Promise<Page> {
  const { browser, open, file } = stage();
  const { line, column } = placeOf(name, text);
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  try {
    await page.goto(
      open([
        ['openFile', `${file(name)}:${line}:${column}`],
        ['gotoLineMode', 'true'],
      ]),
    );
    await page.waitForSelector(squiggle, { timeout: 30_000 });
    await goTo(page, line, column);
    return page;
  } catch (error) {
    await picture(page, `failed-opening-${name}`);
    await page.close();
    throw error;
  }
}

/** Keeps a picture of this moment, for people. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(stage().screenshots, `${name}.png`) });
}

/** Runs a command from the palette. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  await page.waitForSelector('.quick-input-widget input');
  await page.keyboard.type(title);
  await page.waitForSelector(`.quick-input-list .monaco-list-row.focused[aria-label*="${title}"]`);
  await page.keyboard.press('Enter');
}

/** Puts the cursor on a place. */
export async function goTo(page: Page, line: number, column: number): Promise<void> {
  await page.keyboard.press('Control+G');
  await page.waitForSelector('.quick-input-widget input');
  await page.keyboard.type(`${line}:${column}`);
  await page.keyboard.press('Enter');
  await cursorIsOn(page, line);
}

/** Waits until the status bar says that the cursor is on this line. */
export async function cursorIsOn(page: Page, line: number): Promise<void> {
  await page
    .locator('.statusbar-item', { hasText: new RegExp(`Ln ${line},`) })
    .first()
    .waitFor({ timeout: 15_000 });
}

/** Moves the mouse onto the first mark, which lies behind the text. */
export async function hoverMark(page: Page): Promise<void> {
  // A mark is drawn anew whenever findings are renewed, and has no place for a moment.
  let box = null;
  for (let tries = 0; box === null && tries < 50; tries += 1) {
    box = await page.locator(squiggle).first().boundingBox();
    if (box === null) await page.waitForTimeout(100);
  }
  assert.ok(box);
  await page.mouse.move(box.x + 2, box.y + box.height / 2);
  await page.mouse.move(box.x + 6, box.y + box.height / 2, { steps: 3 });
}

/** The frame of a document with this heading, once it is shown. */
export async function frameWithHeading(page: Page, title: string): Promise<Frame> {
  await page.waitForSelector('iframe.webview');
  for (let tries = 0; tries < 150; tries += 1) {
    for (const frame of page.frames()) {
      const heading = await frame.$('h1').catch(() => null);
      if ((await heading?.innerText().catch(() => undefined)) === title) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`no document "${title}" was shown`);
}
