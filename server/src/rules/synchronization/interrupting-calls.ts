// What code that breaks in anywhere had better not do, locks of the program aside: a signal handler that writes to a log or
// prints may have broken into just that, and buffered streams refuse to be entered twice; a finalizer that waits does so on
// whatever thread the collector runs on. Told at low confidence: how often it happens is not known.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { Wait } from '../../whole/blocking';
import { reachedFrom, wayTo } from '../../whole/spawned';
import type { Report } from '../rule';
import { functionLabel } from './access-words';
import { stepsAlong } from './way-steps';

const writes =
  /^(logging\.(Logger\.)?(debug|info|warning|warn|error|exception|critical|fatal|log)|print|sys\.(stdout|stderr)\.(write|flush))$/;

/** A signal handler that logs or prints, by itself or through two calls. */
export function writesFromSignal(analysis: Analysis, root: number): Report | null {
  const { program, resolver } = analysis;
  const scope = program.scopes[root]!;
  const reached = reachedFrom(analysis, root, 2);
  for (let index = 0; index < reached.length; index++) {
    const one = reached[index]!.scope;
    for (let at = 0; at < one.code.op.length; at++) {
      if (one.code.op[at] !== Op.Call) continue;
      const path = resolver.libraryPath(one.id, one.code.a[at]!);
      if (!writes.test(path)) continue;
      const what = path.startsWith('logging.') ? 'logs' : 'prints';
      return {
        ...program.nameSpan(scope),
        message: `${functionLabel(scope)} ${what}, and as a signal handler it interrupts the main thread anywhere, also while that writes to the same stream: a buffered stream then raises RuntimeError (reentrant call).`,
        confidence: 'low',
        symbol: scope.qualifiedName,
        stepsKind: 'path',
        steps: [
          ...stepsAlong(program, wayTo(reached, index)),
          { ...program.span(one, at), message: `It ${what} here.` },
        ],
      };
    }
  }
  return null;
}

/** A `__del__` that waits for a thread, a job, a message or for time to pass. */
export function waitsInFinalizer(analysis: Analysis, scope: Scope): Report | null {
  const { program, blocking } = analysis;
  const way = scope.name === '__del__' ? blocking.of(scope.id) : undefined;
  if (!way || way.wait === Wait.Io) return null;
  return {
    ...program.nameSpan(scope),
    message: `${functionLabel(scope)} waits (${way.name}), and the collector may run it on any thread, also on the one that it waits for, or one that others wait for.`,
    confidence: 'low',
    symbol: scope.qualifiedName,
    stepsKind: 'path',
    steps: blocking.path(scope.id, way).map((step) => ({
      ...program.span(program.scopes[step.scope]!, step.at),
      message: `${functionLabel(program.scopes[step.scope]!)} waits here, or calls on.`,
    })),
  };
}
