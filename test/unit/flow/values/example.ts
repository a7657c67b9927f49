// Small programs for the tests of values: which flows arrive, as "origin -> argument text".

import { analyse, python } from '../example';

/** The flows of one sink kind, as `origin => argument`; secrets by their words, outside data by its description. */
export function flows(
  files: string | Readonly<Record<string, string>>,
  kind = 'command',
  library?: unknown,
): string[] {
  const texts = typeof files === 'string' ? { 'a.py': files } : files;
  const analysis = analyse(texts, library);
  return analysis.values.flows
    .filter(({ use }) => use.kind === kind)
    .map((flow) => {
      const scope = analysis.program.scopes[flow.use.scope]!;
      const { argument } = flow.use;
      const { start, end } =
        argument < 0 ? analysis.program.nameSpan(scope) : analysis.program.span(scope, argument);
      const text = python(texts[scope.file.path]!).slice(start, end);
      return `${analysis.values.origin(flow).words} => ${text}`;
    });
}

/** Whether the untrusted `x` of a function body reaches a shell. `x` is a query parameter. */
export function reaches(body: string, before = ''): boolean {
  const lines = body.split('\n').map((line) => `    ${line}`);
  const text = `import os, re, shlex, sys\nfrom flask import request\n${before}\ndef handler():\n    x = request.args['x']\n${lines.join('\n')}\n`;
  return flows(text).length > 0;
}
