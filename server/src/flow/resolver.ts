// What an expression denotes: modules, classes, functions, instances, library things. Answers are cut at a depth and
// remembered per depth, so that they depend on the program alone, never on the order of questions. Knows no rules.

import type { Library } from '../library/library';
import { Bindings } from '../program/bindings';
import { ModuleNames } from '../program/module-names';
import type { Program, ProgramFile, Scope } from '../program/program';
import { AdditionIndex } from './addition-index';
import { Answers } from './answers';
import { Askers } from './askers';
import { CallTargets } from './call-targets';
import { called, returned } from './calling';
import { Classes } from './classes';
import { ContentAnswers } from './content-answers';
import { ContentPaths } from './content-paths';
import { contents } from './contents';
import { denotation } from './denotation';
import { Entities, EntityKind } from './entities';
import { member, moduleMember } from './members';
import type { Numberings } from './numberings';
import { instanceContents } from './object-contents';
import { type Target, targetsOf } from './targets';
import { TypeTests } from './type-tests';

const fullDepth = 12;
/** How many arguments tell what a parameter is. */
export const maximumArguments = 4;
const nothing: readonly number[] = [];
const noArguments: readonly { readonly scope: number; readonly value: number }[] = [];

/** Resolves expressions of one program. Immutable program, answers remembered. */
export class Resolver {
  readonly entities = new Entities();
  readonly bindings: Bindings;
  readonly modules: ModuleNames;
  readonly classes: Classes;
  /** Arguments seen for parameters, by scope * 256 + slot, in source order; filled by the call graph's first round. All of
   * them where bodies are going to be edited, else only those that count. */
  readonly arguments = new Map<number, { scope: number; value: number }[]>();
  /** By entity, what a call of it alone may enter, as far as it was asked. */
  readonly targetsOfEntity: (readonly Target[] | undefined)[] = [];
  /** Ways into containers. */
  readonly paths = new ContentPaths();
  readonly additions: AdditionIndex;
  readonly typeTests: TypeTests;
  private readonly answers: Answers;
  private readonly callTargets: CallTargets;
  private readonly contentAnswers = new ContentAnswers();
  /** Depth to spare in the answer being computed. */
  private slack = 0;
  /** Whether the answer being computed ran out of depth. */
  private cut = false;
  /** Whether the answer being computed looked at arguments of parameters. */
  private dependent = false;
  /** Who looked into which body; null where nobody will want to know. */
  readonly askers: Askers | null;
  /** The scope that something is being found for; -1 for none, and where this is not noted. */
  private asker = -1;
  /** What depends on arguments while they are taken for unknown. */
  private unfilled: Answers | null = null;
  private unfilledContents = new ContentAnswers();
  private unfilledTargets: CallTargets | null = null;

  constructor(
    readonly program: Program,
    readonly library: Library,
    readonly numberings: Numberings,
    /** Whether bodies are going to be edited. */
    isEdited = false,
  ) {
    this.askers = isEdited ? new Askers() : null;
    this.answers = new Answers(program.scopes.length);
    this.callTargets = new CallTargets(program.scopes.length);
    this.bindings = new Bindings(program);
    this.modules = new ModuleNames(program);
    this.additions = new AdditionIndex(program, numberings, this.paths);
    this.typeTests = new TypeTests(numberings);
    this.classes = new Classes(program, this.bindings, this);
    this.classes.link();
    // Till then overriding methods were not known.
    this.targetsOfEntity.length = 0;
  }

  /** Entities that a value instruction of a scope may denote, in source order of evidence. */
  denotes(scope: number, value: number): readonly number[] {
    const number = this.numberings.of(this.program.scopes[scope]!).number[value]!;
    return number < 0 ? nothing : this.at(scope, number, fullDepth);
  }

  /** The depth that the answer for a value needs; -1 when it ran out of depth or there is none. */
  reach(scope: number, value: number): number {
    const number = this.numberings.of(this.program.scopes[scope]!).number[value]!;
    const place = number < 0 ? -1 : this.answers.find(scope, number, fullDepth);
    return place < 0 ? -1 : this.answers.height(place);
  }

  /** As `denotes`, for a value number. */
  denotesNumber(scope: number, number: number): readonly number[] {
    return number < 0 ? nothing : this.at(scope, number, fullDepth);
  }

  /** What a call may reach, in source order of evidence; empty when unresolved. */
  targets(scope: number, call: number): readonly Target[] {
    const { unfilledTargets } = this;
    let found = this.callTargets.find(scope, call, unfilledTargets === null);
    found ??= unfilledTargets?.find(scope, call, true);
    if (!found) {
      const { dependent } = this;
      this.dependent = false;
      const targets = targetsOf(this, scope, call, fullDepth);
      found = this.keepTargets(scope, call, targets, this.dependent);
      this.dependent ||= dependent;
    }
    return found;
  }

