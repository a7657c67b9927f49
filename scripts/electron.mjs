// `npm run test:electron`: the same mocha suite and the same .vsix in a downloaded desktop Visual Studio Code.
// Exit codes: 0 all passed, 1 a test failed, 3 Visual Studio Code could not be downloaded (said in one line).

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBuilt, makeInstalled, root } from './ready.mjs';

const cannotDownload = 3;
/** The download is given up when this long passes without a byte. */
const patienceMs = 10_000;

/** The path of a downloaded editor, or undefined after saying in one line why there is none. */
async function download() {
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  try {
    return await downloadAndUnzipVSCode({
      version: process.env.AIRLOCK_VSCODE_VERSION ?? 'stable',
      cachePath: join(root, '.vscode-test'),
      timeout: patienceMs,
      reporter: { report() {}, error() {} },
    });
  } catch (error) {
    const reason = String(error?.message || error?.code || error).split('\n')[0];
    process.stdout.write(
      `Visual Studio Code could not be downloaded here (${reason}); "npm test -- editor" runs the same tests without a download.\n`,
    );
    return undefined;
  }
}

async function main() {
  makeInstalled();
  const executable = await download();
  if (!executable) return cannotDownload;
  const { packExtension, vsix } = await import('./package.mjs');
  const { bundleSuites, copyWorkspace, countReport, driverExtension } = await import('./editor.mjs');
  makeBuilt();
  packExtension({ ifStale: true });
  await bundleSuites();
  const { resolveCliArgsFromVSCodeExecutablePath, runTests } = await import('@vscode/test-electron');
  const data = mkdtempSync(join(tmpdir(), 'airlock-electron-'));
  const folders = ['--user-data-dir', join(data, 'user'), '--extensions-dir', join(data, 'extensions')];
  const [cli] = resolveCliArgsFromVSCodeExecutablePath(executable);
  const workspace = copyWorkspace();
  const report = join(root, '.build', 'electron.json');
  mkdirSync(join(root, '.build'), { recursive: true });
  rmSync(report, { force: true });
  try {
    const install = [...folders, '--install-extension', vsix, '--force'];
    const { status } = spawnSync(cli, install, { stdio: 'inherit', shell: process.platform === 'win32' });
    if (status !== 0) throw new Error('the packed extension could not be installed; see above');
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: driverExtension(),
      extensionTestsPath: join(root, '.build', 'e2e', 'suite.cjs'),
      extensionTestsEnv: { AIRLOCK_REPORT: report },
      launchArgs: [workspace, ...folders, '--disable-workspace-trust'],
    }).catch((error) => process.stdout.write(`${error.message ?? error}\n`));
    const { passed, failed } = countReport(report, 'extension host');
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
    return failed === 0 ? 0 : 1;
  } finally {
    rmSync(workspace, { recursive: true, force: true });
    rmSync(data, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stdout.write(`test:electron: ${error.message}\n`);
  process.exitCode = 1;
}
