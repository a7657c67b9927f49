// What all passes over the functions of one program share: the tables of the domain, and the questions that a pass may
// ask of the rest of the program. Whatever a pass learns of another function must come through these questions: they are
// recorded, and what was not asked here is taken for unchanged after an edit.

import type { Library } from '../../library/library';

import { isProperty } from '../function-facts';

import type { Resolver } from '../resolver';
import { type Capture, capturesOf } from './closures';
import { Declared } from './declared';
import type { Demand } from './demand';
import { Domain } from './domain';
import { EntryPoints } from './entry-points';
import { Concrete, type Place, Places } from './fields';
import { Mask, maximumKinds } from './labels';
import { ObjectUses } from './object-uses';
import { Patterns } from './patterns';
import { plainName } from './plain-names';
import { Reach } from './reach';
import type { Summary } from './summary';
import { type Answer, Ask } from './trace';
import { Wrappers } from './wrappers';

/** Kinds of sinks for which conditions in the code prove a value safe. */
const provedKinds = ['path', 'url', 'redirect', 'sql', 'xpath', 'code', 'log'];

/** Figures of a run. What was taken over from an earlier one is not counted. */
export interface Counts {
  /** Passes over functions. */
  passes: number;
  /** Calls of which nothing was known, so that their arguments' labels went through. */
  unknownCalls: number;
  /** Functions cut off by the bound on steps. */
  exhausted: number;
}

/** Who answers: the interpretation that is under way. */
export interface Answerer {
  readonly counts: Counts;
  ask(ask: Ask, of: Place): Answer;
  store(place: Place, value: number): void;
}

/** What a pass may use. Its tables only grow; what they answer does not depend on when they were filled. */
export class Context {
  readonly domain = new Domain();
  readonly patterns = new Patterns();
  readonly objectUses: ObjectUses;
  readonly entryPoints: EntryPoints;
  readonly places = new Places();
  readonly concrete = new Concrete(this.domain);
  /** Which labels leave a function. */
  readonly reach: Reach;
  /** Verdicts on names of functions: whether they mask what they are given. */
  readonly maskerNames = new Map<string, boolean>();
  /** What names of functions say of what they are given (see `belief`). */
  readonly sayings = new Map<string, number>();
  private readonly sinkBits = new Map<string, number>();
  /** Last segments of source paths and of paths with secrets: whether asking for a path can pay. */
  readonly sourceNames: ReadonlySet<string>;
  /** Bits of the sinks that take addresses. */
  readonly addressBits: number;
  /** Bits of the sinks for which functions of telling names are believed. */
  readonly vouchedBits: number;
  /** Names of attributes that are sinks when they are set. */
  readonly setNames: ReadonlySet<string>;
  /** Bits of the kinds that something makes safe by name: not of those that only a fixed value is safe for. */
  readonly namedSinks: number;
  private answerer: Answerer | null = null;
  /** What decorators of the program put around functions. */
  readonly wrappers: Wrappers;
  /** Names of methods, and of those that are properties: whether asking for one can pay. */
  readonly methodNames: ReadonlySet<string>;
  readonly propertyNames: ReadonlySet<string>;
  private readonly plainNames = new Map<Place, number | null>();
  private readonly methods = new Map<string, (readonly number[] | undefined)[]>();
  /** What one statement of a body keeps in a place (see `keptByStatement`), as far as it was asked. */
  readonly statementValues = new Map<Place, number | null>();
  private readonly captureLists: (readonly Capture[])[] = [];
  private readonly captureIds = new Map<string, number>();

  /** What the project declares of its own code; null when it declares nothing. */
  readonly declared: Declared | null;

  constructor(
    readonly resolver: Resolver,
    readonly library: Library,
    readonly demand: Demand,
  ) {
    this.reach = new Reach(this.domain, demand);
    this.declared = library.own === null ? null : new Declared(resolver, library.own);
    this.entryPoints = new EntryPoints(resolver, library, this.declared);
    this.objectUses = new ObjectUses(resolver.program);
    const kinds = new Set([
      ...provedKinds,
      ...(library.own?.dataKinds ?? []),
      ...[...new Set([...library.vouchedKinds, ...library.addressKinds])].sort(),
      ...library.clearedKinds,
    ]);
    for (const kind of [...kinds].slice(0, maximumKinds - 1)) {
      this.sinkBits.set(kind, Mask.FirstSink << this.sinkBits.size);
    }
    this.namedSinks = [...this.sinkBits.values()].reduce((bits, bit) => bits | bit, 0);
    this.wrappers = new Wrappers(resolver);
    const methods = resolver.program.scopes.filter(({ owner }) => owner >= 0);
    this.methodNames = new Set(methods.map(({ name }) => name));
    this.propertyNames = new Set(
      methods.filter((scope) => isProperty(resolver.program, scope)).map(({ name }) => name),
    );
    this.sourceNames = library.sourceLastNames();
    this.setNames = new Set(
      [...library.sinks.words].filter((name) => name.endsWith('=')).map((name) => name.slice(0, -1)),
    );
    this.addressBits = this.bitsOf(library.addressKinds);
    this.vouchedBits = this.bitsOf(library.vouchedKinds);
  }

