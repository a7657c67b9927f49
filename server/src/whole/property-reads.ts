// Calls that are not written as calls: reading a property runs its function. Only names that some class of the
// program binds to a property are looked at.

import { EntityKind } from '../flow/entities';
import { isProperty } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import type { Edge } from './call-graph';

const none: readonly Edge[] = [];

/** Who reads which property: edges by the property's function, in source order of the reader. */
export class PropertyReads {
  /** Names of properties. Definitions stay as they are while bodies change. */
  private readonly names = new Set<string>();
  private readonly byReader: (readonly Edge[] | undefined)[] = [];
  private byProperty: ReadonlyMap<number, readonly Edge[]> | null = null;

  constructor(private readonly resolver: Resolver) {
    const { program } = resolver;
    for (const scope of program.scopes)
      if (scope.owner >= 0 && isProperty(program, scope)) this.names.add(scope.name);
  }

  /** The reads of a property. */
  of(property: number): readonly Edge[] {
    if (this.names.size === 0) return none;
    this.byProperty ??= this.sum();
    return this.byProperty.get(property) ?? none;
  }

  /** The reads that a scope does. */
  in(scope: Scope): readonly Edge[] {
    this.byReader[scope.id] ??= this.readsOf(scope);
    return this.byReader[scope.id]!;
  }

  /** Forgets what scopes read whose bodies changed. */
  forget(changed: readonly Scope[]): void {
    for (const { id } of changed) this.byReader[id] = undefined;
    this.byProperty = null;
  }

  private sum(): ReadonlyMap<number, readonly Edge[]> {
    const found = new Map<number, Edge[]>();
    for (const scope of this.resolver.program.scopes) {
      for (const edge of this.in(scope)) {
        const list = found.get(edge.callee);
        if (list) list.push(edge);
        else found.set(edge.callee, [edge]);
      }
    }
    return found;
  }

  private readsOf(scope: Scope): readonly Edge[] {
    const { op, a, b } = scope.code;
    const text = scope.file.source.names;
    const found: Edge[] = [];
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Attribute || !this.names.has(text[b[at]!]!)) continue;
      this.addRead(found, scope.id, at, a[at]!, text[b[at]!]!);
    }
    return found.length === 0 ? none : found;
  }

  private addRead(found: Edge[], caller: number, at: number, object: number, name: string): void {
    const { resolver } = this;
    const { entities, classes, program } = resolver;
    for (const entity of resolver.denotes(caller, object)) {
      const kind = entities.kind[entity];
      if (kind !== EntityKind.Instance && kind !== EntityKind.Super) continue;
      const x = entities.x[entity]!;
      const callees = [kind === EntityKind.Instance ? classes.method(x, name) : inherited(resolver, x, name)];
      if (kind === EntityKind.Instance) {
        for (const child of classes.descendants(x, 64)) callees.push(classes.ownMethod(child, name));
      }
      for (const callee of callees) {
        if (callee >= 0 && isProperty(program, program.scopes[callee]!)) found.push({ caller, at, callee });
      }
    }
  }
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
