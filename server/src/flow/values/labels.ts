// Labels: where a value came from (outside, a secret, an input of the function) and what has made it safe since.
// A label is one link of its path: it knows its root and the link before. Sets hold one label per root, the first found.
// Decides equality and order of sets only; which code makes or clears a label is decided elsewhere.

import type { Trust } from '../../library/schema';
import { SecretEvidence } from '../../library/secret-words';
import { Intern } from './intern';

/** What kind of origin a label has. */
export const enum LabelKind {
  Untrusted,
  Secret,
  /** The value that a parameter had at entry, or what is found in it along a path. */
  Input,
  /** Ours, and too weak for a secret: out of a predictable generator, or the digest of a broken hash. */
  Weak,
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
  /** How plainly it is one: by type or a telling name, or by a name that often means it. */
  readonly evidence: SecretEvidence;
  /** Weak only: what makes it so. */
  readonly weakness?: 'predictable' | 'digest';
  /** Untrusted only: the kind of data, where the project gave it one. */
  readonly data?: string;
  /** Untrusted only: a pattern for the keys of it that the sender fills, until one is read. */
  readonly members?: string;
  /** Input only. */
  readonly parameter: number;
  /** Input only: keys from the parameter inwards. */
  readonly path: readonly string[];
}

/** What the roots of all inputs have in common. */
const entry: Omit<Root, 'scope' | 'parameter'> = {
  kind: LabelKind.Input,
  at: -1,
  words: '',
  trust: 'remote',
  evidence: SecretEvidence.None,
  path: [],
};

/** What happened at a link of a path. */
export const enum StepKind {
  Origin,
  Assigned,
  Stored,
  /** Put into a container by a method of it: says where to look, and counts as no step. */
  Added,
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
  /** Put into the middle of a text that came from elsewhere: it may be an argument there, never the program. */
  Inserted = 4,
  /** Something else stands before it in the text that it is part of. */
  Later = 8,
  /** A path in its shortest form: what it begins with decides where it leads. */
  Normalized = 16,
  /** A text or number: what takes mappings for more than data is not harmed by it. */
  Plain = 32,
  /** Nothing in it leads upwards. */
  Undotted = 64,
  /** A path that does not begin at the root. */
  Relative = 128,
  /** No apostrophe in it. */
  NoSingle = 256,
  /** No double quote in it. */
  NoDouble = 512,
  /** Came through calls of which nothing is known: it may be no longer what it was. */
  Guessed = 1024,
  FirstSink = 2048,
}

/** Bits that say how a value came about, not what was proved of it. */
const origins = Mask.Exact | Mask.SecretCleared | Mask.Inserted | Mask.Later | Mask.Plain | Mask.Guessed;

/** Bits of what was proved of a text, whatever sink it goes to. */
export const proofs = Mask.Normalized | Mask.Undotted | Mask.Relative | Mask.NoSingle | Mask.NoDouble;

/** Bits that do not say for which sinks a value is safe. */
export const manner = origins | proofs;

/** How many kinds of sinks can have a bit of their own; the last one is shared by the others. */
export const maximumKinds = 20;

/** Safe for every sink kind. */
export const allSinks = 0x7fffffff & ~manner;

/** The empty set of labels. */
export const noLabels = 0;
const maximumDepth = 12;
const maximumLinks = 24;

const maximumLabels = 24;

/** One link of a label's path. */
export interface Link {
  readonly step: StepKind;
  readonly scope: number;
  readonly at: number;
}

/** Append-only tables of roots, labels and label sets. */
export class Labels {
  readonly roots: Root[] = [];
  private readonly rootIds = new Map<string, number>();
  /** By scope, then parameter; then by root and key. */
  private readonly inputRoots: ((number | undefined)[] | undefined)[] = [];
  private readonly rootsWithin = new Map<number, Map<string, number>>();
  private readonly members = new Map<number, Map<string, number>>();
  /** By scope, then parameter. */
  private readonly inputs: ((number | undefined)[] | undefined)[] = [];
  /** Fields: root, parent, step, scope, at, inner (the callee's label whose path lies between, or -1). */
  private readonly table = new Intern();
  private readonly depths: number[] = [];
  /** How many links the path of a label has, those of inner labels among them; how many are calls, in and back; how many
   * are calls in. */
  private readonly lengths: number[] = [];
  private readonly calls: number[] = [];
  private readonly entries: number[] = [];
  /** Pairs (label, mask), in the order of roots. */
  readonly sets: (readonly number[])[] = [[]];
  private readonly setTable = new Intern();
  private readonly joins = new Map<number, number>();
  /** Filled and read at once, never across calls. */
  private readonly scratch = new Int32Array(6);

  constructor() {
    this.setTable.id([]);
  }

  /** The root of a label. */
  rootOf(label: number): Root {
    return this.roots[this.table.at(label, 0)]!;
  }

  /** The id of the root of a label. */
  rootId(label: number): number {
    return this.table.at(label, 0);
  }

