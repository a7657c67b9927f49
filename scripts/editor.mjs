// The end-to-end tests: the packed extension in a real Visual Studio Code without a desktop.
// One run of the mocha suite inside the extension host, then one of what a person sees, through a browser.
// Screenshots and logs are left in .build/editor/.

import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { address, installEmbedded, remote, startEmbedded, which } from './embedded.mjs';
import { packExtension, vsix } from './package.mjs';
import { root } from './ready.mjs';

const output = join(root, '.build', 'editor');
const patienceMs = 180_000;

const settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': true,
  'extensions.ignoreRecommendations': true,
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  'files.autoSave': 'off',
};

const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's packages that the editor tests need beside npm's, and the programs that show they are there. */
const debian = [
  { name: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'] },
  { name: 'ripgrep', programs: ['rg'] },
];

/** Installs what is missing when it may, else throws a sentence that names it. */
function installPrograms() {
  const missing = () => debian.filter(({ programs }) => !programs.some(which)).map(({ name }) => name);
  if (missing().length === 0) return;
  if (process.getuid?.() === 0 && which('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = { stdio: ['ignore', 'ignore', 'inherit'], env };
    process.stdout.write(`Installing ${missing().join(', ')} ...\n`);
    spawnSync('apt-get', ['update', '-qq'], options);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing()], options);
  }
  if (missing().length > 0) {
    throw new Error(
      `the editor tests need ${missing().join(' and ')}: install it, on Debian with "apt-get install ${missing().join(' ')}"`,
    );
  }
}

/** Bundles the two suites into .build/e2e/, where `mocha` resolves from the checkout. */
export async function bundleSuites() {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: { suite: 'test/e2e/suite/index.ts', visible: 'test/e2e/visible/index.ts' },
    outdir: join(root, '.build', 'e2e'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha', 'playwright-core'],
    logLevel: 'warning',
  });
}

/** A fresh copy of the example workspace, so that tests may write. */
export function copyWorkspace() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'airlock-workspace-')));
  cpSync(join(root, 'examples', 'workspace'), folder, { recursive: true });
  return folder;
}

/** The extension that is "under development" only so that the editor runs tests; it has no code. */
export function driverExtension() {
  const folder = join(root, '.build', 'e2e', 'driver');
  mkdirSync(folder, { recursive: true });
  const manifest = { name: 'driver', publisher: 'airlock', version: '0.0.0', engines: { vscode: '*' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}

/** Prints a suite's report and counts it; a suite without a report, or without tests, has failed. */
export function countReport(path, title) {
  if (!existsSync(path)) {
    process.stdout.write(`FAIL ${title}: the suite gave no report\n`);
    return { passed: 0, failed: 1 };
  }
  const entries = JSON.parse(readFileSync(path, 'utf8'));
  for (const { title: name, error, ms } of entries) {
    process.stdout.write(`${error === undefined ? 'ok  ' : 'FAIL'} ${name} (${ms} ms)\n`);
    if (error !== undefined) process.stdout.write(`${error.replace(/^/gm, '     ')}\n`);
  }
  const failed = entries.filter(({ error }) => error !== undefined).length;
  if (entries.length > 0 || process.env.AIRLOCK_ONLY) return { passed: entries.length - failed, failed };
  process.stdout.write(`FAIL ${title}: no tests ran\n`);
  return { passed: 0, failed: 1 };
}

/** Opens the workbench with the mocha suite, and resolves with the suite's exit code. */
async function runInExtensionHost(browser, editor, workspace) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const log = join(output, 'workbench.log');
  page.on('console', (message) => appendFileSync(log, `${message.text()}\n`));
  let finish;
  const finished = new Promise((resolve) => {
    finish = resolve;
  });
  await page.exposeFunction('codeAutomationLog', (type, args) =>
    appendFileSync(log, `${type} ${args.join(' ')}\n`),
  );
  await page.exposeFunction('codeAutomationExit', (code) => finish(code));
  const timer = setTimeout(() => finish('timeout'), patienceMs);
  const { port } = editor;
  await page.goto(
    address(port, workspace, [
      ['extensionDevelopmentPath', remote(port, driverExtension())],
      ['extensionTestsPath', remote(port, join(root, '.build', 'e2e', 'suite.cjs'))],
    ]),
  );
  const code = await finished;
  clearTimeout(timer);
  if (code !== 0) await page.screenshot({ path: join(output, 'suite-at-the-end.png') }).catch(() => {});
  await page.close();
  return code;
}

/** Runs both suites and returns how many tests passed and failed. */
export async function runEditor() {
  installPrograms();
  installEmbedded();
  packExtension({ ifStale: true });
  await bundleSuites();
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const suiteReport = join(output, 'suite.json');
  const visibleReport = join(output, 'visible.json');
  const workspaces = [copyWorkspace(), copyWorkspace()];
  const { chromium } = await import('playwright-core');
  const executablePath = debian[0].programs.map(which).find((path) => path !== undefined);
  let editor;
  let browser;
  try {
    editor = await startEmbedded({
      vsix,
      settings,
      env: { AIRLOCK_REPORT: suiteReport },
      forTests: true,
      log: openSync(join(output, 'server.log'), 'w'),
    });
    browser = await chromium.launch({ executablePath, args: browserFlags });
    const code = await runInExtensionHost(browser, editor, workspaces[0]);
    const inside = countReport(suiteReport, 'extension host');
    if (code === 'timeout' || (code !== 0 && inside.failed === 0)) {
      process.stdout.write(`FAIL extension host: ended with ${code}\n`);
      inside.failed += 1;
    }
    const { runVisible } = (await import(`${root}/.build/e2e/visible.cjs`)).default;
    await runVisible({
      browser,
      open: (payload) => address(editor.port, workspaces[1], payload),
      file: (name) => remote(editor.port, join(workspaces[1], name)),
      workspace: workspaces[1],
      screenshots: output,
      report: visibleReport,
    });
    const visible = countReport(visibleReport, 'workbench');
    return { passed: inside.passed + visible.passed, failed: inside.failed + visible.failed };
  } finally {
    await browser?.close();
    await editor?.stop();
    for (const folder of workspaces) rmSync(folder, { recursive: true, force: true });
  }
}
