// Calls that are not written as calls: reading a property runs its function. Only names that some class of the
// program binds to a property are looked at.

import { EntityKind } from '../flow/entities';
import { isProperty } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import { Op } from '../syntax/code';
import type { Edge } from './call-graph';

const none: readonly Edge[] = [];

/** Who reads which property: edges by the property's function, in source order of the reader. */
export class PropertyReads {
  private readonly byProperty = new Map<number, Edge[]>();

  constructor(resolver: Resolver) {
    const { program } = resolver;
    const names = new Set<string>();
    for (const scope of program.scopes)
      if (scope.owner >= 0 && isProperty(program, scope)) names.add(scope.name);
    if (names.size === 0) return;
    for (const scope of program.scopes) {
      const { op, a, b } = scope.code;
      const text = scope.file.source.names;
      for (let at = 0; at < op.length; at++) {
        if (op[at] !== Op.Attribute || !names.has(text[b[at]!]!)) continue;
        this.addRead(resolver, scope.id, at, a[at]!, text[b[at]!]!);
      }
    }
  }

  /** The reads of a property. */
  of(property: number): readonly Edge[] {
    return this.byProperty.get(property) ?? none;
  }

  private addRead(resolver: Resolver, caller: number, at: number, object: number, name: string): void {
    const { entities, classes, program } = resolver;
    for (const entity of resolver.denotes(caller, object)) {
      const kind = entities.kind[entity];
      if (kind !== EntityKind.Instance && kind !== EntityKind.Super) continue;
      const x = entities.x[entity]!;
      const found = [kind === EntityKind.Instance ? classes.method(x, name) : inherited(resolver, x, name)];
      if (kind === EntityKind.Instance) {
        for (const child of classes.descendants(x, 64)) found.push(classes.ownMethod(child, name));
      }
      for (const callee of found) {
        if (callee < 0 || !isProperty(program, program.scopes[callee]!)) continue;
        const list = this.byProperty.get(callee);
        if (list) list.push({ caller, at, callee });
        else this.byProperty.set(callee, [{ caller, at, callee }]);
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
