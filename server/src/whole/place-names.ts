// The names under which code may mention state of some names: these themselves, the names that imports give them, and the
// fields that keep a method of a container of such a name. Whose state is meant, the accesses find out.

import type { AskedNames } from '../flow/accesses';
import type { ProgramFile, Scope } from '../program/program';
import { Op } from '../syntax/code';
import { renamings } from './renamings';
import type { ScopeFacts } from './scope-facts';

interface NamesOfFile {
  readonly names: readonly string[];
  readonly flags: Uint8Array;
  readonly asked: AskedNames | null;
}

/** Some names and all others under which the same is mentioned. */
export class PlaceNames {
  readonly names: ReadonlySet<string>;
  private readonly keepers = new Set<string>();
  private readonly byFile: (NamesOfFile | undefined)[] = [];

  constructor(facts: ScopeFacts, wanted: Iterable<string>) {
    const names = new Set(wanted);
    const byName = new Map<string, string[]>();
    for (const { from, to, keeps } of facts.all(renamings)) {
      if (keeps) this.keepers.add(to);
      const list = byName.get(from);
      if (list) list.push(to);
      else byName.set(from, [to]);
    }
    // Names that are added meanwhile are walked, too.
    for (const name of names) for (const other of byName.get(name) ?? []) names.add(other);
    this.names = names;
  }

  /** Whether it asks for what another one asks for. */
  isLike({ names, keepers }: PlaceNames): boolean {
    return areEqual(this.names, names) && areEqual(this.keepers, keepers);
  }

  /** Whether a scope mentions one of the names; if so, what its file is asked for. */
  in({ file, code }: Scope): AskedNames | null {
    const asked = this.inFile(file);
    if (!asked) return null;
    const { op, a, b } = code;
    const { flags } = asked;
    for (let at = 0; at < op.length; at++) {
      switch (op[at] as Op) {
        case Op.Attribute:
        case Op.StoreAttribute:
        case Op.DeleteAttribute:
          if (flags[b[at]!]) return asked;
          break;
        case Op.Global:
        case Op.StoreGlobal:
          if (flags[a[at]!]) return asked;
          break;
      }
    }
    return null;
  }

  private inFile(file: ProgramFile): AskedNames | null {
    const { names } = file.source;
    let known = this.byFile[file.index];
    if (known?.names !== names || known.flags.length < names.length) {
      const flags = new Uint8Array(names.length);
      // Names are only ever added.
      if (known?.names === names) flags.set(known.flags);
      for (let k = known?.names === names ? known.flags.length : 0; k < names.length; k++)
        if (this.names.has(names[k]!)) flags[k] = 1;
      known = { names, flags, asked: flags.includes(1) ? { flags, keepers: this.keepers } : null };
      this.byFile[file.index] = known;
    }
    return known.asked;
  }
}

function areEqual(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (one.size !== other.size) return false;
  for (const name of one) if (!other.has(name)) return false;
  return true;
}
