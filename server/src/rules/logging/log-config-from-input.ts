// Rule 227: who sends the configuration of the logs decides what the program runs: a configuration names classes and
// arguments. Asks for listeners without a check, and for outside data that becomes a configuration.

import { LabelKind } from '../../flow/values/labels';
import { Op } from '../../syntax/code';
import { goesFar, plainWays, reportFlows } from '../flow-reports';
import { sourceWords } from '../flow-words';
import type { Rule } from '../rule';
import { keywordArgument } from './literals';

export const rule: Rule = {
  number: 227,
  name: 'log-config-from-input',
  concern: 'logging',
  severity: 'error',
  preview: true,
  cwe: [94],
  category: 'logging-config',
  summary: 'The configuration of the logs comes from outside: it can run any code.',
  asks: () => [{ sink: 'log-config', labels: [LabelKind.Untrusted], bounds: plainWays }],
  check(analysis, report) {
    const { program, resolver, values } = analysis;
    for (const scope of program.scopes) {
      const { code, file } = scope;
      if (file.isTest || !file.source.names.includes('listen')) continue;
      for (let at = 0; at < code.op.length; at++) {
        if (code.op[at] !== Op.Call) continue;
        if (resolver.libraryPath(scope.id, code.a[at]!) !== 'logging.config.listen') continue;
        if (keywordArgument(scope, at, 'verify') >= 0) continue;
        report({
          ...program.span(scope, at),
          message:
            '`logging.config.listen()` takes a configuration from any process of this machine, and a configuration can run any code; nothing is given to `verify`.',
          confidence: 'high',
          symbol: scope.qualifiedName,
        });
      }
    }
    const flows = values.flows.filter(
      (flow) =>
        flow.use.kind === 'log-config' &&
        values.origin(flow).kind === LabelKind.Untrusted &&
        values.origin(flow).trust === 'remote',
    );
    reportFlows(analysis, report, flows, {
      confidence: (flow) => (goesFar(analysis, flow) ? 'low' : 'high'),
      message: (best) =>
        `${sourceWords(analysis, values.origin(best))} becomes the configuration of the logs, which can run any code.`,
      ends: (best) => [
        `${sourceWords(analysis, values.origin(best))}: whoever sends the request decides what is in it.`,
        'It becomes the configuration of the logs.',
      ],
    });
  },
};
