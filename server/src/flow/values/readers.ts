// Which functions read a shared place that holds a label: a field of an object, a name of a module, a variable around
// them. They are interpreted too, even if nothing in their own names shows a source.

import type { ProgramFile, Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { EntityKind } from '../entities';
import type { Resolver } from '../resolver';
import type { Context } from './context';
import type { Place } from './fields';

interface Known {
  readonly labelled: ReadonlySet<Place>;
  readonly readers: Set<number>;
}

/** Readers of labelled places, remembered until bodies change. */
export class Readers {
  private known: Known[] = [];
  private asked: Known[] = [];

  constructor(private readonly context: Context) {}

  /** The functions that read one of these places. */
  of(labelled: ReadonlySet<Place>): ReadonlySet<number> {
    let found = this.known.find((one) => equal(one.labelled, labelled));
    if (found === undefined) {
      found = { labelled, readers: readersOf(this.context, labelled) };
      this.known.push(found);
    }
    this.asked.push(found);
    return found.readers;
  }

  /** Looks at changed bodies again; what was not asked for since the last change is forgotten. */
  update(changed: readonly Scope[]): void {
    this.known = [...new Set(this.asked)];
    this.asked = [];
    for (const { labelled, readers } of this.known) {
      const names = namesOf(labelled);
      for (const scope of changed) {
        const wanted = wantedOf(scope, names);
        if (reads(this.context, labelled, scope, wanted)) readers.add(scope.id);
        else readers.delete(scope.id);
      }
    }
  }
}

function equal(x: ReadonlySet<Place>, y: ReadonlySet<Place>): boolean {
  if (x.size !== y.size) return false;
  for (const place of x) if (!y.has(place)) return false;
  return true;
}

function namesOf(places: ReadonlySet<Place>): ReadonlySet<string> {
  return new Set(Array.from(places, ({ name }) => name));
}

function wantedIn(file: ProgramFile, names: ReadonlySet<string>): Uint8Array {
  const all = file.source.names;
  const wanted = new Uint8Array(all.length);
  for (let k = 0; k < wanted.length; k++) if (names.has(all[k]!)) wanted[k] = 1;
  return wanted;
}

/** The same for the names that one scope reads. */
function wantedOf({ file, code }: Scope, names: ReadonlySet<string>): Uint8Array {
  const { op, a, b } = code;
  const all = file.source.names;
  const wanted = new Uint8Array(all.length);
  for (let at = 0; at < op.length; at++) {
    const isName = op[at] === Op.Global || op[at] === Op.Captured;
    const name = isName ? a[at]! : op[at] === Op.Attribute ? b[at]! : -1;
    if (name >= 0 && names.has(all[name]!)) wanted[name] = 1;
  }
  return wanted;
}

function readersOf(context: Context, labelled: ReadonlySet<Place>): Set<number> {
  const names = namesOf(labelled);
  const found = new Set<number>();
  if (names.size === 0) return found;
  const { program } = context.resolver;
  for (const file of program.files) {
    const wanted = wantedIn(file, names);
    if (!wanted.includes(1)) continue;
    for (let index = 0; index < file.source.codes.length; index++) {
      const scope = program.scopeOf(file, index);
      if (reads(context, labelled, scope, wanted)) found.add(scope.id);
    }
  }
  return found;
}

function reads(
  { resolver, places }: Context,
  labelled: ReadonlySet<Place>,
  scope: Scope,
  wanted: Uint8Array,
): boolean {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  for (let at = 0; at < op.length; at++) {
    const kind = op[at] as Op;
    if (kind === Op.Attribute && wanted[b[at]!] === 1) {
      const owners = ownersOf(resolver, scope, a[at]!, names[b[at]!]!);
      for (let k = 0; k < owners.length; k++)
        if (labelled.has(places.of(owners[k]!, names[b[at]!]!))) return true;
    } else if (kind === Op.Global && wanted[a[at]!] === 1) {
      if (labelled.has(places.of(scope.file.firstScope, names[a[at]!]!))) return true;
    } else if (kind === Op.Captured && wanted[a[at]!] === 1) {
      let outer = scope;
      for (let level = 0; level < b[at]! && outer.parent >= 0; level++) {
        outer = resolver.program.scopes[outer.parent]!;
      }
      if (labelled.has(places.of(outer.id, names[a[at]!]!))) return true;
    }
  }
  return false;
}

/** The classes and modules that may keep a member of an object. */
function ownersOf(resolver: Resolver, scope: Scope, object: number, name: string): readonly number[] {
  const { classes, entities, program } = resolver;
  const { op, a } = scope.code;
  if (scope.owner >= 0 && op[object] === Op.Local && a[object] === 0)
    return [classes.ownerOf(scope.owner, name)];
  return resolver.denotes(scope.id, object).flatMap((entity) => {
    const x = entities.x[entity]!;
    switch (entities.kind[entity] as EntityKind) {
      case EntityKind.Module:
        return [program.files[x]!.firstScope];
      case EntityKind.Instance:
      case EntityKind.Class:
        return [classes.ownerOf(x, name)];
      default:
        return [];
    }
  });
}
