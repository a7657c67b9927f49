// Method calls on receivers of unknown type, by name and file: which functions of the program they might mean. A file
// that neither defines nor imports a class is not taken to call its methods, however common their names are.

import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';

/** The unresolved method calls of a program, tests left out. */
export class UnresolvedCalls {
  /** Method name -> indexes of the files that call it. */
  private readonly files = new Map<string, Set<number>>();
  /** File -> indexes of the files that import it. */
  private readonly importers = new Map<number, ReadonlySet<number>>();

  constructor(private readonly resolver: Resolver) {
    for (const scope of resolver.program.scopes) {
      if (scope.file.isTest) continue;
      const { op, a, b } = scope.code;
      for (let at = 0; at < op.length; at++) {
        if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
        if (resolver.targets(scope.id, at).length > 0) continue;
        const name = scope.file.source.names[b[a[at]!]!]!;
        const files = this.files.get(name);
        if (files) files.add(scope.file.index);
        else this.files.set(name, new Set([scope.file.index]));
      }
    }
    this.collectImports();
  }

  /** Whether some unresolved call may mean this function. */
  mayReach(scope: Scope): boolean {
    const files = this.files.get(scope.name);
    if (!files) return false;
    const own = scope.file.index;
    if (files.has(own)) return true;
    for (const importer of this.importers.get(own) ?? []) if (files.has(importer)) return true;
    return false;
  }

  private collectImports(): void {
    const { program, modules } = this.resolver;
    const found = new Map<number, Set<number>>();
    const put = (imported: number, importer: number) => {
      const set = found.get(imported);
      if (set) set.add(importer);
      else found.set(imported, new Set([importer]));
    };
    for (const scope of program.scopes) {
      const { op, a, b, c } = scope.code;
      const { names } = scope.file.source;
      for (let at = 0; at < op.length; at++) {
        const star = op[at] === Op.ImportStar;
        if (op[at] !== Op.Import && !star) continue;
        const dotted = names[a[at]!]!;
        const file = modules.find(dotted, c[at]!, scope.file);
        if (file) put(file.index, scope.file.index);
        if (star || b[at]! < 0) continue;
        const member = names[b[at]!]!;
        const inner = modules.find(dotted === '' ? member : `${dotted}.${member}`, c[at]!, scope.file);
        if (inner) put(inner.index, scope.file.index);
      }
    }
    // Who imports a package gets what its __init__ imports.
    for (const [imported, direct] of found) {
      const all = new Set(direct);
      for (const importer of direct) {
        if (!program.files[importer]!.path.endsWith('__init__.py')) continue;
        for (const user of found.get(importer) ?? []) all.add(user);
      }
      this.importers.set(imported, all);
    }
  }
}
