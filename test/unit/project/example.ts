// Files and reports for the tests of project/, without a parser: comments are found by a `#` outside of quotes.
import type { ProjectFile, RuleReport } from '../../../server/src/project/positions';
import type { RuleDescription } from '../../../server/src/rules/rule';
import type { SourceFile } from '../../../server/src/syntax/code';

export const exampleRule: RuleDescription = {
  number: 301,
  name: 'untrusted-command',
  concern: 'inputs',
  severity: 'error',
  preview: false,
  cwe: [78],
  category: 'command-injection',
  summary: 'Input reaches a command.',
};

export const otherRule: RuleDescription = { ...exampleRule, number: 201, name: 'secret-in-log' };

export function fileOf(text: string, path = 'a.py'): ProjectFile {
  const lineStarts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) lineStarts.push(match.index + match[0].length);
  const comments: SourceFile['comments'] = lineStarts.flatMap((start, line) => {
    const content = text.slice(start, lineStarts[line + 1] ?? text.length).replace(/[\r\n]+$/, '');
    const hash = /^(?:[^'"#]|'[^']*'|"[^"]*")*#/.exec(content);
    if (!hash) return [];
    const at = hash[0].length - 1;
    const alone = content.slice(0, at).trim() === '';
    return [{ start: start + at, end: start + content.length, line, alone, text: content.slice(at + 1) }];
  });
  const source: SourceFile = {
    length: text.length,
    names: [],
    constants: [],
    codes: [],
    comments,
    lineStarts: Int32Array.from(lineStarts),
    errors: [],
    notes: [],
  };
  return { path, text, source };
}

/** A report wherever the text stands. */
export function reportsOf(file: ProjectFile, needle: string, rule = exampleRule, index = 0): RuleReport[] {
  return [...file.text.matchAll(new RegExp(needle, 'g'))].map((match) => ({
    rule,
    report: {
      file: index,
      start: match.index,
      end: match.index + match[0].length,
      message: `${needle} is bad`,
      confidence: 'high' as const,
      symbol: 'f',
    },
  }));
}
