// What names a module or a class body binds, and to which values: an index from name to storing instructions.
// Plain positions, nothing resolved.

import { Op, ScopeKind } from '../syntax/code';
import type { Program, Scope } from './program';

/** One binding: the scope whose code stores it and the value stored. */
export interface Binding {
  readonly scope: number;
  /** Value instruction in that scope. */
  readonly value: number;
  /** The storing instruction. */
  readonly at: number;
}

const none: readonly Binding[] = [];
const noStars: readonly { dotted: string; level: number }[] = [];

/** Name tables of modules and classes, and the stores to module names from functions. */
export class Bindings {
  /** By scope; none for functions. */
  private readonly tables: (Map<string, Binding[]> | undefined)[] = [];
  private readonly annotations: (Map<string, number> | undefined)[] = [];
  private readonly stars = new Map<number, { dotted: string; level: number }[]>();

  constructor(program: Program) {
    for (const scope of program.scopes) {
      const { kind } = scope.code;
      const binds = kind === ScopeKind.Module || kind === ScopeKind.Class;
      this.tables.push(binds ? new Map() : undefined);
      this.annotations.push(undefined);
      this.scan(scope);
    }
  }

  /** Bindings of a name in a module or class scope, in source order. */
  of(scope: number, name: string): readonly Binding[] {
    return this.tables[scope]?.get(name) ?? none;
  }

  /** All names that a module or class scope binds. */
  names(scope: number): IterableIterator<string> {
    return (this.tables[scope] ?? new Map<string, Binding[]>()).keys();
  }

  /** The annotation of a name in a class body or module, as a value of it; -1 when it has none. */
  annotation(scope: number, name: string): number {
    return this.annotations[scope]?.get(name) ?? -1;
  }

  /** The `from m import *` of a module. */
  starImports(module: number): readonly { dotted: string; level: number }[] {
    return this.stars.get(module) ?? noStars;
  }

  /** Puts the bindings of a scope whose body changed in the place of its old ones. */
  replace(scope: Scope): void {
    const module = this.tables[scope.file.firstScope]!;
    for (const [name, list] of module) {
      const kept = list.filter((binding) => binding.scope !== scope.id);
      if (kept.length === list.length) continue;
      if (kept.length === 0) module.delete(name);
      else module.set(name, kept);
    }
    this.scan(scope);
    for (const list of module.values()) list.sort((x, y) => x.scope - y.scope || x.at - y.at);
  }

  private scan(scope: Scope): void {
    const { op, a, b, c, slots, kind } = scope.code;
    const { names } = scope.file.source;
    const module = scope.file.firstScope;
    for (let at = 0; at < op.length; at++) {
      if (op[at] === Op.StoreGlobal) {
        this.put(module, names[a[at]!]!, { scope: scope.id, value: b[at]!, at });
      } else if (op[at] === Op.StoreLocal && kind === ScopeKind.Class) {
        this.put(scope.id, names[slots[a[at]!]!]!, { scope: scope.id, value: b[at]!, at });
      } else if (
        op[at] === Op.Annotate &&
        a[at] === -1 &&
        (kind === ScopeKind.Class || kind === ScopeKind.Module)
      ) {
        const table = this.annotations[scope.id] ?? new Map<string, number>();
        this.annotations[scope.id] = table;
        table.set(names[c[at]!]!, b[at]!);
      } else if (op[at] === Op.ImportStar) {
        const list = this.stars.get(module);
        const star = { dotted: names[a[at]!]!, level: c[at]! };
        if (list) list.push(star);
        else this.stars.set(module, [star]);
      }
    }
  }

  private put(scope: number, name: string, binding: Binding): void {
    const table = this.tables[scope]!;
    const list = table.get(name);
    if (list) list.push(binding);
    else table.set(name, [binding]);
  }
}
