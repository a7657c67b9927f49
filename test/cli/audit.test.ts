import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { airlock, folderWith, racyClass, racyPlace, weakHash } from './command';

describe('exit codes and reports', () => {
  it('ends with 0 and a summary when nothing is found', async () => {
    const folder = folderWith({ 'a.py': 'x = 1\n', 'empty.py': '' });
    const { code, stdout, stderr } = await airlock(folder, ['audit', '.']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^No findings\. Looked at 2 files with 1 line\.\n$/);
  });

  it('ends with 1 and prints the finding, its steps and no colours when something is found', async () => {
    const folder = folderWith({ 'app/inventory.py': racyClass() });
    const { code, stdout } = await airlock(folder, ['audit', 'app']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      new RegExp(
        `^app/inventory\\.py:${racyPlace} warning field-without-its-lock .*_stock.*\n {4}app/inventory`,
      ),
    );
    expect(stdout).toContain('1 finding in 1 file.');
    expect(stdout).not.toContain('\u001b');
  });

  it('prints what the README shows', async () => {
    const shown = readFileSync(join(__dirname, '../../README.md'), 'utf8')
      .split('npx airlock audit examples/workspace/inventory.py\n')[1]!
      .split('\n\n## ')[0]!
      .replace(/^ {4}/gm, '');
    const { stdout } = await airlock(join(__dirname, '../..'), ['audit', 'examples/workspace/inventory.py']);
    expect(stdout.trim()).toBe(shown.trim());
  });

  it('gives the same findings in JSON, SARIF and Markdown', async () => {
    const folder = folderWith({ 'inventory.py': racyClass() });
    const [json, sarif, markdown] = await Promise.all(
      ['json', 'sarif', 'markdown'].map((format) => airlock(folder, ['audit', '.', '--format', format])),
    );
    expect([json.code, sarif.code, markdown.code]).toEqual([1, 1, 1]);
    const [finding] = JSON.parse(json.stdout).findings;
    expect(`${finding.line}:${finding.column}`).toBe(racyPlace);
    const [run] = JSON.parse(sarif.stdout).runs;
    expect(run.results).toHaveLength(1);
    expect(run.results[0]).toMatchObject({
      ruleId: 'field-without-its-lock',
      message: { text: finding.message },
      partialFingerprints: { 'airlock/v1': finding.fingerprint },
    });
    expect(run.results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('inventory.py');
    expect(markdown.stdout).toContain('**field-without-its-lock**');
  });

  it('writes to a file, whole or not at all', async () => {
    const folder = folderWith({ 'inventory.py': racyClass(), 'out.json': 'old' });
    const { code, stdout } = await airlock(folder, [
      'audit',
      '.',
      '--format',
      'json',
      '--output',
      'out.json',
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')).findings).toHaveLength(1);
    expect(readdirSync(folder).sort()).toEqual(['inventory.py', 'out.json']);
    const refused = await airlock(folder, ['audit', '.', '--output', 'no/such/folder/out.json']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^airlock: cannot write no\/such\/folder\/out\.json: .*\n$/);
  });

  it('survives a reader that leaves early', async () => {
    const files = Array.from({ length: 400 }, (_, index) => [
      `m${index}.py`,
      racyClass('', `Inventory${index}`),
    ]);
    const folder = folderWith(Object.fromEntries(files));
    const { stderr, code } = await airlock(folder, ['audit', '.'], { leaveEarly: true });
    expect(stderr).toBe('');
    expect(code).toBe(1);
  });

  it('prints the review of one file', async () => {
    const folder = folderWith({ 'inventory.py': racyClass() });
    const text = await airlock(folder, ['audit', '--review', 'inventory.py']);
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/^Review of inventory\.py\n=+\n/);
    expect(text.stdout).toContain(`inventory.py:${racyPlace} warning field-without-its-lock`);
    const clean = await airlock(folderWith({ 'a.py': 'x = 1\n' }), ['audit', '--review', 'a.py']);
    const asked = [...clean.stdout.matchAll(/^(\d+) rules? (?:was|were) asked/gm)].map(([, count]) =>
      Number(count),
    );
    const all = /The (\d+) rules that were asked found nothing/.exec(clean.stdout)![1];
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(Number(all));
    const markdown = await airlock(folder, ['audit', '--review', '--format', 'markdown', 'inventory.py']);
    expect(markdown.stdout).toContain('](inventory.py#L23)');
    expect(await airlock(folder, ['audit', '--review', '.'])).toMatchObject({
      code: 2,
      stderr: 'airlock: --review needs exactly one file\n',
    });
  });
});

describe('rules in preview', () => {
  const bare = { withoutPreview: true };

  it('are not asked by default, which text says in one line, and programs are not told', async () => {
    const folder = folderWith({ 'accounts.py': weakHash });
    const text = await airlock(folder, ['audit', '.'], bare);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(
      /^No findings\. Looked at 1 file with 6 lines\.\n\d+ rules in preview were not asked; --preview asks them, too\.\n$/,
    );
    const json = await airlock(folder, ['audit', '.', '--format', 'json'], bare);
    expect(json.stdout).not.toContain('not asked');
    const asked = await airlock(folder, ['audit', '.']);
    expect(asked.stdout).toContain('weak-hash (preview)');
    expect(asked.stdout).not.toContain('not asked');
    writeFileSync(join(folder, 'airlock.toml'), 'preview = false\n');
    expect((await airlock(folder, ['audit', '.'], bare)).stdout).not.toContain('not asked');
  });

  it('are asked by a review, which is read together with its project', async () => {
    const folder = folderWith({
      'setup.py': '',
      'shop/__init__.py': '',
      'shop/accounts.py': weakHash,
      'elsewhere/deep/other.py': '',
    });
    const { stdout } = await airlock(folder, ['audit', '--review', 'shop/accounts.py'], bare);
    expect(stdout).toContain('1 finding, in preview: weak-hash.\n6 lines, read together with 3 other files.');
    expect(stdout).toContain('(medium confidence, preview)');
    const alone = await airlock(folder, [
      'audit',
      '--review',
      'shop/accounts.py',
      '--with',
      'shop/__init__.py',
    ]);
    expect(alone.stdout).toContain('read together with 1 other file.');
    const audit = await airlock(folder, ['audit', 'shop', '--with', '.']);
    expect(audit).toMatchObject({ code: 2, stderr: 'airlock: --with belongs to --review\n' });
  });
});

describe('suppression and settings', () => {
  it('honours a comment with a reason, and reports one that is not needed', async () => {
    const silenced = racyClass().replace(
      '= 7\n',
      '= 7  # airlock: ignore[field-without-its-lock] set up first\n',
    );
    const folder = folderWith({
      'inventory.py': silenced,
      'other.py': 'x = 1  # airlock: ignore[untrusted-comand] y\n',
    });
    const { code, stdout } = await airlock(folder, ['audit', '.']);
    expect(code).toBe(1);
    expect(stdout).not.toContain('field-without-its-lock');
    expect(stdout).toContain('other.py:1:26 warning unknown-rule-in-suppression');
  });

  it('says what is wrong with a directive, at its line, and holds the code to the one that is right', async () => {
    const declared = racyClass().replace('_stock = {}', '_stock = {}  # airlock: guarded-by(self._lokc)');
    const folder = folderWith({ 'inventory.py': declared });
    const wrong = await airlock(folder, ['audit', '.'], { withoutPreview: true });
    expect(wrong.stdout).toContain(
      'inventory.py:7:27 error guard-declaration-broken `guarded-by` declares nothing: `Inventory` has no `_lokc`.\n',
    );
    writeFileSync(join(folder, 'inventory.py'), declared.replace('_lokc', '_lock'));
    const right = await airlock(folder, ['audit', '.'], { withoutPreview: true });
    expect(right.stdout).toMatch(
      /^inventory\.py:23:9 error guard-declaration-broken .*declared to be guarded by `self\._lock`/,
    );
  });

  it('tells everything that is wrong in a configuration at once', async () => {
    const folder = folderWith({ 'airlock.toml': 'min-confidence = "hi"\nprevew = true\n', 'a.py': '' });
    const { code, stderr } = await airlock(folder, ['audit', '.']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^airlock: airlock\.toml:1: .*\nairlock: airlock\.toml:2: Unknown setting .*\n$/);
  });

  it('reads pyproject.toml above the audited folder', async () => {
    const folder = folderWith({
      'pyproject.toml': '[tool.airlock]\ndisable = ["field-without-its-lock"]\n',
      'app/inventory.py': racyClass(),
    });
    expect((await airlock(folder, ['audit', 'app'])).code).toBe(0);
    writeFileSync(join(folder, 'pyproject.toml'), '[tool.airlock]\nexclude = ["app/"]\n');
    const excluded = await airlock(folder, ['audit', '.']);
    expect(excluded.code).toBe(0);
    expect(excluded.stderr).toContain("1 path left out by the setting 'exclude': app");
  });

  it.each([
    ['[tool.airlock]\npreview = tru\n', /pyproject\.toml:2: This is not valid TOML: .*\n$/],
    ['[tool.airlock]\nmin-confidance = "low"\n', /pyproject\.toml:2: Unknown setting .*Did you mean .*\n$/],
    ['[tool.airlock]\npreview = 3\n', /pyproject\.toml:2: `preview` must be true or false, not 3\.\n$/],
  ])('refuses a bad configuration: %j', async (text, message) => {
    const folder = folderWith({ 'pyproject.toml': text, 'a.py': 'x = 1\n' });
    const { code, stdout, stderr } = await airlock(folder, ['audit', '.']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  it('takes the same words for `trust` in a configuration and on the command line', async () => {
    const source = "import os\nimport sys\n\n\ndef run():\n    os.system('ls ' + sys.argv[1])\n";
    const folder = folderWith({ 'a.py': source });
    const trusting = await airlock(folder, ['audit', 'a.py', '--trust', 'all']);
    expect(trusting.stdout).toMatch(/^a\.py:6:\d+ error untrusted-command /);
    for (const given of ['--trust=remote,all', '--trust=local'])
      expect(await airlock(folder, ['audit', 'a.py', given])).toEqual(trusting);
    writeFileSync(join(folder, 'airlock.toml'), 'trust = ["all"]\n');
    expect(await airlock(folder, ['audit', 'a.py'])).toEqual(trusting);
  });

  it('leaves out what .gitignore names, but not a file that is named', async () => {
    const folder = folderWith({
      '.git/HEAD': '',
      '.gitignore': 'generated/\n',
      'generated/inventory.py': racyClass(),
      'a.py': 'x = 1\n',
    });
    const walked = await airlock(folder, ['audit', '.']);
    expect(walked.code).toBe(0);
    expect(walked.stderr).toContain('1 path left out by .gitignore: generated');
    const json = JSON.parse((await airlock(folder, ['audit', '.', '--format', 'json'])).stdout);
    expect(json.summary).toMatchObject({ skipped: 0, ignored: 2 });
    expect(json.ignored).toEqual([
      { path: '.git', reason: 'left out by default' },
      { path: 'generated', reason: 'left out by .gitignore' },
    ]);
    expect((await airlock(folder, ['audit', 'generated/inventory.py'])).code).toBe(1);
  });
});

describe('command lines that cannot be run', () => {
  it.each([
    [['audit', 'nowhere'], 'airlock: nowhere does not exist\n'],
    [['audit', '.', '--formt', 'json'], "airlock: unknown option '--formt' (Did you mean --format?)\n"],
    [['audit'], "airlock: missing required argument 'path'\n"],
    [
      ['audit', '--review', '--with', '.', 'a.py'],
      "airlock: missing required argument 'path': put it before --with, which takes all paths that follow\n",
    ],
    [
      ['audit', '.', '--trust', 'friends'],
      'It must be all, or some of remote, message, local, environment, file with commas between.\n',
    ],
    [['adit', '.'], "airlock: unknown command 'adit' (Did you mean audit?)\n"],
    [['lsp'], "airlock: required option '--stdio' not specified\n"],
    [['rule', 'unused-supression'], 'did you mean unused-suppression?\n'],
  ])('%j', async (args, message) => {
    const folder = folderWith({ 'a.py': '' });
    const { code, stdout, stderr } = await airlock(folder, args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.endsWith(message), stderr).toBe(true);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  it.each([
    [['audit', 'setup.cfg']],
    [['audit', 'a.py', 'setup.cfg']],
    [['audit', '--review', 'setup.cfg']],
    [['baseline', 'setup.cfg']],
    [['locks', 'setup.cfg']],
    [['explain', 'setup.cfg:1']],
  ])('refuses to read a file as Python that is none: %j', async (args) => {
    const folder = folderWith({ 'setup.cfg': '[metadata]\nname = app\n', 'a.py': '' });
    expect(await airlock(folder, args)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'airlock: setup.cfg is no Python file: neither its name (.py, .pyw, .pyi, .wsgi) nor a first line such as #!/usr/bin/env python3 says so\n',
    });
  });

  it('reads a script without a suffix by its first line', async () => {
    const folder = folderWith({
      'bin/serve': `#!/usr/bin/env python3\n${racyClass()}`,
      'app.wsgi': 'x = 1\n',
    });
    const { code, stdout } = await airlock(folder, ['audit', 'bin/serve', 'app.wsgi']);
    expect(code).toBe(1);
    expect(stdout).toContain('bin/serve:24:9 warning field-without-its-lock');
    expect(stdout).toContain('Looked at 2 files');
  });

  it('names the values of an option', async () => {
    const { code, stderr } = await airlock(folderWith({}), ['audit', '.', '--format', 'xml']);
    expect(code).toBe(2);
    expect(stderr).toContain('Allowed choices are text, json, sarif, markdown.');
  });
});

it('prints its version and the page of a rule', async () => {
  const manifest = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));
  const folder = folderWith({});
  expect(await airlock(folder, ['--version'])).toEqual({
    code: 0,
    stdout: `${manifest.version}\n`,
    stderr: '',
  });
  const page = await airlock(folder, ['rule', 'unused-suppression']);
  expect(page.code).toBe(0);
  expect(page.stdout).toMatch(/^# unused-suppression\n/);
  expect(page.stdout).not.toContain('# finding');
});
