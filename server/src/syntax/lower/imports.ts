// Import statements. `import a.b` leaves two values: the module a.b, which is thereby loaded, and the package a,
// which is what the name is bound to.

import { Op } from '../code';
import { Kind } from '../grammar';
import type { Lowering, StatementForm } from './lowering';

function lowerImport(l: Lowering, node: number): void {
  const { tree } = l;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    if (tree.isMissing(child)) continue;
    if (tree.kind[child] === Kind.AliasedImport) {
      const dotted = tree.first(child);
      if (dotted < 0) continue;
      const module = l.emit(Op.Import, l.tables.name(dottedText(l.source(dotted))), -1, 0, dotted);
      l.target(tree.next(dotted, child), module);
    } else if (tree.kind[child] === Kind.DottedName) {
      const path = dottedText(l.source(child));
      const dot = path.indexOf('.');
      let module = l.emit(Op.Import, l.tables.name(path), -1, 0, child);
      const name = l.tables.name(dot < 0 ? path : path.slice(0, dot));
      if (dot >= 0) module = l.emit(Op.Import, name, -1, 0, child);
      l.scope.store(name, module, tree.start[child] as number, tree.end[child] as number);
    }
  }
}

function lowerFutureImport(l: Lowering, node: number): void {
  lowerMembers(l, node, l.tree.first(node), l.tables.name('__future__'), 0);
}

function lowerImportFrom(l: Lowering, node: number): void {
  const { tree } = l;
  const source = tree.first(node);
  if (source < 0) return;
  const text = dottedText(l.source(source));
  let level = 0;
  while (text.charCodeAt(level) === 46) level++;
  const module = l.tables.name(text.slice(level));
  lowerMembers(l, node, tree.next(source, node), module, level);
}

function lowerMembers(l: Lowering, node: number, from: number, module: number, level: number): void {
  const { tree } = l;
  for (let child = from; child >= 0; child = tree.next(child, node)) {
    if (tree.isMissing(child)) continue;
    if (tree.kind[child] === Kind.WildcardImport) {
      l.emit(Op.ImportStar, module, -1, level, child);
    } else if (tree.kind[child] === Kind.AliasedImport) {
      const member = tree.first(child);
      if (member < 0) continue;
      const value = l.emit(Op.Import, module, l.name(member), level, member);
      l.target(tree.next(member, child), value);
    } else if (tree.kind[child] === Kind.DottedName) {
      const name = l.name(child);
      const value = l.emit(Op.Import, module, name, level, child);
      l.scope.store(name, value, tree.start[child] as number, tree.end[child] as number);
    }
  }
}

/** A dotted name without the white space and comments that may stand around its dots. */
function dottedText(source: string): string {
  return /[\s\\#]/.test(source) ? source.replace(/#.*|\\\r?\n|\s+/g, '') : source;
}

/** Forms of this family, by kind. */
export const importForms: readonly (readonly [Kind, StatementForm])[] = [
  [Kind.Import, lowerImport],
  [Kind.FutureImport, lowerFutureImport],
  [Kind.ImportFrom, lowerImportFrom],
];
