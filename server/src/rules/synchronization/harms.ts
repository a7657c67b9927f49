// What goes wrong when an access without its lock and a function that holds the lock run at once: the order of events,
// in words. An access for which no such order can be named harms nobody, as far as is known here. Who runs the two, and
// whether on one object, is not asked.

import { AccessKind, isWrite } from '../../flow/accesses';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { Meeting } from '../../whole/meetings';
import { Effect } from '../../whole/method-effects';
import { functionLabel } from './access-words';
import { type Collision, Conflict, collisionsOf, methodOf } from './conflicts';
import { Container, containerOf, isResizing, resizeWords } from './containers';
import { isItemUpdate } from './item-updates';
import { updatesMore } from './joint-updates';
import { isLook, keyOf, relies, takesAway } from './looks';
import { flagsLost } from './lost-flags';
import { isOfOwnMaking, mayBreakOff } from './own-stores';
import { resetBefore } from './resets';
import { addersOf, storesEmpty } from './taken-wholes';
import { losersOf } from './vanishing';

/** A collision whose end is known. */
export interface Harm extends Collision {
  /** What happens, as the end of a sentence: `remove() may take away the key that it just saw (KeyError)`. */
  readonly words: string;
  /** It says what goes wrong so plainly that the kind of the access need not. */
  readonly isPlain?: boolean;
}

/** All orders of events that are known to do harm with an access that goes without the guard. */
export function harmsOf(
  analysis: Analysis,
  guarded: Guarded,
  guard: Lock,
  access: HeldAccess,
): readonly Harm[] {
  return new Finder(analysis, guarded, guard, access).find();
}

class Finder {
  private readonly scope: Scope;
  private readonly found: Harm[] = [];
  private readonly container: Container;
  /** The functions that hold the guard, with what they do under it. */
  private readonly partners = new Map<number, HeldAccess[]>();

  constructor(
    private readonly analysis: Analysis,
    private readonly guarded: Guarded,
    private readonly guard: Lock,
    private readonly access: HeldAccess,
  ) {
    this.scope = analysis.program.scopes[access.scope]!;
    this.container = containerOf(analysis, guarded);
    for (const one of guarded.accesses) {
      if (!one.assumed && !one.locks.includes(guard)) continue;
      const list = this.partners.get(one.scope);
      if (list) list.push(one);
      else this.partners.set(one.scope, [one]);
    }
  }

  find(): readonly Harm[] {
    const { access } = this;
    const waits = this.guard.model === 'asyncio';
    if (!waits) this.ofReset();
    // What an object's own methods do to it, they may have an order for.
    if (access.effect !== Effect.None) return this.found;
    if (isOfOwnMaking(this.analysis, this.guarded, this.guard, access)) return this.found;
    if (!waits) this.ofTaking();
    if (access.kind === AccessKind.Update) this.ofUpdate();
    else if (access.kind === AccessKind.Iterate) this.ofWalk();
    else if (access.kind === AccessKind.Index) this.ofUse();
    else if (access.kind === AccessKind.Mutate) this.ofChange();
    else if (access.kind === AccessKind.Write && waits) this.ofUpdate();
    else if (access.kind === AccessKind.Write) this.ofFlag();
    if (!waits) return this.found;
    // Between two awaits a coroutine runs alone.
    const torn = collisionsOf(this.analysis.program, this.guarded, this.guard, access);
    return this.found.filter(
      ({ conflict, partner }) =>
        conflict === Conflict.Torn &&
        torn.some((one) => one.partner === partner && one.conflict === conflict),
    );
  }

  /** Reads, computes and stores: what is stored in between goes under. */
  private ofUpdate(): void {
    // One number that is a little off is mostly put right by the next, unless two threads are seen at it; several that must
    // agree are not.
    const { analysis, guarded, guard, access } = this;
    const isSlight = access.kind === AccessKind.Update && guard.model !== 'asyncio';
    const least = isSlight && !updatesMore(analysis, guarded, guard, access) ? Meeting.Met : undefined;
    for (const [partner, held] of this.partners) {
      if (!held.some(({ kind, inside }) => isWrite(kind) && !inside)) continue;
      this.put(Conflict.Torn, partner, `what ${this.label(partner)} stores in between is lost`, least);
    }
  }

