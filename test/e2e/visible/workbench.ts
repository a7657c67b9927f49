// The editor as a person meets it.

import { join } from 'node:path';
import { stage } from './stage';

describe('workbench', () => {
  it('opens a Python file', async () => {
    const { browser, open, file, screenshots } = stage();
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(open([['openFile', file('orders.py')]]));
    await page.waitForSelector('.monaco-editor .view-line');
    await page.screenshot({ path: join(screenshots, '1-opened.png') });
    await page.close();
  });
});
