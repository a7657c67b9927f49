// Method calls on receivers of unknown type, by name and file: which functions of the program they might mean. A file
// that neither defines nor imports a class is not taken to call its methods, however common their names are.

import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import type { CallGraph } from './call-graph';
import type { ScopeFacts } from './scope-facts';

/** The unresolved method calls of a program, tests left out. */
export class UnresolvedCalls {
  /** Method name -> indexes of the files that call it. */
  private readonly files = new Map<string, Set<number>>();
  /** File -> indexes of the files that import it. */
  private importers: ReadonlyMap<number, ReadonlySet<number>> | null = null;

  constructor(
    private readonly resolver: Resolver,
    graph: CallGraph,
    private readonly facts: ScopeFacts,
  ) {
    for (const scope of resolver.program.scopes) {
      if (scope.file.isTest) continue;
      const names = graph.openNamesIn(scope.id);
      for (let k = 0; k < names.length; k++) {
        const name = names[k]!;
        // What every container has says nothing of an object of the program.
        if (resolver.library.containerMethods.has(name)) continue;
        const files = this.files.get(name);
        if (files) files.add(scope.file.index);
        else this.files.set(name, new Set([scope.file.index]));
      }
    }
  }

  /** Indexes of the files that a scope imports. */
  importsIn(scope: Scope): readonly number[] {
    return this.facts.of(importedFiles, scope);
  }

  /** Whether some unresolved call may mean this function. */
  mayReach(scope: Scope): boolean {
    const files = this.files.get(scope.name);
    if (!files) return false;
    const own = scope.file.index;
    if (files.has(own)) return true;
    this.importers ??= this.collectImports();
    for (const importer of this.importers.get(own) ?? []) if (files.has(importer)) return true;
    return false;
  }

  private collectImports(): ReadonlyMap<number, ReadonlySet<number>> {
    const { program } = this.resolver;
    const importers = new Map<number, ReadonlySet<number>>();
    const found = new Map<number, Set<number>>();
    for (const scope of program.scopes) {
      const files = this.facts.of(importedFiles, scope);
      for (let k = 0; k < files.length; k++) {
        const imported = files[k]!;
        const set = found.get(imported);
        if (set) set.add(scope.file.index);
        else found.set(imported, new Set([scope.file.index]));
      }
    }
    // Who imports a package gets what its __init__ imports.
    for (const [imported, direct] of found) {
      const all = new Set(direct);
      for (const importer of direct) {
        if (!program.files[importer]!.path.endsWith('__init__.py')) continue;
        for (const user of found.get(importer) ?? []) all.add(user);
      }
      importers.set(imported, all);
    }
    return importers;
  }
}

/** Indexes of the files that a scope imports, or from which it imports something. */
export function importedFiles({ modules }: Resolver, scope: Scope): readonly number[] {
  const { op, a, b, c } = scope.code;
  if (!op.includes(Op.Import) && !op.includes(Op.ImportStar)) return noFiles;
  const { names } = scope.file.source;
  const found = new Set<number>();
  for (let at = 0; at < op.length; at++) {
    const star = op[at] === Op.ImportStar;
    if (op[at] !== Op.Import && !star) continue;
    const dotted = names[a[at]!]!;
    const file = modules.find(dotted, c[at]!, scope.file);
    if (file) found.add(file.index);
    if (star || b[at]! < 0) continue;
    const member = names[b[at]!]!;
    const inner = modules.find(dotted === '' ? member : `${dotted}.${member}`, c[at]!, scope.file);
    if (inner) found.add(inner.index);
  }
  return found.size === 0 ? noFiles : [...found];
}

const noFiles: readonly number[] = [];
