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
const maximumSteps = 64;

/** The call that makes a text new each time, or -1. Follows joins, formats, attributes and locals; not parameters. */
export function freshName(analysis: Analysis, scope: Scope, value: number): number {
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
      // Every alternative must be new: a given folder is the usual one of the two.
      const all = phis[one - count - slotCount]!;
      const found = all.map((each) => (each < count && each >= 0 ? freshName(analysis, scope, each) : -1));
      if (found.length > 0 && found.every((each) => each >= 0)) return found[0]!;
      continue;
    }
    if (one >= count || one < 0) continue;
    switch (op[one] as Op) {
      case Op.Call: {
        const path = resolver.libraryPath(scope.id, a[one]!);
        if (makers.has(path)) return one;
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