  /** How many steps a label has made. */
  depth(label: number): number {
    return this.depths[label]!;
  }

  /** How many links the path of a label has. */
  lengthOf(label: number): number {
    return this.lengths[label]!;
  }

  /** How many calls its path goes through, into functions and back. */
  callsOf(label: number): number {
    return this.calls[label]!;
  }

  /** How many functions its path goes into. */
  entriesOf(label: number): number {
    return this.entries[label]!;
  }

  /** The label of an origin, as a set of its own. `plain`: it, and what is in it, is text. */
  origin(root: Root, plain = false): number {
    const id = this.rootIdOf(root);
    const label = this.link(id, -1, StepKind.Origin, root.scope, root.at, -1);
    const mask = (root.kind === LabelKind.Input ? Mask.Exact : Mask.None) | (plain ? Mask.Plain : Mask.None);
    return this.set([label, mask]);
  }

  /** The id of a root. */
  rootIdOf(root: Root): number {
    const { kind, scope, at, parameter, trust, evidence } = root;
    // Most roots are of inputs, which need no text to tell them apart.
    if (kind === LabelKind.Input) return this.inputRoot(root);
    const key = `${kind}|${scope}|${at}|${parameter}|${trust}|${evidence}|${root.path.join('\u0000')}|${root.words}|${root.data ?? ''}|${root.members ?? ''}`;
    let id = this.rootIds.get(key);
    if (id === undefined) {
      id = this.roots.length;
      this.roots.push(root);
      this.rootIds.set(key, id);
    }
    return id;
  }

  private inputRoot({ scope, parameter, path }: Root): number {
    let known = this.inputRoots[scope];
    if (known === undefined) {
      known = [];
      this.inputRoots[scope] = known;
    }
    let id = known[parameter];
    if (id === undefined) {
      id = this.roots.length;
      this.roots.push({ ...entry, scope, parameter });
      known[parameter] = id;
    }
    for (let k = 0; k < path.length; k++) id = this.rootWithin(id, path[k]!);
    return id;
  }

  /** The root of what is found under a key of an input. */
  private rootWithin(root: number, key: string): number {
    let known = this.rootsWithin.get(root);
    if (known === undefined) {
      known = new Map();
      this.rootsWithin.set(root, known);
    }
    let id = known.get(key);
    if (id === undefined) {
      id = this.roots.length;
      const outer = this.roots[root]!;
      this.roots.push({ ...outer, path: [...outer.path, key] });
      known.set(key, id);
    }
    return id;
  }

  /** The label of what a parameter of a function, or a variable that it captures, held at entry, as a set of its own. */
  input(scope: number, parameter: number): number {
    let known = this.inputs[scope];
    if (known === undefined) {
      known = [];
      this.inputs[scope] = known;
    }
    known[parameter] ??= this.origin({ ...entry, scope, parameter });
    return known[parameter];
  }

  /** What a label is made of: root, label before, step, scope, instruction, inner label; -1 for no label. */
  partsOf(label: number): readonly number[] {
    return Array.from({ length: 6 }, (_, k) => this.table.at(label, k));
  }

  /** The label of what an input holds under a key, as a set of its own. */
  member(label: number, key: string): number {
    const root = this.table.at(label, 0);
    let known = this.members.get(root);
    if (known === undefined) {
      known = new Map();
      this.members.set(root, known);
    }
    let set = known.get(key);
    if (set === undefined) {
      const { path } = this.roots[root]!;
      set = this.origin({ ...this.roots[root]!, path: [...path, key] });
      known.set(key, set);
    }
    return set;
  }

  /** The label of a thing from outside of which a member was read, as a set of its own: doubtful where it is not one that
   * the sender fills. */
  entered(label: number, mask: number, key: string): number {
    const { members, ...root } = this.rootOf(label);
    const isSent = members === undefined || new RegExp(members).test(key.slice(2));
    const [, , step, scope, at, inner] = this.partsOf(label);
    const own = this.link(this.rootIdOf(root), -1, step!, scope!, at!, inner!);
    return this.set([own, isSent ? mask : mask | Mask.Guessed]);
  }

  /** A further link of a path; the same label when the path is long or already went through that place. `inner` is a
   * label of a callee, from one of its inputs: its path lies between the call and what follows. */
  extended(label: number, step: StepKind, scope: number, at: number, inner = -1): number {
    const { table } = this;
    if (this.depths[label]! >= maximumDepth) return label;
    if (step === StepKind.Added && table.at(label, 2) === StepKind.Added) return label;
    for (let link = label; link >= 0; link = table.at(link, 1)) {
      if (table.at(link, 4) === at && table.at(link, 3) === scope && table.at(link, 2) === step) return label;
    }
    return this.link(table.at(label, 0), label, step, scope, at, inner);
  }

  /** The links of a label, its origin first, callees' links between. */
  path(label: number): Link[] {
    const links: Link[] = [];
    this.collect(label, links, true, 0);
    return links;
  }

