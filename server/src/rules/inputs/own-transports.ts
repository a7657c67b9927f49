// Whether a request is sent through a part of the program's own that sees every address before it is connected to:
// `httpx.AsyncClient(transport=SafeTransport())`, `session.mount('https://', GuardedAdapter())`. What that part refuses is
// not looked at.

import { EntityKind } from '../../flow/entities';
import { lastName } from '../../flow/function-facts';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { Argument, Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const carriers = new Set(['transport', 'connector', 'resolver', 'mounts']);

/** Whether the file that sends a request gives its clients such a part. */
export function isSentByOwn(analysis: Analysis, { scope: id }: Flow['use']): boolean {
  const { program } = analysis;
  const { file } = program.scopes[id]!;
  const { names } = file.source;
  if (!names.includes('mount') && !names.some((name) => carriers.has(name))) return false;
  return file.source.codes.some((_, index) => givesOwn(analysis, program.scopeOf(file, index)));
}

function givesOwn(analysis: Analysis, scope: Scope): boolean {
  const { code, file } = scope;
  return code.op.some((one, at) => {
    if (one !== Op.Call) return false;
    for (let k = 0; k < argumentCount(code, at); k++) {
      const name = argumentKeyword(code, at, k);
      if (name === Argument.Positional || !carriers.has(file.source.names[name] ?? '')) continue;
      if (isOwn(analysis, scope, argumentValue(code, at, k))) return true;
    }
    if (lastName(scope, code.a[at]!) !== 'mount') return false;
    const adapter = positional(code, at, 1);
    return adapter >= 0 && isOwn(analysis, scope, adapter);
  });
}

/** Whether a value is an object of a class of the program. */
function isOwn({ resolver }: Analysis, scope: Scope, value: number): boolean {
  const { entities } = resolver;
  return resolver.denotes(scope.id, value).some((entity) => entities.kind[entity] === EntityKind.Instance);
}
