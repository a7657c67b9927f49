// The grammar of directives, in the engine that editors use, injected into a small stand-in for Python's grammar.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar } from 'vscode-textmate';
import { directiveWords } from '../../server/src/syntax/directive-words';

const root = join(__dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const [contributed] = manifest.contributes.grammars;
const files: Record<string, string> = {
  'source.python': join(__dirname, 'python-stub.json'),
  [contributed.scopeName]: join(root, contributed.path),
};
let grammar: IGrammar;

beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');
  await oniguruma.loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) =>
      files[scope] ? textmate.parseRawGrammar(readFileSync(files[scope], 'utf8'), files[scope]) : null,
    getInjections: (scope) => (contributed.injectTo.includes(scope) ? [contributed.scopeName] : undefined),
  });
  const loaded = await registry.loadGrammar('source.python');
  if (!loaded) throw new Error('the stand-in for Python has no grammar');
  grammar = loaded;
});

/** The innermost scope of each piece of a line that is Airlock's. */
function scopesOf(line: string): [string, string][] {
  return grammar
    .tokenizeLine(line, null)
    .tokens.map(({ startIndex, endIndex, scopes }): [string, string] => [
      line.slice(startIndex, endIndex),
      scopes.at(-1) ?? '',
    ])
    .filter(
      ([text, scope]) => scope.endsWith('.airlock') && !scope.startsWith('meta.') && text.trim() !== '',
    );
}

const keyword = 'keyword.control.directive.airlock';
const head: [string, string][] = [
  ['airlock', 'keyword.other.airlock'],
  [':', 'punctuation.separator.airlock'],
];
const bracket = 'punctuation.section.brackets.airlock';

describe('the grammar of directives', () => {
  it('colours a suppression with its rules and its reason', () => {
    expect(scopesOf('run(x)  # airlock: ignore[untrusted-command, Bad_name] checked above')).toEqual([
      ...head,
      ['ignore', keyword],
      ['[', bracket],
      ['untrusted-command', 'entity.name.tag.rule.airlock'],
      [',', 'punctuation.separator.airlock'],
      ['Bad_name', 'invalid.illegal.rule.airlock'],
      [']', bracket],
      ['checked above', 'string.unquoted.reason.airlock'],
    ]);
    expect(scopesOf('# airlock: ignore-file[secret-in-log] tests')[2]).toEqual(['ignore-file', keyword]);
  });

  it('colours a lock and stops at the parenthesis that closes it', () => {
    expect(scopesOf('x = 1  # airlock: guarded-by(self.locks(1)) and more')).toEqual([
      ...head,
      ['guarded-by', keyword],
      ['(', bracket],
      ['self.locks', 'variable.other.lock.airlock'],
      ['(', bracket],
      ['1', 'variable.other.lock.airlock'],
      [')', bracket],
      [')', bracket],
    ]);
  });

  it('colours a reason in parentheses', () => {
    expect(scopesOf('# airlock: atomic-ok(one writer only)')).toEqual([
      ...head,
      ['atomic-ok', keyword],
      ['(', bracket],
      ['one writer only', 'string.unquoted.reason.airlock'],
      [')', bracket],
    ]);
  });

  it.each(directiveWords.map(({ word }) => word))('knows %s', (word) => {
    expect(scopesOf(`# airlock: ${word}`)).toEqual([...head, [word, keyword]]);
  });

  it('marks an unknown word', () => {
    for (const word of ['ingore', 'ignore-files', 'trustedly', 'secret-ish']) {
      expect(scopesOf(`# airlock: ${word}`)).toEqual([...head, [word, 'invalid.illegal.directive.airlock']]);
    }
  });

  it('finds a directive behind another pragma, and before one', () => {
    expect(scopesOf('x  # type: ignore  # airlock: trusted')).toEqual([...head, ['trusted', keyword]]);
    const scopes = scopesOf('x  # airlock: ignore[secret-in-log] fine # nosec B602');
    expect(scopes.at(-1)).toEqual(['fine ', 'string.unquoted.reason.airlock']);
  });

  it('leaves other comments and strings alone', () => {
    expect(scopesOf('# the airlock: is open')).toEqual([]);
    expect(scopesOf("x = '# airlock: trusted'")).toEqual([]);
    expect(scopesOf('# TODO airlock')).toEqual([]);
  });

  it('ends with its line', () => {
    const first = grammar.tokenizeLine('x  # airlock: ignore[a', null);
    const second = grammar.tokenizeLine('y = 1', first.ruleStack);
    expect(second.tokens.flatMap(({ scopes }) => scopes)).toEqual(['source.python']);
  });
});