  private collect(label: number, links: Link[], withOrigin: boolean, nesting: number): void {
    const own: number[] = [];
    for (let link = label; link >= 0; link = this.table.at(link, 1)) own.push(link);
    for (let k = own.length - 1; k >= 0; k--) {
      const link = own[k]!;
      const isOrigin = this.table.at(link, 1) < 0;
      if (links.length >= maximumLinks || (isOrigin && !withOrigin)) continue;
      links.push({ step: this.table.at(link, 2), scope: this.table.at(link, 3), at: this.table.at(link, 4) });
      const inner = this.table.at(link, 5);
      if (inner >= 0 && nesting < maximumDepth) this.collect(inner, links, false, nesting + 1);
    }
  }

  /** The set of these pairs (label, mask), in any order; of two with one root the first is kept. */
  set(pairs: readonly number[]): number {
    if (pairs.length === 0) return noLabels;
    const byRoot: number[] = [];
    for (let k = 0; k < pairs.length; k += 2) this.insert(byRoot, pairs[k]!, pairs[k + 1]!);
    if (byRoot.length > 2 * maximumLabels) byRoot.length = 2 * maximumLabels;
    const id = this.setTable.id(byRoot);
    if (id === this.sets.length) this.sets.push(byRoot);
    return id;
  }

  private insert(byRoot: number[], label: number, mask: number): void {
    const root = this.table.at(label, 0);
    let place = byRoot.length;
    while (place > 0 && this.isBefore(root, this.table.at(byRoot[place - 2]!, 0))) place -= 2;
    if (place > 0 && this.table.at(byRoot[place - 2]!, 0) === root) byRoot[place - 1]! &= mask;
    else byRoot.splice(place, 0, label, mask);
  }

  /** Order of roots by what they are, not by when they were first seen: it decides which labels a full set keeps. */
  private isBefore(one: number, other: number): boolean {
    if (one === other) return false;
    const x = this.roots[one]!;
    const y = this.roots[other]!;
    const difference =
      x.scope - y.scope ||
      x.at - y.at ||
      x.kind - y.kind ||
      x.parameter - y.parameter ||
      x.evidence - y.evidence;
    if (difference !== 0) return difference < 0;
    return (
      `${x.trust} ${x.words} ${x.path.join('\u0000')}` < `${y.trust} ${y.words} ${y.path.join('\u0000')}`
    );
  }

  /** The union; what is safe must be so in both. */
  join(x: number, y: number): number {
    if (x === y || y === noLabels) return x;
    if (x === noLabels) return y;
    const key = x * 0x4000000 + y;
    let id = this.joins.get(key);
    if (id === undefined) {
      id = this.set(this.sets[x]!.concat(this.sets[y]!));
      this.joins.set(key, id);
    }
    return id;
  }

  /** Each label changed or dropped (null); `change` sees the mask and answers the new pair. */
  map(
    set: number,
    change: (label: number, mask: number) => readonly [label: number, mask: number] | null,
  ): number {
    if (set === noLabels) return noLabels;
    const pairs: number[] = [];
    const old = this.sets[set]!;
    let same = true;
    for (let k = 0; k < old.length; k += 2) {
      const changed = change(old[k]!, old[k + 1]!);
      if (changed) pairs.push(changed[0], changed[1]);
      same &&= changed !== null && changed[0] === old[k] && changed[1] === old[k + 1];
    }
    return same ? set : this.set(pairs);
  }

  /** The kind of a label's origin. */
  kindOf(label: number): LabelKind {
    return this.roots[this.table.at(label, 0)]!.kind;
  }

  /** The label that is made of these (see `partsOf`). */
  link(root: number, parent: number, step: StepKind, scope: number, at: number, inner: number): number {
    this.scratch[0] = root;
    this.scratch[1] = parent;
    this.scratch[2] = step;
    this.scratch[3] = scope;
    this.scratch[4] = at;
    this.scratch[5] = inner;
    const id = this.table.id(this.scratch);
    if (id === this.depths.length) this.count(parent, step, inner);
    return id;
  }

  private count(parent: number, step: StepKind, inner: number): void {
    const { depths, lengths, calls, entries } = this;
    const enters = step === StepKind.Passed ? 1 : 0;
    const isCall = enters === 1 || step === StepKind.Returned ? 1 : 0;
    const isCounted = step === StepKind.Added ? 0 : 1;
    depths.push(parent < 0 ? 0 : depths[parent]! + isCounted);
    // The origin of an inner label is no link of the path.
    lengths.push(sum(lengths, parent) + isCounted + Math.max(0, sum(lengths, inner) - 1));
    calls.push(sum(calls, parent) + isCall + sum(calls, inner));
    entries.push(sum(entries, parent) + enters + sum(entries, inner));
  }
}

/** What a label has of something; nothing when there is none. */
function sum(counts: readonly number[], label: number): number {
  return label < 0 ? 0 : counts[label]!;
}
