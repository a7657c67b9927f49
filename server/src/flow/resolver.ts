// What an expression denotes: modules, classes, functions, instances, library things. Answers are cut at a depth and
// remembered per depth, so that they depend on the program alone, never on the order of questions. Knows no rules.

import type { Library } from '../library/library';
import { Bindings } from '../program/bindings';
import { ModuleNames } from '../program/module-names';
import type { Program } from '../program/program';
import { Classes } from './classes';
import { denotation } from './denotation';
import { Entities, EntityKind } from './entities';
import type { Numberings } from './numberings';
import { type Target, targetsOf } from './targets';

interface Known {
  readonly entities: readonly number[];
  /** How much depth the complete answer needs. */
  readonly height: number;
}

/** An answer names at most this many entities; the first in source order are kept. */
export const maximumEntities = 8;
const fullDepth = 9;
const nothing: readonly number[] = [];

/** Resolves expressions of one program. Immutable program, answers remembered. */
export class Resolver {
  readonly entities = new Entities();
  readonly bindings: Bindings;
  readonly modules: ModuleNames;
  readonly classes: Classes;
  /** Arguments seen for parameters, by scope * 256 + slot; filled by the call graph's first round. */
  readonly arguments = new Map<number, { scope: number; value: number }[]>();
  private complete = new Map<number, Known>();
  private partial = new Map<number, readonly number[]>();
  private readonly targetLists = new Map<number, readonly Target[]>();
  /** Depth to spare in the answer being computed. */
  private slack = 0;
  /** Whether the answer being computed ran out of depth. */
  private cut = false;

  constructor(
    readonly program: Program,
    readonly library: Library,
    readonly numberings: Numberings,
  ) {
    this.bindings = new Bindings(program);
    this.modules = new ModuleNames(program);
    this.classes = new Classes(program, this.bindings, this);
    this.classes.link();
  }

  /** Entities that a value instruction of a scope may denote, in source order of evidence. */
  denotes(scope: number, value: number): readonly number[] {
    const number = this.numberings.of(this.program.scopes[scope]!).number[value]!;
    return number < 0 ? nothing : this.at(scope, number, fullDepth);
  }

  /** As `denotes`, for a value number. */
  denotesNumber(scope: number, number: number): readonly number[] {
    return number < 0 ? nothing : this.at(scope, number, fullDepth);
  }

  /** What a call may reach, in source order of evidence; empty when unresolved. */
  targets(scope: number, call: number): readonly Target[] {
    const key = scope * 0x200000 + call;
    let found = this.targetLists.get(key);
    if (!found) {
      found = targetsOf(this, scope, call, fullDepth);
      this.targetLists.set(key, found);
    }
    return found;
  }

  /** The dotted library path of a value, '' when it is none. */
  libraryPath(scope: number, value: number): string {
    for (const entity of this.denotes(scope, value)) {
      if (this.entities.kind[entity] === EntityKind.Library) return this.entities.path(entity);
    }
    return '';
  }

  /** The dotted path of a library entity or of a function or class of the program; '' for any other. */
  pathOf(entity: number): string {
    const kind = this.entities.kind[entity];
    if (kind === EntityKind.Library) return this.entities.path(entity);
    if (kind !== EntityKind.Function && kind !== EntityKind.Class) return '';
    const scope = this.program.scopes[this.entities.x[entity]!]!;
    return `${this.modules.names[scope.file.index]!}.${scope.qualifiedName}`;
  }

  /** Forgets answers, after `arguments` was filled. */
  reset(): void {
    this.complete = new Map();
    this.partial = new Map();
    this.targetLists.clear();
  }

  /** Entities of a value number with a depth left; for the files of this room. */
  at(scope: number, number: number, depth: number): readonly number[] {
    if (depth <= 0) {
      this.cut = true;
      return nothing;
    }
    const key = scope * 0x200000 + number;
    const known = this.complete.get(key);
    if (known && known.height <= depth) {
      if (depth - known.height < this.slack) this.slack = depth - known.height;
      return known.entities;
    }
    const exact = this.partial.get(key * 16 + depth);
    if (exact) {
      this.cut = true;
      return exact;
    }
    const outerSlack = this.slack;
    const outerCut = this.cut;
    this.slack = depth - 1;
    this.cut = false;
    const entities = denotation(this, scope, number, depth);
    if (this.cut) this.partial.set(key * 16 + depth, entities);
    else this.complete.set(key, { entities, height: depth - this.slack });
    this.slack = Math.min(outerSlack, this.slack);
    this.cut ||= outerCut;
    return entities;
  }
}
