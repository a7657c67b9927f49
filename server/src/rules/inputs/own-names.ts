// Whether what is removed has a name that the program itself made new: with a random part, or the time in it. Whoever
// sends the rest of the name meets nothing but what was written under it just before.

import { EntityKind } from '../../flow/entities';
import { lastName } from '../../flow/function-facts';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { callArguments, elements } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const removes = /^`(os\.(remove|unlink|rmdir)|Path\.(unlink|rmdir)|shutil\.rmtree)\(\)`/;
const makesNew =
  /^(strftime|time_ns|timestamp|isoformat|mkstemp|mkdtemp|token_(hex|urlsafe)|uuid[14])$|random/i;
const maximumVisits = 60;

/** Whether the name of what is removed was put together with a part that is new each time. */
export function isRemovedOwn(analysis: Analysis, flow: Flow, sink: Flow['use']): boolean {
  if (!removes.test(sink.words)) return false;
  const { scopes } = analysis.program;
  return analysis.values.path(flow).some(({ scope, at }) => isNew(analysis, scopes[scope]!, at));
}

/** Whether what an instruction stores or hands over is such a name, or comes from a function that gives one. */
function isNew(analysis: Analysis, scope: Scope, from: number): boolean {
  const { op, a, b } = scope.code;
  const { resolver, program } = analysis;
  let at = op[from] === Op.StoreLocal ? b[from]! : from;
  if (op[at] === Op.Await) at = a[at]!;
  if (hasNewPart(scope, at)) return true;
  if (op[at] !== Op.Call) return false;
  return resolver.denotes(scope.id, a[at]!).some((entity) => {
    if (resolver.entities.kind[entity] !== EntityKind.Function) return false;
    const called = program.scopes[resolver.entities.x[entity]!]!;
    return called.code.op.some(
      (one, k) => one === Op.Return && called.code.a[k]! >= 0 && hasNewPart(called, called.code.a[k]!),
    );
  });
}

/** Whether a text is put together with a call that gives something new. */
function hasNewPart(scope: Scope, from: number): boolean {
  const { code } = scope;
  const { op, a, b } = code;
  const seen = new Set<number>();
  const work = [from];
  let joined = false;
  let isNewPart = false;
  while (work.length > 0 && seen.size < maximumVisits) {
    const at = work.pop()!;
    if (at < 0 || seen.has(at)) continue;
    seen.add(at);
    switch (op[at] as Op) {
      case Op.Local:
        for (let k = 0; k < at; k++) if (op[k] === Op.StoreLocal && a[k] === a[at]) work.push(b[k]!);
        break;
      case Op.Call: {
        const name = lastName(scope, a[at]!);
        isNewPart ||= makesNew.test(name);
        joined ||= name === 'join' || name === 'format';
        for (const { value } of callArguments(code, at)) work.push(value);
        if (op[a[at]!] === Op.Attribute) work.push(a[a[at]!]!);
        break;
      }
      case Op.Binary:
        joined = true;
        work.push(a[at]!, b[at]!);
        break;
      case Op.Format:
        joined = true;
        work.push(...elements(code, at));
        break;
      case Op.Tuple:
        work.push(...elements(code, at));
        break;
      case Op.Interpolate:
      case Op.Await:
      case Op.Attribute:
      case Op.Item:
        work.push(a[at]!);
        break;
      default:
    }
  }
  return joined && isNewPart;
}
