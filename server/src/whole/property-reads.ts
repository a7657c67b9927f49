// Calls that are not written as calls: reading a property runs its function. Only names that some class of the
// program binds to a property are looked at, each when it is first asked for.

import { EntityKind } from '../flow/entities';
import { isProperty } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import type { ProgramFile, Scope } from '../program/program';
import { Op } from '../syntax/code';
import type { Edge } from './call-graph';

const none: readonly Edge[] = [];
const noFiles: readonly ProgramFile[] = [];

/** The reads under one name, by the property's function. */
interface NamedReads {
  /** By reader, then position. */
  edges: readonly Edge[];
  byProperty: ReadonlyMap<number, readonly Edge[]>;
}

/** Who reads which property: edges by the property's function, in source order of the reader. */
export class PropertyReads {
  /** Names of properties. Definitions stay as they are while bodies change. */
  private readonly names = new Set<string>();
  private readonly isOne: Uint8Array;
  private readonly byReader: (readonly Edge[] | undefined)[] = [];
  private readonly byName = new Map<string, NamedReads>();
  /** Files that mention a name, as they were when it was first asked. */
  private mentions: ReadonlyMap<string, readonly ProgramFile[]> | null = null;
  private readonly edited = new Set<ProgramFile>();

  constructor(private readonly resolver: Resolver) {
    const { program } = resolver;
    this.isOne = new Uint8Array(program.scopes.length);
    for (const scope of program.scopes) {
      if (scope.owner < 0 || !isProperty(program, scope)) continue;
      this.names.add(scope.name);
      this.isOne[scope.id] = 1;
    }
  }

  /** The reads of a property. */
  of(property: number): readonly Edge[] {
    if (!this.isOne[property]) return none;
    const { name } = this.resolver.program.scopes[property]!;
    let found = this.byName.get(name);
    if (!found) {
      const edges = this.filesOf(name).flatMap((file) => this.readsIn(file, name));
      found = { edges, byProperty: grouped(edges) };
      this.byName.set(name, found);
    }
    return found.byProperty.get(property) ?? none;
  }

  /** The reads that a scope does. */
  in(scope: Scope): readonly Edge[] {
    this.byReader[scope.id] ??= this.readsOf(scope, (name) => this.names.has(name));
    return this.byReader[scope.id]!;
  }

  /** Takes what changed bodies read in the place of what they read before. */
  forget(changed: readonly Scope[]): void {
    const ids = new Set(changed.map(({ id }) => id));
    for (const { id, file } of changed) {
      this.byReader[id] = undefined;
      this.edited.add(file);
    }
    for (const [name, known] of this.byName) {
      const fresh = changed.flatMap((scope) => this.readsOf(scope, (one) => one === name));
      const stays = known.edges.filter(({ caller }) => !ids.has(caller));
      if (fresh.length === 0 && stays.length === known.edges.length) continue;
      known.edges = [...stays, ...fresh].sort((x, y) => x.caller - y.caller);
      known.byProperty = grouped(known.edges);
    }
  }

  private filesOf(name: string): readonly ProgramFile[] {
    this.mentions ??= this.findMentions();
    const known = this.mentions.get(name) ?? noFiles;
    if (this.edited.size === 0) return known;
    return [...new Set([...known, ...this.edited])].sort((x, y) => x.index - y.index);
  }

  private findMentions(): ReadonlyMap<string, readonly ProgramFile[]> {
    const found = new Map<string, ProgramFile[]>();
    for (const file of this.resolver.program.files) {
      const { names } = file.source;
      for (let k = 0; k < names.length; k++) {
        const name = names[k]!;
        if (!this.names.has(name)) continue;
        const list = found.get(name);
        if (list) list.push(file);
        else found.set(name, [file]);
      }
    }
    return found;
  }

  private readsIn({ firstScope, source }: ProgramFile, name: string): readonly Edge[] {
    const { scopes } = this.resolver.program;
    const index = source.names.indexOf(name);
    const found: Edge[] = [];
    if (index < 0) return found;
    for (let id = firstScope; id < firstScope + source.codes.length; id++) {
      const { op, a, b } = scopes[id]!.code;
      for (let at = 0; at < op.length; at++) {
        if (op[at] === Op.Attribute && b[at] === index) this.addRead(found, id, at, a[at]!, name);
      }
    }
    return found;
  }

  private readsOf(scope: Scope, isAsked: (name: string) => boolean): readonly Edge[] {
    const { op, a, b } = scope.code;
    const text = scope.file.source.names;
    const found: Edge[] = [];
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Attribute || !isAsked(text[b[at]!]!)) continue;
      this.addRead(found, scope.id, at, a[at]!, text[b[at]!]!);
    }
    return found.length === 0 ? none : found;
  }

  private addRead(found: Edge[], caller: number, at: number, object: number, name: string): void {
    const { resolver } = this;
    const { entities, classes } = resolver;
    for (const entity of resolver.denotes(caller, object)) {
      const kind = entities.kind[entity];
      if (kind !== EntityKind.Instance && kind !== EntityKind.Super) continue;
      const x = entities.x[entity]!;
      const callees = [kind === EntityKind.Instance ? classes.method(x, name) : inherited(resolver, x, name)];
      if (kind === EntityKind.Instance) {
        for (const child of classes.descendants(x, 64)) callees.push(classes.ownMethod(child, name));
      }
      for (const callee of callees) if (callee >= 0 && this.isOne[callee]) found.push({ caller, at, callee });
    }
  }
}

function grouped(edges: readonly Edge[]): ReadonlyMap<number, readonly Edge[]> {
  const found = new Map<number, Edge[]>();
  for (const edge of edges) {
    const list = found.get(edge.callee);
    if (list) list.push(edge);
    else found.set(edge.callee, [edge]);
  }
  return found;
}

function inherited(resolver: Resolver, classScope: number, name: string): number {
  const { entities, classes } = resolver;
  for (const entity of classes.order(classScope).slice(1)) {
    if (entities.kind[entity] !== EntityKind.Class) continue;
    const found = classes.ownMethod(entities.x[entity]!, name);
    if (found >= 0) return found;
  }
  return -1;
}
