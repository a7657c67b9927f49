// The numbering of every scope, computed when first asked for and kept as long as the scope's code lives.

import type { Scope } from '../program/program';
import type { Code } from '../syntax/code';
import { type Numbering, numberValues } from './numbering';

/** Numberings by code: an unchanged function keeps its facts when the rest of the program changes. */
export class Numberings {
  private readonly known = new WeakMap<Code, Numbering>();

  /** The numbering of a scope. */
  of(scope: Scope): Numbering {
    let found = this.known.get(scope.code);
    if (!found) {
      found = numberValues(scope.file.source, scope.code);
      this.known.set(scope.code, found);
    }
    return found;
  }
}