  private ofFlag(): void {
    if (this.guard.model !== 'thread') return;
    // Whatever thread uses the module, it has this flag; an object that no thread is seen to reach is mostly one thread's.
    const least = this.guarded.place.ofModule ? Meeting.Unseen : Meeting.OneSide;
    for (const partner of flagsLost(this.analysis, this.guarded, this.guard, this.access)) {
      const words = `${this.label(partner)} may have looked at it just before, and goes by that or overwrites it`;
      this.put(Conflict.Intrudes, partner, words, least);
    }
  }

  /** Found by a test, used by another reading, and gone in between. */
  private ofReset(): void {
    const { analysis, guarded, guard, access } = this;
    // Where no thread is seen, the two are mostly calls of one user.
    const found = { isPlain: true, isAsked: true, least: Meeting.OneSide };
    if (access.kind <= AccessKind.Index || access.effect !== Effect.None)
      for (const { scope, locks } of resetBefore(analysis, guarded, access)?.stores ?? []) {
        if (!locks.includes(guard)) continue;
        const words = `${this.label(scope)} may set it to None right after the test (AttributeError)`;
        this.found.push({ ...found, conflict: Conflict.Torn, partner: scope, words });
      }
    if (access.kind === AccessKind.Write)
      for (const partner of losersOf(analysis, guarded, guard, access)) {
        const words = `${this.label(partner)} may have just found an object there, and uses None then (AttributeError)`;
        this.found.push({ ...found, conflict: Conflict.Intrudes, partner, words });
      }
  }

  /** Taken as a whole, and left empty in another step. */
  private ofTaking(): void {
    for (const partner of addersOf(this.analysis, this.guarded, this.guard, this.access)) {
      const words = `what ${this.label(partner)} adds after this function has taken all is lost`;
      this.found.push({ conflict: Conflict.Torn, partner, words, isPlain: true });
    }
  }

  private ofWalk(): void {
    // What the walk of a list leaves out, the next one mostly has.
    if (this.container === Container.List || mayBreakOff(this.scope, this.access.at)) return;
    if (!this.guarded.changes && isHandedOnWithLock(this.analysis, this.guarded, this.guard)) {
      const words = `what got it together with its lock may change it meanwhile, and the loop raises RuntimeError`;
      this.put(Conflict.Torn, -1, words);
    }
    for (const [partner, held] of this.partners) {
      const change = held.find((one) => isResizing(this.analysis, this.guarded, this.container, one));
      if (!change) continue;
      const words = `when ${this.label(partner)} ${resizeWords(change)} meanwhile, it raises RuntimeError`;
      this.put(Conflict.Torn, partner, words);
    }
  }

  private ofUse(): void {
    const look = this.lookBefore(this.scope, this.access);
    if (!look) {
      this.ofLookOutside();
      return;
    }
    for (const [partner, held] of this.partners) {
      const change = held.find((one) => takesAway(one) || this.empties(one, look));
      if (!change) continue;
      this.put(
        Conflict.Torn,
        partner,
        `${this.label(partner)} may take away what it just saw there (${this.missOf(this.scope, this.access)})`,
      );
    }
  }

  /** Looked up without the lock, then taken away under it without another look. */
  private ofLookOutside(): void {
    if (!removalOn(this.analysis, this.guarded, this.guard, this.access)) return;
    for (const [partner, held] of this.partners) {
      if (partner === this.access.scope || !held.some(takesAway)) continue;
      const words = `${this.label(partner)} may take it away before this function does so under the lock (${this.missOf(this.scope, this.access)})`;
      this.put(Conflict.Torn, partner, words);
    }
  }

