// Reads settings: the text of `pyproject.toml` or `airlock.toml`, or the editor's values, into Settings. Decides
// what is valid and says precisely what is not; what is valid still counts. Finds no files and reads none.

import { parse, TomlError } from 'smol-toml';
import { validate } from '../library/validate';
import { nearestWord } from '../text/distance';
import type { Settings } from './protocol';
import { type Setting, type SettingType, settingsTable, trustOf } from './settings';

export { defaultSettings } from './settings';

/** Something wrong with a configuration. */
export interface ConfigurationProblem {
  /** A whole sentence that says what, why and what to do. */
  readonly message: string;
  /** Line in the file, from 1, where it is known. */
  readonly line?: number;
}

/** What a configuration says. */
export interface Configuration {
  /** Whether the file speaks of Airlock at all: a `pyproject.toml` without `[tool.airlock]` does not. */
  readonly present: boolean;
  readonly settings: Partial<Settings>;
  readonly problems: readonly ConfigurationProblem[];
}

/** Names of files that may hold a configuration, the first found in a folder wins. */
export const configurationFiles = ['airlock.toml', 'pyproject.toml'] as const;

/** Reads the text of a configuration file. `ruleNames`, when given, are checked against `disable`. */
export function parseConfiguration(
  text: string,
  fileName: string,
  ruleNames?: ReadonlySet<string>,
): Configuration {
  const inPyproject = fileName.endsWith('pyproject.toml');
  let document: Record<string, unknown>;
  try {
    document = parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split('\n')[0].replace(/^Invalid TOML document: /, '');
    return {
      present: true,
      settings: {},
      problems: [{ message: `This is not valid TOML: ${what}.`, line: error.line }],
    };
  }
  const section = inPyproject ? memberOf(document.tool, 'airlock') : document;
  if (section === undefined) return { present: false, settings: {}, problems: [] };
  const lineOf = lineFinder(text, inPyproject);
  if (!isTable(section)) {
    return {
      present: true,
      settings: {},
      problems: [{ message: '`tool.airlock` must be a table: `[tool.airlock]`.' }],
    };
  }
  return { present: true, ...readSection(section, lineOf, ruleNames) };
}

/** Reads the editor's values below `airlock.`; unknown and wrong values are left out, since the editor shows them. */
export function settingsFromEditor(values: unknown): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  if (!isTable(values)) return settings;
  for (const { editorKey, field, value } of settingsTable) {
    if (!editorKey || !field || !(editorKey in values)) continue;
    if (wrongType(value, values[editorKey]) === undefined)
      settings[field] = meantBy(field, values[editorKey]);
  }
  return settings;
}

/** Later layers win; lists add up, so that a project cannot bring back what its user left out. */
export function mergeSettings(base: Settings, ...layers: readonly Partial<Settings>[]): Settings {
  let merged = base;
  for (const layer of layers) {
    const disabled = union(merged.disabled, layer.disabled);
    const exclude = union(merged.exclude, layer.exclude);
    const library = { ...merged.library, ...layer.library };
    merged = Object.assign({}, merged, layer, { disabled, exclude, library });
  }
  return merged;
}

function union(one: readonly string[], other: readonly string[] = []): readonly string[] {
  return [...new Set([...one, ...other])];
}

function readSection(
  section: Readonly<Record<string, unknown>>,
  lineOf: (key: string) => number | undefined,
  ruleNames: ReadonlySet<string> | undefined,
): Pick<Configuration, 'settings' | 'problems'> {
  const settings: Record<string, unknown> = {};
  const problems: ConfigurationProblem[] = [];
  const known = new Map<string, Setting>(
    settingsTable.flatMap((setting) => (setting.key ? [[setting.key, setting]] : [])),
  );
  for (const [key, given] of Object.entries(section)) {
    const complain = (message: string) => problems.push({ message, line: lineOf(key) });
    const setting = known.get(key);
    if (!setting?.field) {
      const nearest = nearestWord(key, known.keys());
      const help = nearest
        ? `Did you mean \`${nearest}\`?`
        : isTable(section.tool)
          ? 'Only `pyproject.toml` has a table `[tool.airlock]`; here its settings stand at the top.'
          : `Known settings are ${[...known.keys()].join(', ')}.`;
      complain(`Unknown setting \`${key}\`. ${help}`);
      continue;
    }
    const wrong = wrongType(setting.value, given);
    if (wrong) {
      complain(`\`${key}\` must be ${wrong}, not ${shown(given)}.`);
      continue;
    }
    const misshapen = setting.field === 'library' ? validate(given) : [];
    if (misshapen.length > 0) {
      for (const problem of misshapen) complain(`\`library\` counts only as a whole, and ${problem}.`);
      continue;
    }
    settings[setting.field] = meantBy(setting.field, given);
    if (setting.field !== 'disabled' || !ruleNames) continue;
    for (const name of given as readonly string[]) {
      if (ruleNames.has(name)) continue;
      const nearest = nearestWord(name, ruleNames);
      complain(
        `\`${key}\` names \`${name}\`, which is no rule.${nearest ? ` Did you mean \`${nearest}\`?` : ''}`,
      );
    }
  }
  return { settings, problems };
}

/** What a valid value means. */
function meantBy(field: keyof Settings, value: unknown): unknown {
  return field === 'trust' ? trustOf(value as readonly string[]) : value;
}

/** What the value should have been; undefined when it is right. */
function wrongType(expected: SettingType, given: unknown): string | undefined {
  switch (expected.type) {
    case 'boolean':
      return typeof given === 'boolean' ? undefined : 'true or false';
    case 'integer': {
      const valid = typeof given === 'number' && Number.isSafeInteger(given) && given >= expected.minimum;
      return valid ? undefined : `a whole number of at least ${expected.minimum}`;
    }
    case 'string':
      return expected.enum.includes(given as string)
        ? undefined
        : `one of ${expected.enum.map((each) => `"${each}"`).join(', ')}`;
    case 'strings':
      return isListOf(given, expected.enum)
        ? undefined
        : expected.enum
          ? `a list of some of ${expected.enum.map((each) => `"${each}"`).join(', ')}`
          : 'a list of strings';
    case 'table':
      return isTable(given) ? undefined : 'a table';
  }
}

function isListOf(given: unknown, words: readonly string[] | undefined): boolean {
  return (
    Array.isArray(given) &&
    given.every((each) => typeof each === 'string' && (words === undefined || words.includes(each)))
  );
}

function shown(value: unknown): string {
  const text =
    JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function memberOf(value: unknown, key: string): unknown {
  return isTable(value) ? value[key] : undefined;
}

/** The line of a key, found in the text, because the TOML parser tells only where syntax is wrong. */
function lineFinder(text: string, inPyproject: boolean): (key: string) => number | undefined {
  const lines = text.split(/\r\n|\n/);
  const prefix = inPyproject ? 'tool.airlock' : '';
  return (key) => {
    let table = '';
    for (const [index, line] of lines.entries()) {
      const header = /^\s*\[+\s*([^\]]+?)\s*\]/.exec(line);
      if (header) table = header[1].replace(/["'\s]/g, '');
      const wanted = prefix ? `${prefix}.${key}` : key;
      if (header && `${table}.`.startsWith(`${wanted}.`)) return index + 1;
      const assigned = header ? undefined : /^\s*["']?([\w.-]+)["']?\s*[=.]/.exec(line)?.[1];
      if (assigned !== undefined && (table ? `${table}.${assigned}` : assigned) === wanted) return index + 1;
    }
    return undefined;
  };
}
