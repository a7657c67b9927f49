// What the text of one scope puts into containers: `x[k] = v`, `x.append(v)`, `x.setdefault(k, []).append(v)`, by the value
// number of the container. Resolves nothing: a method counts by its name.

import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import { positional } from '../syntax/code-reader';
import { type ContentPaths, Step } from './content-paths';
import type { Numbering } from './numbering';

/** One thing put into a container. */
export interface Addition {
  /** Value number of the container. */
  readonly root: number;
  /** Steps from the container to where it is put; the last one says how it is found there. */
  readonly steps: readonly number[];
  /** Value instruction; with `spread` its own contents are put in. */
  readonly value: number;
  readonly spread: boolean;
}

/** Methods that put an argument into a sequence, set or queue, and which. */
const adders: ReadonlyMap<string, number> = new Map([
  ['append', 0],
  ['appendleft', 0],
  ['add', 0],
  ['put', 0],
  ['put_nowait', 0],
  ['insert', 1],
]);
const spreaders = new Set(['extend', 'extendleft', 'update']);
const maximumNesting = 3;
const none: readonly Addition[] = [];

/** What a scope puts into containers, in source order. */
export function additionsIn(scope: Scope, numbering: Numbering, paths: ContentPaths): readonly Addition[] {
  const { code, file } = scope;
  const { op, a, b, c } = code;
  const { names } = file.source;
  let found: Addition[] | null = null;
  const put = (container: number, last: readonly number[], value: number, spread = false) => {
    const way: number[] = [];
    let root = numbering.number[container]!;
    for (let depth = 0; depth < maximumNesting && root >= 0 && root < op.length; depth++) {
      const outer = holderOf(root);
      if (outer < 0) break;
      way.unshift(op[root] === Op.Item ? paths.lookUp(scope, b[root]!) : Step.Value);
      root = numbering.number[outer]!;
    }
    if (root < 0) return;
    found ??= [];
    for (const step of last) found.push({ root, steps: [...way, step], value, spread });
  };
  /** The container from which a value was taken; -1 when it was not. */
  const holderOf = (value: number): number => {
    if (op[value] === Op.Item) return a[value]!;
    if (op[value] !== Op.Call || op[a[value]!] !== Op.Attribute) return -1;
    const name = names[b[a[value]!]!]!;
    return name === 'setdefault' || name === 'get' ? a[a[value]!]! : -1;
  };
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreItem) {
      put(a[at]!, [paths.lookUp(scope, b[at]!)], c[at]!);
      put(a[at]!, [Step.Key], b[at]!);
      continue;
    }
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    const container = a[a[at]!]!;
    const name = names[b[a[at]!]!]!;
    const place = adders.get(name);
    const value = place === undefined ? -1 : positional(code, at, place);
    if (value >= 0) put(container, [Step.Element], value);
    else if (name === 'setdefault') {
      const given = positional(code, at, 1);
      if (given < 0) continue;
      put(container, [Step.Value], given);
      put(container, [Step.Key], positional(code, at, 0));
    } else if (spreaders.has(name)) {
      const given = positional(code, at, 0);
      if (given >= 0) put(container, [Step.Element], given, true);
    }
  }
  return found ?? none;
}