  private ofChange(): void {
    const { access, scope, analysis } = this;
    const isUpdate = isItemUpdate(analysis, this.guarded, access);
    if (takesAway(access) && !this.isAwaited() && this.lookBefore(scope, access))
      this.put(
        Conflict.Torn,
        scope.id,
        `two calls of it at once may both see what only one can take away (${this.missOf(scope, access)})`,
        Meeting.Met,
      );
    const resizes = isResizing(analysis, this.guarded, this.container, access);
    for (const [partner, held] of this.partners) {
      const other = analysis.program.scopes[partner]!;
      const name = this.label(partner);
      const isWalked =
        this.container !== Container.List && held.some(({ kind }) => kind === AccessKind.Iterate);
      if (resizes && isWalked)
        this.put(Conflict.Intrudes, partner, `while ${name} walks it, that raises RuntimeError`);
      const use = takesAway(access) && !this.isAwaited() ? this.useAfterLook(other, held) : undefined;
      if (use)
        this.put(
          Conflict.Intrudes,
          partner,
          `${name} may have seen it there, and relies on that (${this.missOf(other, use)})`,
          // One who takes away what is done with mostly knows that nobody is at it any more.
          Meeting.Met,
        );
      const takes = held.some(takesAway) && !this.isAwaited();
      const isSeen = this.lookBefore(scope, access) || (this.misses(other, held) && emptiesAll(other, held));
      if (takes && relies(scope, access) && isSeen)
        this.put(
          Conflict.Torn,
          partner,
          `${name} may take away the same before it (${this.missOf(scope, access)})`,
        );
      if (isUpdate && held.some((one) => one.kind === AccessKind.Mutate))
        this.put(Conflict.Torn, partner, `what ${name} stores in between is lost`, Meeting.OneSide);
      if (!access.shrinks && !access.inside && this.takesAll(other, held))
        this.put(
          Conflict.Intrudes,
          partner,
          `what comes between the copy and the clear() of ${name} is lost`,
        );
      if (access.inside && access.shrinks && held.filter(({ kind }) => kind === AccessKind.Index).length > 1)
        this.put(
          Conflict.Intrudes,
          partner,
          `${name} looks into it more than once, and what it saw may be gone the next time (KeyError)`,
          Meeting.Met,
        );
      if (!access.shrinks && !access.inside && swaps(held))
        this.put(
          Conflict.Intrudes,
          partner,
          `${name} may have put another one in its place just before, and what is added to the old one is lost`,
        );
    }
  }

  /** What is taken out was waited for by the same key in the same function: its waiter is the one to take it. */
  private isAwaited(): boolean {
    const { code, file } = this.scope;
    const { op, a, b } = code;
    const key = keyOf(this.scope, this.access);
    if (key < 0) return false;
    const { number } = this.analysis.resolver.numberings.of(this.scope);
    const isKey = (value: number) => value >= 0 && number[value] === number[key];
    return op.some((one, at) => {
      if (one !== Op.Call || at >= this.access.at || op[a[at]!] !== Op.Attribute) return false;
      if (!/^(wait|result)$/.test(file.source.names[b[a[at]!]!]!)) return false;
      const waiter = number[a[a[at]!]!]!;
      if (waiter < 0 || waiter >= op.length) return false;
      return op[waiter] === Op.Item
        ? isKey(b[waiter]!)
        : op[waiter] === Op.Call && isKey(positional(code, waiter, 0));
    });
  }

  private put(conflict: Harm['conflict'], partner: number, words: string, least = Meeting.Unseen): void {
    this.found.push({ conflict, partner, words, least });
  }

  private label(scope: number): string {
    return scope < 0 ? 'other code' : functionLabel(this.analysis.program.scopes[scope]!);
  }

  /** `KeyError` or its like. */
  private missOf(scope: Scope, use: HeldAccess): string {
    const name = methodOf(scope, use.at);
    if (name === 'remove') return this.container === Container.Set ? 'KeyError' : 'ValueError';
    if (this.container === Container.Dict || this.container === Container.Set) return 'KeyError';
    if (this.container === Container.List) return 'IndexError';
    return /^pop(left)?$/.test(name) ? 'IndexError' : 'KeyError';
  }

  /** The access under the lock by which a function relies on what it saw under it. */
  private useAfterLook(scope: Scope, held: readonly HeldAccess[]): HeldAccess | undefined {
    return held.find((use) => {
      const isUse = use.kind === AccessKind.Index || use.kind === AccessKind.Mutate;
      return isUse && relies(scope, use) && held.some((look) => isLook(this.analysis, scope, look, use));
    });
  }

