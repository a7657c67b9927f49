// Which functions read a shared place that holds a label: a field of their own class, a name of their module, a variable
// around them. They are interpreted too, even if nothing in their own names shows a source.

import type { ProgramFile, Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Resolver } from '../resolver';
import type { Fields } from './fields';

/** The functions that read a labelled place. */
export function readersOf(resolver: Resolver, fields: Fields): ReadonlySet<number> {
  const names = fields.labelledNames();
  const found = new Set<number>();
  if (names.size === 0) return found;
  for (const file of resolver.program.files) {
    const wanted = Uint8Array.from(file.source.names, (name) => (names.has(name) ? 1 : 0));
    if (!wanted.includes(1)) continue;
    for (let index = 0; index < file.source.codes.length; index++) {
      const scope = resolver.program.scopeOf(file, index);
      if (reads(resolver, fields, file, scope, wanted)) found.add(scope.id);
    }
  }
  return found;
}

function reads(
  resolver: Resolver,
  fields: Fields,
  file: ProgramFile,
  scope: Scope,
  wanted: Uint8Array,
): boolean {
  const { op, a, b } = scope.code;
  const { names } = file.source;
  for (let at = 0; at < op.length; at++) {
    const kind = op[at] as Op;
    if (kind === Op.Attribute && wanted[b[at]!] === 1) {
      const ofReceiver = scope.owner >= 0 && op[a[at]!] === Op.Local && a[a[at]!] === 0;
      if (!ofReceiver) continue;
      const name = names[b[at]!]!;
      if (fields.isLabelled(resolver.classes.ownerOf(scope.owner, name), name)) return true;
    } else if (kind === Op.Global && wanted[a[at]!] === 1) {
      if (fields.isLabelled(file.firstScope, names[a[at]!]!)) return true;
    } else if (kind === Op.Captured && wanted[a[at]!] === 1) {
      let outer = scope;
      for (let level = 0; level < b[at]! && outer.parent >= 0; level++) {
        outer = resolver.program.scopes[outer.parent]!;
      }
      if (fields.isLabelled(outer.id, names[a[at]!]!)) return true;
    }
  }
  return false;
}
