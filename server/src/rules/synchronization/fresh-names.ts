// Whether a text is different on every call: made of a temporary folder, a random or unique id. What it names is
// somebody else's question.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';

const makers = new Set([
  'tempfile.mkdtemp',
  'tempfile.mkstemp',
  'tempfile.mktemp',
  'tempfile.NamedTemporaryFile',
  'tempfile.TemporaryDirectory',
  'uuid.uuid1',
  'uuid.uuid4',
  'oslo_utils.uuidutils.generate_uuid',
  'secrets.token_hex',
]);
const folders = new Set(['tempfile.mkdtemp', 'tempfile.TemporaryDirectory']);
const maximumSteps = 64;

/** The call that makes a text new each time, or -1. Follows joins, formats, attributes and locals; not parameters. */
export function freshName(analysis: Analysis, scope: Scope, value: number): number {
  return search(analysis, scope, value, false);
}

/** The call that makes a temporary folder where the text is not given otherwise, or -1. */
export function freshFallback(analysis: Analysis, scope: Scope, value: number): number {
  return search(analysis, scope, value, true);
}

function search(
  analysis: Analysis,
  scope: Scope,
  value: number,
  fallback: boolean,
  met: Set<number> = new Set(),
): number {
  const { resolver } = analysis;
  const { number, phis, count, slotCount } = resolver.numberings.of(scope);
  const { op, a, b, extra } = scope.code;
  const queue = [number[value]!];
  for (let k = 0; k < queue.length && k < maximumSteps; k++) {
    const one = queue[k]!;
    const push = (instruction: number) => {
      const next = instruction < 0 ? -1 : number[instruction]!;
      if (next >= 0 && !queue.includes(next)) queue.push(next);
    };
    if (one >= count + slotCount) {
      const all = phis[one - count - slotCount]!;
      if (fallback) {
        for (const each of all) if (each >= 0 && !queue.includes(each)) queue.push(each);
        continue;
      }
      // A text that a loop makes out of itself comes back to its own merge.
      if (met.has(one)) continue;
      met.add(one);
      // Every alternative must be new: a given folder is the usual one of the two.
      const found = all.map((each) =>
        each < count && each >= 0 ? search(analysis, scope, each, false, met) : -1,
      );
      if (found.length > 0 && found.every((each) => each >= 0)) return found[0]!;
      continue;
    }
    if (one >= count || one < 0) continue;
    switch (op[one] as Op) {
      case Op.Call: {
        const path = resolver.libraryPath(scope.id, a[one]!);
        if (fallback ? folders.has(path) : makers.has(path)) return one;
        if (op[a[one]!] === Op.Attribute) push(scope.code.a[a[one]!]!);
        const from = b[one]!;
        for (let each = 0; each < extra[from]!; each++) push(extra[from + 2 + 2 * each]!);
        break;
      }
      case Op.Binary:
        push(a[one]!);
        push(b[one]!);
        break;
      case Op.Attribute:
      case Op.Interpolate:
      case Op.Item:
      case Op.Unpack:
        push(a[one]!);
        break;
      case Op.Format:
      case Op.Tuple: {
        const from = b[one]!;
        for (let each = 0; each < extra[from]!; each++) push(extra[from + 1 + each]!);
        break;
      }
      default:
    }
  }
  return -1;
}