  /** Takes the targets of a call from another resolver of the same program, which knew all arguments. */
  learnTargets(scope: number, call: number, targets: readonly Target[]): void {
    this.keepTargets(scope, call, targets, true);
  }

  /** The dotted library path of a value, '' when it is none. */
  libraryPath(scope: number, value: number): string {
    const found = this.denotes(scope, value);
    for (let k = 0; k < found.length; k++) {
      if (this.entities.kind[found[k]!] === EntityKind.Library) return this.entities.path(found[k]!);
    }
    return '';
  }

  /** Forgets what is known of a scope's values. */
  forgetBody(scope: Scope): void {
    this.answers.forgetScope(scope.id);
    this.callTargets.forgetScope(scope.id);
    this.contentAnswers.forgetScope(scope.id);
  }

  /** Takes over a changed body: what was known of its values is forgotten, its stores are indexed anew. */
  replaceBody(scope: Scope): void {
    this.forgetBody(scope);
    this.additions.replace(scope);
    this.typeTests.replace(scope);
    this.bindings.replace(scope);
    this.classes.replaceStores(scope);
  }

  /** The dotted path of a library entity or of a function or class of the program; '' for any other. */
  pathOf(entity: number): string {
    const kind = this.entities.kind[entity];
    if (kind === EntityKind.Library) return this.entities.path(entity);
    if (kind !== EntityKind.Function && kind !== EntityKind.Class) return '';
    const scope = this.program.scopes[this.entities.x[entity]!]!;
    return `${this.modules.names[scope.file.index]!}.${scope.qualifiedName}`;
  }

  /** Forgets the answers that looked at `arguments`, after those were filled. */
  reset(): void {
    this.answers.forgetDependent();
    this.callTargets.forgetDependent();
    this.contentAnswers.forgetDependent();
  }

  /** The arguments seen for a parameter; notes that the answer being computed looked at them, unknown as they may be. */
  given(scope: number, slot: number): readonly { readonly scope: number; readonly value: number }[] {
    this.dependent = true;
    this.noteLook(scope);
    if (this.unfilled !== null) return noArguments;
    const known = this.arguments.get(scope * 256 + slot) ?? noArguments;
    return known.length > maximumArguments ? known.slice(0, maximumArguments) : known;
  }

  /** Finds something as if no arguments were known yet. */
  withoutArguments<T>(find: () => T): T {
    this.unfilled = new Answers(this.program.scopes.length, 1 << 8);
    this.unfilledContents = new ContentAnswers();
    this.unfilledTargets = new CallTargets(this.program.scopes.length, 1 << 8);
    const found = find();
    this.unfilled = null;
    this.unfilledTargets = null;
    this.unfilledContents = new ContentAnswers();
    return found;
  }

  /** Finds something for a scope that is kept until the scope is forgotten: what it looks at in others is noted. */
  findFor<T>(scope: number, find: () => T): T {
    const { asker } = this;
    if (this.askers !== null) this.asker = scope;
    const found = find();
    this.asker = asker;
    return found;
  }

  /** Notes a look into the body of a scope. */
  noteLook(scope: number): void {
    if (this.asker >= 0 && this.asker !== scope) this.askers!.note(this.asker, scope);
  }

  /** Entities of a member of an entity, with a depth left; for the files of this room, as the next two. */
  memberOf(entity: number, name: string, depth: number): readonly number[] {
    return member(this, entity, name, depth);
  }

  /** Entities of a name in a module; null when the module does not bind it. */
  nameIn(file: ProgramFile, name: string, depth: number): readonly number[] | null {
    return moduleMember(this, file, name, depth);
  }

  /** Entities that a function returns; for a method of objects of a class, what overriding ones do if it tells nothing. */
  returnedBy(functionScope: number, depth: number, classScope = -1): readonly number[] {
    return returned(this, functionScope, depth, classScope);
  }

  /** Entities of the result of calling an entity, at an instruction or -1. */
  calledWith(scope: Scope, at: number, callee: number, depth: number): readonly number[] {
    return called(this, scope, at, callee, depth);
  }

  /** Entities at a way into an object of a class. */
  insideInstance(classScope: number, path: number, depth: number): readonly number[] {
    return instanceContents(this, classScope, path, depth);
  }

