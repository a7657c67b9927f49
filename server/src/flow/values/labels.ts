// Labels: where a value came from (outside, a secret, an input of the function) and what has made it safe since.
// A label is one link of its path: it knows its root and the link before. Sets hold one label per root, the first found.
// Decides equality and order of sets only; which code makes or clears a label is decided elsewhere.

import type { Trust } from '../../library/schema';

/** What kind of origin a label has. */
export const enum LabelKind {
  Untrusted,
  Secret,
  /** The value that a parameter had at entry, or what is found in it along a path. */
  Input,
}

/** The origin of labels. */
export interface Root {
  readonly kind: LabelKind;
  /** Scope and instruction where it came in; the instruction is -1 for a parameter itself. */
  readonly scope: number;
  readonly at: number;
  /** Untrusted and Secret: what it is, in words. */
  readonly words: string;
  /** Untrusted only. */
  readonly trust: Trust;
  /** Secret only: the name says so plainly, or a call gives it. */
  readonly plain: boolean;
  /** Input only. */
  readonly parameter: number;
  /** Input only: keys from the parameter inwards. */
  readonly path: readonly string[];
}

/** What happened at a link of a path. */
export const enum StepKind {
  Origin,
  Assigned,
  Stored,
  Passed,
  Returned,
  Element,
}

/** Bits of a label's mask. The lowest are fixed, then one for each sink kind for which the value is safe. */
export const enum Mask {
  None = 0,
  /** No longer a secret, if it was one. */
  SecretCleared = 1,
  /** Still the very object, not something computed from it. Kept only when all ways agree. */
  Exact = 2,
  FirstSink = 4,
}

/** The empty set of labels. */
export const noLabels = 0;
const maximumDepth = 14;
const maximumLabels = 24;

/** Append-only tables of roots, labels and label sets. */
export class Labels {
  readonly roots: Root[] = [];
  private readonly rootIds = new Map<string, number>();
  readonly root: number[] = [];
  readonly parent: number[] = [];
  readonly step: StepKind[] = [];
  readonly scope: number[] = [];
  readonly at: number[] = [];
  readonly depth: number[] = [];
  private readonly labelIds = new Map<string, number>();
  /** Pairs (label, mask), by root. */
  readonly sets: (readonly number[])[] = [[]];
  private readonly setIds = new Map<string, number>([['', 0]]);
  private readonly joins = new Map<number, number>();

  /** The label of an origin, as a set of its own. */
  origin(root: Root): number {
    const key = `${root.kind}|${root.scope}|${root.at}|${root.parameter}|${root.path.join('\u0000')}|${root.words}`;
    let id = this.rootIds.get(key);
    if (id === undefined) {
      id = this.roots.length;
      this.roots.push(root);
      this.rootIds.set(key, id);
    }
    const label = this.label(id, -1, StepKind.Origin, root.scope, root.at);
    return this.set([label, root.kind === LabelKind.Input ? Mask.Exact : Mask.None]);
  }

  /** A further link of a path; the same label when the path is long or already went through that place. */
  extended(label: number, step: StepKind, scope: number, at: number): number {
    if (this.depth[label]! >= maximumDepth) return label;
    for (let link = label; link >= 0; link = this.parent[link]!) {
      if (this.at[link] === at && this.scope[link] === scope && this.step[link] === step) return label;
    }
    return this.label(this.root[label]!, label, step, scope, at);
  }

  /** The path of `inner` (in a callee, from one of its inputs) put behind the path of `outer`. */
  continued(outer: number, inner: number): number {
    const links: number[] = [];
    for (let link = inner; this.parent[link]! >= 0; link = this.parent[link]!) links.push(link);
    let label = outer;
    for (let k = links.length - 1; k >= 0; k--) {
      const link = links[k]!;
      label = this.extended(label, this.step[link]!, this.scope[link]!, this.at[link]!);
    }
    return label;
  }

  /** The links of a label, its origin first. */
  path(label: number): number[] {
    const links: number[] = [];
    for (let link = label; link >= 0; link = this.parent[link]!) links.push(link);
    return links.reverse();
  }

  /** The set of these pairs (label, mask), in any order; of two with one root the first is kept. */
  set(pairs: readonly number[]): number {
    if (pairs.length === 0) return noLabels;
    const byRoot: number[] = [];
    for (let k = 0; k < pairs.length; k += 2) this.insert(byRoot, pairs[k]!, pairs[k + 1]!);
    if (byRoot.length > 2 * maximumLabels) byRoot.length = 2 * maximumLabels;
    const key = byRoot.join(',');
    let id = this.setIds.get(key);
    if (id === undefined) {
      id = this.sets.length;
      this.sets.push(byRoot);
      this.setIds.set(key, id);
    }
    return id;
  }

  private insert(byRoot: number[], label: number, mask: number): void {
    const root = this.root[label]!;
    let place = byRoot.length;
    while (place > 0 && this.root[byRoot[place - 2]!]! > root) place -= 2;
    if (place > 0 && this.root[byRoot[place - 2]!] === root) byRoot[place - 1]! &= mask;
    else byRoot.splice(place, 0, label, mask);
  }

  /** The union; what is safe must be so in both. */
  join(x: number, y: number): number {
    if (x === y || y === noLabels) return x;
    if (x === noLabels) return y;
    const key = x * 0x4000000 + y;
    let id = this.joins.get(key);
    if (id === undefined) {
      id = this.set([...this.sets[x]!, ...this.sets[y]!]);
      this.joins.set(key, id);
    }
    return id;
  }

  /** Each label changed or dropped: `change` returns the new label, or -1 to drop it, and sees the mask. */
  map(
    set: number,
    change: (label: number, mask: number) => readonly [label: number, mask: number] | null,
  ): number {
    if (set === noLabels) return noLabels;
    const pairs: number[] = [];
    const old = this.sets[set]!;
    for (let k = 0; k < old.length; k += 2) {
      const changed = change(old[k]!, old[k + 1]!);
      if (changed) pairs.push(changed[0], changed[1]);
    }
    return this.set(pairs);
  }

  /** The kind of a label's origin. */
  kindOf(label: number): LabelKind {
    return this.roots[this.root[label]!]!.kind;
  }

  private label(root: number, parent: number, step: StepKind, scope: number, at: number): number {
    const key = `${root},${parent},${step},${scope},${at}`;
    let id = this.labelIds.get(key);
    if (id === undefined) {
      id = this.root.length;
      this.root.push(root);
      this.parent.push(parent);
      this.step.push(step);
      this.scope.push(scope);
      this.at.push(at);
      this.depth.push(parent < 0 ? 0 : this.depth[parent]! + 1);
      this.labelIds.set(key, id);
    }
    return id;
  }
}
