// The resolver's memory of what containers hold, by scope, value number and way. As for values, an answer knows the
// depth that it needed and whether it looked at arguments; one that ran out serves its own depth only.

/** What is known at a way into a value. */
export interface ContentAnswer {
  readonly entities: readonly number[];
  /** Depth that the answer needs; -1 when it ran out. */
  readonly height: number;
  readonly dependent: boolean;
}

interface ScopeAnswers {
  readonly complete: Map<number, ContentAnswer>;
  readonly partial: Map<number, ContentAnswer>;
}

const ways = 0x100000;

/** Answers on contents of one resolver. */
export class ContentAnswers {
  private readonly scopes: (ScopeAnswers | undefined)[] = [];

  /** An answer that holds for the depth. */
  find(scope: number, number: number, path: number, depth: number): ContentAnswer | undefined {
    const known = this.scopes[scope];
    if (!known) return undefined;
    const key = number * ways + path;
    const complete = known.complete.get(key);
    return complete && complete.height <= depth ? complete : known.partial.get(key * 16 + depth);
  }

  /** Keeps an answer that was found with a depth. */
  keep(scope: number, number: number, path: number, depth: number, answer: ContentAnswer): void {
    let known = this.scopes[scope];
    if (!known) {
      known = { complete: new Map(), partial: new Map() };
      this.scopes[scope] = known;
    }
    const key = number * ways + path;
    if (answer.height < 0) known.partial.set(key * 16 + depth, answer);
    else known.complete.set(key, answer);
  }

  /** Forgets the answers about one scope's values. */
  forgetScope(scope: number): void {
    this.scopes[scope] = undefined;
  }

  /** Forgets every answer that looked at arguments. */
  forgetDependent(): void {
    for (const known of this.scopes) {
      if (!known) continue;
      forgetDependent(known.complete);
      forgetDependent(known.partial);
    }
  }
}

function forgetDependent(answers: Map<number, ContentAnswer>): void {
  answers.forEach(({ dependent }, key) => {
    if (dependent) answers.delete(key);
  });
}
