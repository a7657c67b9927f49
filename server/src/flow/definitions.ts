// The file in which a module's name is really made: imports followed, so that all importers speak of one variable.

import type { ProgramFile } from '../program/program';
import { Op } from '../syntax/code';
import type { Resolver } from './resolver';

/** A module variable: the file that makes it and its name there. */
export interface Definition {
  readonly file: ProgramFile;
  readonly name: string;
}

const maximumHops = 4;

/** Where a name of a module is made; the module itself when it is not imported from a file of the program. */
export function definitionOf(resolver: Resolver, from: ProgramFile, as: string): Definition {
  let file = from;
  let name = as;
  for (let hop = 0; hop < maximumHops; hop++) {
    const next = importedFrom(resolver, file, name) ?? starredFrom(resolver, file, name);
    if (!next) break;
    ({ file, name } = next);
  }
  return { file, name };
}

function importedFrom(resolver: Resolver, file: ProgramFile, name: string): Definition | null {
  const bound = resolver.bindings.of(file.firstScope, name)[0];
  if (!bound) return null;
  const { op, a, b, c } = resolver.program.scopes[bound.scope]!.code;
  if (op[bound.value] !== Op.Import || b[bound.value]! < 0) return null;
  const { names } = file.source;
  const next = resolver.modules.find(names[a[bound.value]!]!, c[bound.value]!, file);
  return next ? { file: next, name: names[b[bound.value]!]! } : null;
}

function starredFrom(resolver: Resolver, file: ProgramFile, name: string): Definition | null {
  if (resolver.bindings.of(file.firstScope, name).length > 0) return null;
  for (const { dotted, level } of resolver.bindings.starImports(file.firstScope)) {
    const next = resolver.modules.find(dotted, level, file);
    if (next && resolver.bindings.of(next.firstScope, name).length > 0) return { file: next, name };
  }
  return null;
}
