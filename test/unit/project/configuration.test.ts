import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  defaultSettings,
  mergeSettings,
  parseConfiguration,
  settingsFromEditor,
} from '../../../server/src/project/configuration';

const pyproject = (text: string) => parseConfiguration(text, 'pyproject.toml', new Set(['secret-in-log']));

describe('parseConfiguration', () => {
  it('reads every setting', () => {
    const text = `
[project]
name = "demo"

[tool.airlock]
min-confidence = "low"
preview = true
disable = ["secret-in-log"]
exclude = ["generated/"]
max-file-size = 2_000_000

[tool.airlock.library.sanitizers]
"demo.quoted" = { clears = ["command"] }
`;
    expect(pyproject(text)).toEqual({
      present: true,
      problems: [],
      settings: {
        minConfidence: 'low',
        preview: true,
        disabled: ['secret-in-log'],
        exclude: ['generated/'],
        maxFileSize: 2_000_000,
        library: { sanitizers: { 'demo.quoted': { clears: ['command'] } } },
      },
    });
    expect(parseConfiguration('preview = true', 'airlock.toml').settings).toEqual({ preview: true });
  });

  it('is absent from a pyproject.toml of other tools', () => {
    expect(pyproject('[tool.black]\nline-length = 100\n').present).toBe(false);
  });

  it('names an unknown setting, its line, and the one that was meant', () => {
    const { problems, settings } = pyproject('[tool.airlock]\npreview = true\nmin_confidance = "low"\n');
    expect(problems).toEqual([
      { line: 3, message: 'Unknown setting `min_confidance`. Did you mean `min-confidence`?' },
    ]);
    expect(settings).toEqual({ preview: true });
  });

  it('names a wrong type and a wrong value', () => {
    const { problems } = pyproject(
      '[tool.airlock]\npreview = "yes"\nmin-confidence = "sure"\nmax-file-size = 3\n',
    );
    expect(problems).toEqual([
      { line: 2, message: '`preview` must be true or false, not "yes".' },
      { line: 3, message: '`min-confidence` must be one of "low", "medium", "high", not "sure".' },
      { line: 4, message: '`max-file-size` must be a whole number of at least 1024, not 3.' },
    ]);
  });

  it('names what is wrong in the library, which would be left out as a whole', () => {
    const { problems, settings } = pyproject(
      '[tool.airlock]\n\n[tool.airlock.library.sinks]\n"app.run" = { kind = "command" }\n',
    );
    expect(problems).toEqual([
      {
        line: 3,
        message: '`library` counts only as a whole, and library.sinks.app.run: "arguments" is missing.',
      },
    ]);
    expect(settings).toEqual({});
  });

  it('tells that the table of pyproject.toml is not for airlock.toml', () => {
    const { problems } = parseConfiguration('[tool.airlock]\npreview = true\n', 'airlock.toml');
    expect(problems[0]).toEqual({
      line: 1,
      message:
        'Unknown setting `tool`. Only `pyproject.toml` has a table `[tool.airlock]`; here its settings stand at the top.',
    });
  });

  it('finds the examples of the documentation right', () => {
    const page = readFileSync(join(__dirname, '../../../docs/library.md'), 'utf8');
    const examples = [...page.matchAll(/```toml\n([\s\S]*?)```/g)];
    expect(examples.length).toBeGreaterThan(0);
    for (const [, text] of examples) expect(pyproject(text!).problems).toEqual([]);
  });

  it('names a rule that does not exist', () => {
    const { problems } = pyproject('[tool.airlock]\ndisable = ["secret-in-logs"]\n');
    expect(problems[0].message).toBe(
      '`disable` names `secret-in-logs`, which is no rule. Did you mean `secret-in-log`?',
    );
  });

  it('gives the line of a syntax error', () => {
    const { problems } = pyproject('[tool.airlock]\npreview = tru\n');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line: 2, message: expect.stringContaining('not valid TOML') });
  });
});

describe('mergeSettings', () => {
  it('lets later layers win and adds lists up', () => {
    const merged = mergeSettings(
      defaultSettings,
      { minConfidence: 'high', disabled: ['a'] },
      { minConfidence: 'low', disabled: ['b', 'a'] },
    );
    expect(merged).toEqual({ ...defaultSettings, minConfidence: 'low', disabled: ['a', 'b'] });
  });
});

describe('settingsFromEditor', () => {
  it('takes what is valid and leaves out the rest', () => {
    const values = { minConfidence: 'high', preview: 'yes', disabledRules: ['x'], run: 'onSave', other: 1 };
    expect(settingsFromEditor(values)).toEqual({ minConfidence: 'high', disabled: ['x'] });
    expect(settingsFromEditor(null)).toEqual({});
  });
});
