// What the project declares of its own code: which of its functions, attributes and variables are sources, sinks,
// sanitizers. Decides what a declared path means: a method's counts for methods that override it, an attribute's for
// subclasses. What becomes of the labels is decided elsewhere.

import type { OwnKnowledge } from '../../library/own';
import type { PathTable } from '../../library/paths';
import type { Entry, Passthrough, Sanitizer, Sink, Source } from '../../library/schema';
import type { Scope } from '../../program/program';
import { ScopeKind } from '../../syntax/code';
import { EntityKind } from '../entities';
import type { Resolver } from '../resolver';

/** What is declared of one function. */
export interface DeclaredFunction {
  readonly path: string;
  readonly source: Source | undefined;
  readonly sinks: readonly Sink[];
  readonly entry: Entry | undefined;
  readonly sanitizer: Sanitizer | undefined;
  readonly passthrough: Passthrough | undefined;
}

const noPaths: readonly string[] = [];

/** The project's declarations, asked by what they are about. */
export class Declared {
  private readonly functions = new Map<number, DeclaredFunction | null>();

  constructor(
    private readonly resolver: Resolver,
    private readonly own: OwnKnowledge,
  ) {}

  /** What is declared of a function of the program, or of the constructor of a class; null when nothing is. */
  function(scope: Scope): DeclaredFunction | null {
    let found = this.functions.get(scope.id);
    if (found === undefined) {
      found = this.look(scope);
      this.functions.set(scope.id, found);
    }
    return found;
  }

  private look(scope: Scope): DeclaredFunction | null {
    const { own } = this;
    if (scope.code.kind !== ScopeKind.Function) return null;
    const paths = this.pathsOf(scope);
    const found: DeclaredFunction = {
      path: paths[0] ?? '',
      source: first(own.sources, paths),
      sinks: first(own.sinks, paths) ?? [],
      entry: first(own.entries, paths),
      sanitizer: first(own.sanitizers, paths),
      passthrough: first(own.passthrough, paths),
    };
    const { source, sinks, entry, sanitizer, passthrough } = found;
    return source || sinks.length > 0 || entry || sanitizer || passthrough ? found : null;
  }

  /** The paths under which a function may be declared: its own, and those of the methods that it overrides. A class
   * stands for its constructor. */
  private pathsOf(scope: Scope): readonly string[] {
    const { resolver, own } = this;
    const isConstructor = scope.name === '__init__' && scope.owner >= 0;
    if (!own.names.has(scope.name) && !isConstructor) return noPaths;
    const module = resolver.modules.names[scope.file.index]!;
    const paths = [`${module}.${scope.qualifiedName}`];
    if (isConstructor) paths.push(`${module}.${resolver.program.scopes[scope.owner]!.qualifiedName}`);
    if (scope.owner < 0 || isConstructor) return paths;
    for (const base of this.classPaths(scope.owner).slice(1)) paths.push(`${base}.${scope.name}`);
    return paths;
  }

  /** The declared source that an attribute of an entity is. */
  attributeSource(entities: readonly number[], name: string): Source | undefined {
    return this.own.names.has(name) ? first(this.own.sources, this.memberPaths(entities, name)) : undefined;
  }

  /** What is declared to clear an attribute of an entity. */
  attributeSanitizer(entities: readonly number[], name: string): Sanitizer | undefined {
    return this.own.names.has(name)
      ? first(this.own.sanitizers, this.memberPaths(entities, name))
      : undefined;
  }

  /** The declared sinks that setting an attribute of an entity is. */
  attributeSinks(entities: readonly number[], name: string): readonly Sink[] {
    if (!this.own.names.has(name)) return [];
    const paths = this.memberPaths(entities, name).map((path) => `${path}=`);
    return first(this.own.sinks, paths) ?? [];
  }

  /** The declared source that a name of a scope's module or class body is. */
  nameSource(scope: Scope, name: string): Source | undefined {
    return this.own.names.has(name) ? this.own.sources.get(this.pathIn(scope, name)) : undefined;
  }

  /** The declared sinks that setting a name of a scope's module or class body is. */
  nameSinks(scope: Scope, name: string): readonly Sink[] {
    return this.own.names.has(name) ? (this.own.sinks.get(`${this.pathIn(scope, name)}=`) ?? []) : [];
  }

  private pathIn(scope: Scope, name: string): string {
    const module = this.resolver.modules.names[scope.file.index]!;
    return scope.code.kind === ScopeKind.Class
      ? `${module}.${scope.qualifiedName}.${name}`
      : `${module}.${name}`;
  }

  private memberPaths(entities: readonly number[], name: string): readonly string[] {
    const { resolver } = this;
    const found: string[] = [];
    for (const entity of entities) {
      const kind = resolver.entities.kind[entity];
      const x = resolver.entities.x[entity]!;
      if (kind === EntityKind.Module) found.push(`${resolver.modules.names[x]!}.${name}`);
      else if (kind === EntityKind.Instance || kind === EntityKind.Class || kind === EntityKind.Super)
        found.push(...this.classPaths(x).map((path) => `${path}.${name}`));
    }
    return found;
  }

  private classPaths(classScope: number): readonly string[] {
    const { resolver } = this;
    return resolver.classes.order(classScope).map((entity) => resolver.pathOf(entity));
  }
}

function first<T>(table: PathTable<T>, paths: readonly string[]): T | undefined {
  for (const path of paths) {
    const found = table.get(path);
    if (found !== undefined) return found;
  }
  return undefined;
}
