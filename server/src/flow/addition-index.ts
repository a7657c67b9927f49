// What is put into the containers that fields and module variables hold, by the file that puts it. Filled file by file
// when first asked for; an edit of a body drops its file's part.

import type { Program, ProgramFile, Scope } from '../program/program';
import { Op } from '../syntax/code';
import { type Addition, additionsIn } from './additions';
import type { ContentPaths } from './content-paths';
import { Binding, bindingOf } from './function-facts';
import type { Numberings } from './numberings';

/** An addition and the scope that makes it. */
export interface PlacedAddition extends Addition {
  readonly scope: number;
}

interface FileAdditions {
  /** Class -> field -> what its own methods put in. */
  readonly fields: Map<number, Map<string, PlacedAddition[]>>;
  /** Variable of the module -> what the module and its functions put in. */
  readonly variables: Map<string, PlacedAddition[]>;
  /** The scopes that put something there. */
  readonly from: Set<number>;
}

const none: readonly PlacedAddition[] = [];
const noAdditions: readonly Addition[] = [];

/** The additions of a program. */
export class AdditionIndex {
  private readonly files: (FileAdditions | undefined)[] = [];
  private readonly scopes: (readonly Addition[] | undefined)[] = [];
  /** By scope, then value number. */
  private readonly roots: (Map<number, Addition[]> | undefined)[] = [];
  /** Scopes that put nothing into fields and variables before their bodies changed. */
  private readonly replaced: Scope[] = [];

  constructor(
    private readonly program: Program,
    private readonly numberings: Numberings,
    private readonly paths: ContentPaths,
  ) {}

  /** What a scope puts into containers. */
  of(scope: Scope): readonly Addition[] {
    let found = this.scopes[scope.id];
    if (!found) {
      found = additionsIn(scope, this.numberings.of(scope), this.paths);
      this.scopes[scope.id] = found.length === 0 ? noAdditions : found;
    }
    return found;
  }

  /** What a scope puts into a value number of its own. */
  toValue(scope: Scope, number: number): readonly Addition[] {
    let table = this.roots[scope.id];
    if (!table) {
      table = new Map();
      const additions = this.of(scope);
      for (let k = 0; k < additions.length; k++) add(table, additions[k]!.root, additions[k]!);
      this.roots[scope.id] = table;
    }
    return table.get(number) ?? noAdditions;
  }

  /** What the methods of a class put into a field of their object. */
  toField(classScope: number, name: string): readonly PlacedAddition[] {
    const { file } = this.program.scopes[classScope]!;
    return this.ofFile(file).fields.get(classScope)?.get(name) ?? none;
  }

  /** What a module and its functions put into a variable of it. */
  toVariable(file: ProgramFile, name: string): readonly PlacedAddition[] {
    return this.ofFile(file).variables.get(name) ?? none;
  }

  /** Forgets what a scope whose body changed put where. */
  replace(scope: Scope): void {
    this.scopes[scope.id] = undefined;
    this.roots[scope.id] = undefined;
    const { index } = scope.file;
    if (this.files[index]?.from.has(scope.id)) this.files[index] = undefined;
    else this.replaced.push(scope);
  }

  private ofFile(file: ProgramFile): FileAdditions {
    while (this.replaced.length > 0) {
      const scope = this.replaced.pop()!;
      if (this.of(scope).some(({ root }) => isPlaced(scope, root))) this.files[scope.file.index] = undefined;
    }
    let found = this.files[file.index];
    if (!found) {
      found = { fields: new Map(), variables: new Map(), from: new Set() };
      this.files[file.index] = found;
      const { codes } = file.source;
      for (let k = 0; k < codes.length; k++) this.collect(this.program.scopes[file.firstScope + k]!, found);
    }
    return found;
  }

  private collect(scope: Scope, { fields, variables, from }: FileAdditions): void {
    const { op, a, b } = scope.code;
    const { names } = scope.file.source;
    for (const addition of this.of(scope)) {
      const { root } = addition;
      if (!isPlaced(scope, root)) continue;
      from.add(scope.id);
      if (op[root] === Op.Global) add(variables, names[a[root]!]!, { ...addition, scope: scope.id });
      if (op[root] !== Op.Attribute) continue;
      const owner = this.receiverClass(scope, a[root]!);
      if (owner < 0) continue;
      let table = fields.get(owner);
      if (!table) {
        table = new Map();
        fields.set(owner, table);
      }
      add(table, names[b[root]!]!, { ...addition, scope: scope.id });
    }
  }

  /** The class whose method's receiver a value is, in the method or in a function within it; -1 for other values. */
  private receiverClass(scope: Scope, value: number): number {
    const { op, b, c } = scope.code;
    const number = this.numberings.of(scope).number[value]!;
    let method = scope;
    let slot = number - op.length;
    if (number >= 0 && op[number] === Op.Captured) {
      for (let level = 0; level < b[number]! && method.parent >= 0; level++)
        method = this.program.scopes[method.parent]!;
      slot = c[number]!;
    }
    if (slot !== 0 || method.owner < 0 || method.code.parameters.length === 0) return -1;
    return bindingOf(this.program, method) === Binding.Static ? -1 : method.owner;
  }
}

/** Whether what is put into a value may be put into a field or a variable of the module. */
function isPlaced({ code: { op } }: Scope, root: number): boolean {
  return root < op.length && (op[root] === Op.Attribute || op[root] === Op.Global);
}

function add<K, V>(table: Map<K, V[]>, key: K, value: V): void {
  const list = table.get(key);
  if (list) list.push(value);
  else table.set(key, [value]);
}
