// What the routes of a program say of a parameter of the URL: which letters it may hold, and whether it is one segment,
// in which nothing leads further than one folder up. By the parameter's name in all texts that look like routes.

import type { Root } from '../../flow/values/labels';
import { ConstantKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { keysOf } from './source-keys';

const matched = /^\((\\[wd]|\[(?:[\w:-]|\\[wd])*\]|[\w|]+)([+*]|\{[\d,]+\})?\)/;

/** Whether a route somewhere in the program lets only letters and digits through for a parameter of this name. */
export function isMatchedByRoute(analysis: Analysis, root: Root): boolean {
  const group = `(?P<${nameOf(analysis, root)}>`;
  return texts(analysis).some((text) => {
    const at = text.indexOf(group);
    return at >= 0 && matched.test(`(${text.slice(at + group.length)}`);
  });
}

/** Whether all routes that name a parameter of the URL take one segment for it. */
export function isOneSegment(analysis: Analysis, root: Root): boolean {
  if (!/^(a parameter of the URL|the URL's parameters)$/.test(root.words)) return false;
  const scope = analysis.program.scopes[root.scope]!;
  const names = root.at < 0 ? [nameOf(analysis, root)] : keysOf(scope, root.at);
  const routes = texts(analysis).filter((text) => text.includes('/'));
  return names.length > 0 && names.every((name) => isSegmentIn(routes, name));
}

function isSegmentIn(routes: readonly string[], name: string): boolean {
  const asked = new RegExp(`[<{](\\w+:)?${name.replace(/\W/g, '\\$&')}(:[^}]*)?[>}]`);
  let found = false;
  for (const text of routes) {
    const match = asked.exec(text);
    if (match === null) continue;
    if (!/^(|str:|string:)$/.test(match[1] ?? '') || match[2] !== undefined || text.includes(`(?P<${name}>`))
      return false;
    found = true;
  }
  return found;
}

function nameOf({ program }: Analysis, root: Root): string {
  const { code, file } = program.scopes[root.scope]!;
  return file.source.names[code.slots[-1 - root.at]!]!;
}

function texts({ program }: Analysis): readonly string[] {
  return program.files.flatMap(({ source }) =>
    source.constants
      .filter(({ kind, text }) => kind === ConstantKind.String && /[<{]/.test(text))
      .map(({ text }) => text),
  );
}
