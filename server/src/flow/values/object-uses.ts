// Which variables and fields are used as something other than a text or container of the program's own: attributes are
// read from them that no plain value has, or they are given to functions that take a path. Such a thing is not itself
// a password, whatever it is called. Judged from the code alone, once a scope or class.

import type { Program, Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import { dottedName } from '../function-facts';
import type { Numbering } from '../numbering';
import { isPlainMember } from './members';

/** Functions whose first argument is the name of a file. */
const takesPath =
  /^(open|io\.open|os\.(remove|unlink|stat|lstat|chmod|chown|rename|symlink|readlink|access|open|mkdir|makedirs)|os\.path\.(?!join|normpath|basename|dirname)\w+|shutil\.\w+|(pathlib\.)?Path)$/;

/** Uses as objects, remembered until a body changes. */
export class ObjectUses {
  private readonly numbers = new Map<number, ReadonlySet<number>>();
  private readonly paths = new Map<number, ReadonlySet<number>>();
  private readonly fields = new Map<number, ReadonlySet<string>>();
  private readonly reads = new Map<number, readonly number[]>();
  private methods: ReadonlyMap<number, readonly Scope[]> | null = null;

  constructor(private readonly program: Program) {}

  /** Numbers of the values that a scope uses as objects. */
  numbersOf(scope: Scope, { number }: Numbering): ReadonlySet<number> {
    let found = this.numbers.get(scope.id);
    if (found === undefined) {
      found = new Set(this.objectReads(scope).map((object) => number[object]!));
      this.numbers.set(scope.id, found);
    }
    return found;
  }

  /** Parameters of a scope that are the names of files. */
  pathParameters(scope: Scope, { number }: Numbering): ReadonlySet<number> {
    let found = this.paths.get(scope.id);
    if (found === undefined) {
      const first = scope.code.op.length;
      found = new Set(this.pathReads(scope).map((path) => number[path]! - first));
      this.paths.set(scope.id, found);
    }
    return found;
  }

  /** Whether any method of a class uses a field of the receiver as an object. */
  isField(owner: number, name: string): boolean {
    let found = this.fields.get(owner);
    if (found === undefined) {
      this.methods ??= methodsOf(this.program);
      found = this.fieldUses(this.methods.get(owner) ?? []);
      this.fields.set(owner, found);
    }
    return found.has(name);
  }

  /** Forgets a scope whose body changed. */
  forget(scope: Scope): void {
    this.numbers.delete(scope.id);
    this.paths.delete(scope.id);
    this.fields.delete(scope.owner);
    this.reads.delete(scope.id);
  }

  private fieldUses(methods: readonly Scope[]): ReadonlySet<string> {
    const found = new Set<string>();
    for (const scope of methods) {
      const { op, a, b } = scope.code;
      for (const object of this.objectReads(scope)) {
        if (op[object] !== Op.Attribute || op[a[object]!] !== Op.Local || a[a[object]!] !== 0) continue;
        found.add(scope.file.source.names[b[object]!]!);
      }
    }
    return found;
  }

  /** Instructions whose value has a member read from it that plain values lack. */
  private objectReads(scope: Scope): readonly number[] {
    const { code, file } = scope;
    const found: number[] = [];
    for (let at = 0; at < code.op.length; at++) {
      const isRead = code.op[at] === Op.Attribute && !isPlainMember(file.source.names[code.b[at]!]!);
      if (isRead || code.op[at] === Op.StoreAttribute) found.push(code.a[at]!);
    }
    return [...found, ...this.pathReads(scope)];
  }

  private pathReads(scope: Scope): readonly number[] {
    let found = this.reads.get(scope.id);
    if (found === undefined) {
      found = pathReads(scope);
      this.reads.set(scope.id, found);
    }
    return found;
  }
}

function methodsOf({ scopes }: Program): ReadonlyMap<number, readonly Scope[]> {
  const found = new Map<number, Scope[]>();
  for (const scope of scopes) {
    if (scope.owner < 0) continue;
    const methods = found.get(scope.owner);
    if (methods) methods.push(scope);
    else found.set(scope.owner, [scope]);
  }
  return found;
}

/** Instructions whose value is given to a function as the name of a file. */
function pathReads(scope: Scope): number[] {
  const { code } = scope;
  const found: number[] = [];
  for (let at = 0; at < code.op.length; at++) {
    if (code.op[at] !== Op.Call || !takesPath.test(dottedName(scope, code.a[at]!))) continue;
    const first = positional(code, at, 0);
    if (first >= 0) found.push(first);
  }
  return found;
}
