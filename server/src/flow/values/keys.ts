// The key that an index instruction stands for, when it is one constant. The form of keys: see `shapes`.

import { type Constant, ConstantKind } from '../../syntax/code';
import type { Pass } from './pass';

/** The key of an index value, or null when it is not one constant. */
export function keyOf(pass: Pass, index: number): string | null {
  if (index < 0) return null;
  const one = pass.domain.known.single(pass.domain.knownOf[pass.values[index]!]!);
  return one === null ? null : keyOfConstant(one);
}

/** The key of a constant, or null. */
export function keyOfConstant({ kind, text }: Constant): string | null {
  if (kind === ConstantKind.String || kind === ConstantKind.Bytes)
    return text.length <= 60 ? `s:${text}` : null;
  if (kind === ConstantKind.Integer) return `i:${text}`;
  return null;
}