  /** Lets an interpretation answer from now on. */
  answerBy(answerer: Answerer): void {
    this.answerer = answerer;
  }

  get counts(): Counts {
    return this.answerer!.counts;
  }

  private bitsOf(kinds: readonly string[]): number {
    return kinds.reduce((bits, kind) => bits | this.bitOf(kind), 0);
  }

  /** The mask bit of a sink kind. Kinds that nothing clears by name share the last one, and so do those beyond the
   * bits: what clears one of them clears all. */
  bitOf(kind: string): number {
    return this.sinkBits.get(kind) ?? Mask.FirstSink << (maximumKinds - 1);
  }

  /** The summary of a function. `inputs`: in terms of these, made now if need be; with none, what there is. Undefined
   * when there is none, or when calls nest too deeply or come back to a function that is not finished. */
  summary(scope: number, inputs: number): Summary | undefined {
    const ask = inputs === 0 ? Ask.Summary : Ask.FullSummary;
    const of = this.places.ofFunction(scope, inputs);
    return this.answerer!.ask(ask, of) as Summary | undefined;
  }

  /** Whether calls of a function never come back, as far as is known by now. */
  neverReturns(scope: number): boolean {
    return this.answerer!.ask(Ask.NeverReturns, this.places.ofFunction(scope, 0)) === 1;
  }

  /** The variables that a nested function takes from around it. */
  captures(scope: number): readonly Capture[] {
    return this.captureLists[this.answerer!.ask(Ask.Captures, this.places.ofFunction(scope, 0)) as number]!;
  }

  /** The method of that name that instances of a class have, and those of the classes below that override it; what
   * bodies of functions do does not change it. */
  methodsOf(classScope: number, name: string): readonly number[] {
    let byClass = this.methods.get(name);
    if (byClass === undefined) {
      byClass = [];
      this.methods.set(name, byClass);
    }
    let found = byClass[classScope];
    if (found === undefined) {
      const { classes } = this.resolver;
      const below = classes.descendants(classScope, 64).map((child) => classes.ownMethod(child, name));
      found = [...new Set([classes.method(classScope, name), ...below])].filter((method) => method >= 0);
      byClass[classScope] = found;
    }
    return found;
  }

  /** The id of a function's list of captured variables: equal lists have one. */
  captureId(scope: number): number {
    const { code, file } = this.resolver.program.scopes[scope]!;
    const list = capturesOf(file.source.names, code);
    const key = list.map(({ name, levels, slot }) => `${name} ${levels} ${slot}`).join();
    let id = this.captureIds.get(key);
    if (id === undefined) {
      id = this.captureLists.length;
      this.captureLists.push(list);
      this.captureIds.set(key, id);
    }
    return id;
  }

  /** What a body surely keeps in a place; null when it has to be interpreted for that. */
  plainName(place: Place): number | null {
    let value = this.plainNames.get(place);
    if (value === undefined) {
      const { resolver, domain } = this;
      value = resolver.findFor(place.scope, () =>
        plainName(resolver, domain, resolver.program.scopes[place.scope]!, place.name),
      );
      this.plainNames.set(place, value);
    }
    return value;
  }

  /** What is stored in a shared place: a field of a class, a name of a module, a variable of a function around. */
  field(scope: number, name: string): number {
    return this.answerer!.ask(Ask.Field, this.places.of(scope, name)) as number;
  }

  /** Whether any method of the class uses this field of its receiver as an object (see `ObjectUses`). */
  isObjectField(owner: number, name: string): boolean {
    return owner >= 0 && this.answerer!.ask(Ask.ObjectField, this.places.of(owner, name)) === 1;
  }

  /** Adds to what a shared place holds, as far as it matters to others. */
  store(scope: number, name: string, value: number): void {
    this.answerer!.store(this.places.of(scope, name), this.reach.kept(value));
  }
}