  /** What the access relies on was seen in its own function before. */
  private lookBefore(scope: Scope, use: HeldAccess): HeldAccess | undefined {
    if (!relies(scope, use)) return undefined;
    return this.guarded.accesses.find(
      (one) => one.scope === use.scope && isLook(this.analysis, scope, one, use),
    );
  }

  /** Stores an empty one, which another reading of the place finds. */
  private empties(change: HeldAccess, look: HeldAccess): boolean {
    if (change.kind !== AccessKind.Write || look.load === this.access.load) return false;
    return storesEmpty(this.analysis.program.scopes[change.scope]!, change.at);
  }

  /** Takes away one that may be gone: it asks first, or minds no loss. */
  private misses(scope: Scope, held: readonly HeldAccess[]): boolean {
    return held.some(
      (one) =>
        takesAway(one) &&
        (!relies(scope, one) || held.some((look) => isLook(this.analysis, scope, look, one))),
    );
  }

  /** Copies or reads the whole, then clears it. */
  private takesAll(scope: Scope, held: readonly HeldAccess[]): boolean {
    return held.some(
      (one) =>
        one.kind === AccessKind.Mutate &&
        !one.inside &&
        methodOf(scope, one.at) === 'clear' &&
        held.some(
          (look) => look.at < one.at && (look.kind === AccessKind.Read || look.kind === AccessKind.Snapshot),
        ),
    );
  }
}

/** The removal under the lock, in the function of a look without it, that counts on what the look found: of the same key,
 * not looked up again there. */
export function removalOn(
  analysis: Analysis,
  guarded: Guarded,
  guard: Lock,
  look: HeldAccess,
): HeldAccess | undefined {
  if (look.kind !== AccessKind.Index || look.inside) return undefined;
  const scope = analysis.program.scopes[look.scope]!;
  const { number } = analysis.resolver.numberings.of(scope);
  const key = keyOf(scope, look);
  const isOfKey = (one: HeldAccess) => {
    const own = keyOf(scope, one);
    return own >= 0 && key >= 0 && number[own] === number[key];
  };
  const later = guarded.accesses.filter(
    (one) => one.scope === look.scope && one.at > look.at && one.locks.includes(guard),
  );
  const removal = later.find((one) => takesAway(one) && relies(scope, one) && isOfKey(one));
  if (!removal || later.some((one) => one.at < removal.at && one.kind < AccessKind.Mutate)) return undefined;
  return removal;
}

/** `x.clear()`, `x.popitem()`: takes away whatever there is. */
function emptiesAll(scope: Scope, held: readonly HeldAccess[]): boolean {
  return held.some((one) => takesAway(one) && /^(clear|popitem|popleft)$/.test(methodOf(scope, one.at)));
}

/** `old, self.x = self.x, set()`: reads the whole and puts another one there. */
function swaps(held: readonly HeldAccess[]): boolean {
  return held.some(
    (one) =>
      one.kind === AccessKind.Write &&
      held.some((look) => look.at < one.at && look.kind === AccessKind.Read && look.load === look.at),
  );
}

/** The state itself is an argument somewhere, next to its lock: who gets both changes it. */
function isHandedOnWithLock({ program, resolver }: Analysis, { accesses }: Guarded, guard: Lock): boolean {
  const lockName = guard.label.slice(guard.label.lastIndexOf('.') + 1);
  return accesses.some(({ scope: id, at, kind }) => {
    const scope = program.scopes[id]!;
    const { op, a, b } = scope.code;
    if (kind !== AccessKind.Read || op[at] !== Op.Attribute) return false;
    const { user } = resolver.numberings.of(scope);
    const by = user[at]!;
    if (by < 0 || !(op[by] === Op.Tuple || op[by] === Op.List || (op[by] === Op.Call && a[by] !== at)))
      return false;
    return op.some(
      (one, k) =>
        one === Op.Attribute && user[k] === by && scope.file.source.names[b[k]!] === lockName && a[by] !== k,
    );
  });
}
