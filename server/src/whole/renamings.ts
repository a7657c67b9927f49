// The names that a scope gives to what has another name elsewhere: by imports, and by fields that keep a method of a
// container. Whether anybody uses them is not asked.

import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';

/** A name, and another one under which code may mean the same. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
  /** A field that keeps a method of a container. */
  readonly keeps: boolean;
}

const none: readonly Renaming[] = [];

/** `from m import x as y` in a module: x is y; `self.add = self.items.append`: items is add. */
export function renamings({ library }: Resolver, { file, code }: Scope): readonly Renaming[] {
  const { op, a, b, c } = code;
  const imports = op.includes(Op.Import);
  if (!imports && !op.includes(Op.StoreAttribute)) return none;
  const { names } = file.source;
  const found: Renaming[] = [];
  for (let at = 0; at < op.length; at++) {
    if (imports && op[at] === Op.StoreGlobal) {
      const value = b[at]!;
      if (op[value] !== Op.Import || b[value]! < 0 || b[value] === a[at]) continue;
      found.push({ from: names[b[value]!]!, to: names[a[at]!]!, keeps: false });
    } else if (op[at] === Op.StoreAttribute) {
      const value = c[at]!;
      if (op[value] !== Op.Attribute || op[a[value]!] !== Op.Attribute) continue;
      if (!library.containerMethods.has(names[b[value]!]!)) continue;
      found.push({ from: names[b[a[value]!]!]!, to: names[b[at]!]!, keeps: true });
    }
  }
  return found.length === 0 ? none : found;
}