  /** Entities at a way into what a value number denotes; at the value itself where the way has no step. */
  contents(scope: number, number: number, path: number, depth: number): readonly number[] {
    if (path === 0 || number < 0) return number < 0 ? nothing : this.at(scope, number, depth);
    this.noteLook(scope);
    if (depth <= 0) {
      this.cut = true;
      return nothing;
    }
    const { unfilled } = this;
    let known = this.contentAnswers.find(scope, number, path, depth);
    if (unfilled !== null && (known === undefined || known.dependent))
      known = this.unfilledContents.find(scope, number, path, depth);
    if (known) {
      if (known.height < 0) this.cut = true;
      else if (depth - known.height < this.slack) this.slack = depth - known.height;
      this.dependent ||= known.dependent;
      return known.entities;
    }
    const { slack, cut, dependent, asker } = this;
    this.slack = depth - 1;
    this.cut = false;
    this.dependent = false;
    if (this.askers !== null) this.asker = scope;
    const entities = contents(this, scope, number, path, depth);
    this.asker = asker;
    const height = this.cut ? -1 : depth - this.slack;
    const memory = unfilled !== null && this.dependent ? this.unfilledContents : this.contentAnswers;
    memory.keep(scope, number, path, depth, { entities, height, dependent: this.dependent });
    this.slack = Math.min(slack, this.slack);
    this.cut ||= cut;
    this.dependent ||= dependent;
    return entities;
  }

  /** Whether depth is left for a step that asks for no value number; notes how far the answer had to reach. */
  spend(depth: number): boolean {
    if (depth <= 0) {
      this.cut = true;
      return false;
    }
    if (depth - 1 < this.slack) this.slack = depth - 1;
    return true;
  }

  /** Entities of a value number with a depth left; for the files of this room. */
  at(scope: number, number: number, depth: number): readonly number[] {
    if (this.asker >= 0) this.noteLook(scope);
    if (depth <= 0) {
      this.cut = true;
      return nothing;
    }
    // An instruction that gives no value has no number.
    if (!(number >= 0)) return nothing;
    const found = this.remembered(this.answers, scope, number, depth);
    if (found !== null) return found;
    if (this.unfilled !== null) {
      const own = this.remembered(this.unfilled, scope, number, depth);
      if (own !== null) return own;
    }
    return this.compute(scope, number, depth);
  }

  /** The answer that a memory has; null where it has none that holds now. */
  private remembered(
    answers: Answers,
    scope: number,
    number: number,
    depth: number,
  ): readonly number[] | null {
    const isFilled = this.unfilled !== null && answers !== this.unfilled;
    const known = answers.find(scope, number, depth);
    if (known >= 0) {
      if (isFilled && answers.isDependent(known)) return null;
      const spare = depth - answers.height(known);
      if (spare < this.slack) this.slack = spare;
      if (answers.isDependent(known)) this.dependent = true;
      return answers.at(known);
    }
    const exact = answers.findPartial(scope, number, depth);
    if (exact >= 0 && !(isFilled && answers.isPartialDependent(exact))) {
      this.cut = true;
      if (answers.isPartialDependent(exact)) this.dependent = true;
      return answers.partialAt(exact);
    }
    return null;
  }

  private compute(scope: number, number: number, depth: number): readonly number[] {
    const { slack, cut, dependent, asker } = this;
    this.slack = depth - 1;
    this.cut = false;
    this.dependent = false;
    if (this.askers !== null) this.asker = scope;
    let entities = denotation(this, scope, number, depth);
    this.asker = asker;
    const answers = this.memory();
    if (this.cut) answers.keepPartial(scope, number, depth, entities, this.dependent);
    else {
      if (!answers.isOpen(scope)) answers.open(scope, this.sizeOf(scope));
      entities = answers.keep(scope, number, entities, depth - this.slack, this.dependent);
    }
    this.slack = Math.min(slack, this.slack);
    this.cut ||= cut;
    this.dependent ||= dependent;
    return entities;
  }

  private keepTargets(scope: number, call: number, targets: readonly Target[], depends: boolean) {
    const memory = depends && this.unfilledTargets !== null ? this.unfilledTargets : this.callTargets;
    return memory.keep(scope, this.program.scopes[scope]!.code.op.length, call, targets, depends);
  }

  /** Where the answer being computed belongs. */
  private memory(): Answers {
    return this.unfilled !== null && this.dependent ? this.unfilled : this.answers;
  }

  /** How many value numbers a scope has. */
  private sizeOf(scope: number): number {
    const { count, slotCount, phis } = this.numberings.of(this.program.scopes[scope]!);
    return count + slotCount + phis.length;
  }
}
