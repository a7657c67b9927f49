// The numbering of every scope, computed when first asked for and kept as long as the scope's code lives.

import type { Scope } from '../program/program';
import type { Code } from '../syntax/code';
import { ColumnMemory } from '../syntax/column-memory';
import { EqualExpressions } from './equal-expressions';
import { type Numbering, numberValues } from './numbering';

/** Bytes of memory that some hundred scopes share: it lives as long as one of them. */
const pieceSize = 1 << 16;

/** Numberings by code: an unchanged function keeps its facts when the rest of the program changes. */
export class Numberings {
  private readonly known = new WeakMap<Code, Numbering>();
  /** By scope, the code that was asked for last and its numbering: most questions are asked again and again. */
  private readonly codes: Code[] = [];
  private readonly latest: Numbering[] = [];
  private readonly memory = new ColumnMemory(pieceSize);
  private readonly equal = new EqualExpressions();

  /** Gives a code the numbering of another one that differs in spans only. */
  adopt(code: Code, from: Code): void {
    const known = this.known.get(from);
    if (known) this.known.set(code, known);
  }

  /** The numbering of a scope. */
  of(scope: Scope): Numbering {
    const { id, code } = scope;
    if (this.codes[id] === code) return this.latest[id]!;
    let found = this.known.get(code);
    if (!found) {
      found = numberValues(scope.file.source, code, this.memory, this.equal);
      this.known.set(code, found);
    }
    this.codes[id] = code;
    this.latest[id] = found;
    return found;
  }
}
