// How sure it is that an access without its lock runs beside what it collides with, on state that is shared: two runners
// that are seen to meet; or a thread on one side, or users of the program on both, where the other functions that change
// the state keep to the lock.

import { AccessKind, isWrite } from '../../flow/accesses';
import type { Lock } from '../../flow/locks';
import type { ExecutionModel } from '../../library/schema';
import type { Scope } from '../../program/program';
import { type Code, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { Meeting, type Overlap } from '../../whole/meetings';
import type { Root } from '../../whole/roots';
import { type Collision, Conflict } from './conflicts';
import { isEnding } from './endings';
import { makingsOf } from './instances';
import { isItemUpdate } from './item-updates';
import { endOf } from './lock-words';
import { haveOneObject } from './one-object';
import { isBeforeOwnStart } from './own-start';
import { isKeptLocal, isMadeForRequest } from './ownership';
import { goesHome } from './turned-back';

/** Functions that hold a lock: so many that nobody can have missed what it is for. */
const many = 4;
const plain =
  /^(debug|info|warn|warning|error|exception|critical|log|format|join|split|strip|lower|upper|startswith|endswith)$/;

/** Which functions use a place, and how. */
interface Uses {
  /** Functions that reach the place through something else than their own `self`. */
  readonly byOthers: Set<number>;
  /** All functions that hold the lock. */
  readonly keepers: Set<number>;
  /** Those of them that are entered, and the entered ones that change the place with it and without. */
  readonly holding: Set<number>;
  readonly changing: Set<number>;
  readonly bare: Set<number>;
}

/** Who shares a place, and under which lock. Found when it is asked for: most accesses collide with nothing. */
export class Sharing {
  private known: Uses | undefined;
  private offered: boolean | undefined;
  private isLocal: boolean | undefined;
  private isForOthers: boolean | undefined;

  constructor(
    private readonly analysis: Analysis,
    private readonly guarded: Guarded,
    private readonly guard: Lock,
  ) {}

  /** Nothing in the program enters the functions that use the place: they are there for others. */
  private get isOffered(): boolean {
    if (this.offered === undefined) {
      const { program, entered } = this.analysis;
      const scopes = new Set(this.guarded.accesses.map(({ scope }) => scope));
      this.offered = [...scopes].every((id) => {
        const scope = program.scopes[id]!;
        return scope.name.startsWith('_') || !entered.has(scope);
      });
    }
    return this.offered;
  }

  private get uses(): Uses {
    this.known ??= this.findUses();
    return this.known;
  }

  private findUses(): Uses {
    const { analysis, guarded, guard } = this;
    const sets = { byOthers: new Set<number>(), keepers: new Set<number>(), holding: new Set<number>() };
    const uses: Uses = { ...sets, changing: new Set(), bare: new Set() };
    for (const { scope: id, locks, assumed, kind, receiver } of guarded.accesses) {
      if (receiver !== analysis.program.scopes[id]!.code.op.length) uses.byOthers.add(id);
      const holds = assumed || locks.includes(guard);
      if (holds) uses.keepers.add(id);
      if (!this.isEntered(analysis.program.scopes[id]!)) continue;
      if (holds) uses.holding.add(id);
      if (isWrite(kind)) (holds ? uses.changing : uses.bare).add(id);
    }
    return uses;
  }

  /** Whether a function is entered when the state is in use: a constructor makes its object ready, not the module. */
  isEntered(scope: Scope): boolean {
    const { entered, construction, entryLocks } = this.analysis;
    const { place, ofClass } = this.guarded;
    if ((place.ofModule || ofClass) && construction[scope.id]) return true;
    if (entryLocks.isSetUp(scope) || construction[scope.id]) return false;
    return entered.has(scope) || (!scope.name.startsWith('_') && (this.isOffered || this.isMadeByOthers()));
  }

  /** Nothing in the program makes an object of the class: its public methods are there for others. */
  private isMadeByOthers(): boolean {
    const { place } = this.guarded;
    if (place.ofModule) return false;
    if (this.isForOthers === undefined) {
      const { program, resolver } = this.analysis;
      const family = [place.owner, ...resolver.classes.descendants(place.owner, 16)];
      this.isForOthers = family.every((id) => makingsOf(this.analysis, program.scopes[id]!).length === 0);
    }
    return this.isForOthers;
  }

  /** The best evidence that an access overlaps with one of the functions that it collides with. */
  evidenceOf(access: HeldAccess, collisions: readonly Collision[]): Meeting {
    return this.worstOf(access, collisions).meeting;
  }

  /** The collision for which the evidence is best. */
  worstOf<Kind extends Collision>(
    access: HeldAccess,
    collisions: readonly Kind[],
  ): { readonly meeting: Meeting; readonly collision: Kind | null } {
    if (collisions.length === 0) return { meeting: Meeting.Apart, collision: null };
    const seen = this.overlapOf(access, collisions);
    const isOwnWork =
      seen.meeting === Meeting.Met && seen.collision && this.isMadeByWork(access, seen.collision);
    const found = isOwnWork ? { ...seen, meeting: Meeting.Apart } : seen;
    // A store counts for what it does to a flag, which is evidence by itself.
    if (found.meeting === Meeting.Met || access.kind === AccessKind.Write) return found;
    if (found.meeting === Meeting.OneSide && found.collision?.isAsked) return found;
    if (!this.isOddOneOut(access)) return { ...found, meeting: Meeting.Apart };
    // Where nobody is seen to run either, the lock must be known for what it guards, and by more than one who changes it
    // if some other thread is seen for which it is there.
    const isClear =
      this.guarded.guard !== null &&
      (!this.guarded.guard.weak || this.isTakenByThread()) &&
      (this.uses.changing.size > 1 || !this.isForThread(access, found.collision));
    return found.meeting === Meeting.Unseen && !isClear ? { ...found, meeting: Meeting.Apart } : found;
  }

  /** A thread is seen to take the lock: so it is one, whatever it is made of, and there for threads. */
  private isTakenByThread(): boolean {
    const { roots } = this.analysis;
    return [...this.uses.holding].some((id) =>
      roots.reaching(id).some(({ kind, model }) => model === 'thread' && kind !== 'callback'),
    );
  }

  /** A third function that takes the lock runs in a thread, or in whatever it was handed to. */
  private isForThread({ scope }: HeldAccess, collision: Collision | null): boolean {
    const { roots, calls } = this.analysis;
    return [...this.uses.holding].some(
      (id) =>
        id !== scope &&
        id !== collision?.partner &&
        (roots.reaching(id).length > 0 || calls.escapes[id] === 1),
    );
  }

  /** Whether the access may run beside one of the functions that it collides with, and which. */
  overlapOf<Kind extends Collision>(
    access: HeldAccess,
    collisions: readonly Kind[],
  ): { readonly meeting: Meeting; readonly collision: Kind | null } {
    const { program, meetings } = this.analysis;
    const nothing = { meeting: Meeting.Apart, collision: null };
    if (collisions.length === 0) return nothing;
    const scope = program.scopes[access.scope]!;
    if (!this.isEntered(scope) || meetings.isBeforeStart(scope.id, access.at)) return nothing;
    // The lock says something of this object only where some function that takes it works on such a one.
    const keepers = [...this.uses.keepers].map((id) => program.scopes[id]!);
    if (keepers.length > 0 && !keepers.some((keeper) => this.mayBeOfOneObject(scope, keeper))) return nothing;
    let found: { readonly meeting: Meeting; readonly collision: Kind | null } = nothing;
    for (const collision of collisions) {
      if (collision.partner < 0) continue;
      const partner = program.scopes[collision.partner]!;
      if (!this.isEntered(partner) || (!collision.isAsked && isEnding(this.analysis, partner))) continue;
      if (!this.mayBeOfOneObject(scope, partner)) continue;
      const { meeting, model } = this.overlapBare(scope, partner);
      if (meeting <= found.meeting || meeting < (collision.least ?? Meeting.Unseen)) continue;
      if (meeting === Meeting.Unseen && (partner === scope || this.isOfOneCaller(scope, partner))) continue;
      // A lock of greenthreads says what runs there, as long as no thread is seen.
      const runs =
        meeting === Meeting.Unseen && this.guard.model === 'greenthread'
          ? 'greenthread'
          : this.isBesideLoop(meeting, model, scope, partner)
            ? 'thread'
            : model;
      const waits = this.guard.model !== 'asyncio' && runs !== 'thread';
      if (!waits || this.givesWay(collision, scope, runs)) found = { meeting, collision };
    }
    return this.isOwned() ? nothing : found;
  }

  /** A loop runs one of two functions, and nobody is seen to run the other: a lock of threads says that it is no coroutine's. */
  private isBesideLoop(meeting: Meeting, model: ExecutionModel, one: Scope, other: Scope): boolean {
    if (meeting !== Meeting.OneSide || model !== 'asyncio' || this.guard.model !== 'thread') return false;
    if (this.guard.weak || !this.guarded.guard) return false;
    const { roots, meetings } = this.analysis;
    const unseen = roots.reaching(one.id).length === 0 ? one : other;
    return !meetings.isOnLoop(unseen.id);
  }

  /** How a function overlaps with another when it is called without the lock: calls under it need not be asked. */
  private overlapBare(scope: Scope, partner: Scope): Overlap {
    const { program, meetings, calls, entryLocks, library } = this.analysis;
    const edges = calls.callers[scope.id]!.filter(({ caller }) => !program.scopes[caller]!.file.isTest);
    const bare = edges.filter(
      ({ caller, at }) => !entryLocks.at(program.scopes[caller]!, at).includes(this.guard),
    );
    const isMeant = calls.unresolvedNames.has(scope.name) && !library.containerMethods.has(scope.name);
    const isOpen = calls.escapes[scope.id] || isMeant;
    const canShare = (one: Root, other: Root) => this.canShare(one, other);
    if (isOpen || bare.length === 0 || bare.length === edges.length)
      return meetings.of(scope.id, partner.id, canShare);
    let best: Overlap = { meeting: Meeting.Apart, model: 'thread' };
    for (const { caller } of bare) {
      if (isBeforeOwnStart(this.analysis, program.scopes[caller]!)) continue;
      const found = meetings.of(caller, partner.id, canShare);
      if (found.meeting > best.meeting) best = found;
    }
    return best;
  }

  /** Two threads whose bodies are methods of the state's own class work on one object only if it has both of them: one that
   * replaces the other runs on objects of its own. */
  private canShare(one: Root, other: Root): boolean {
    const { program, resolver } = this.analysis;
    const { place } = this.guarded;
    if (place.ofModule || one.id === other.id || this.uses.byOthers.size > 0) return true;
    const family = [place.owner, ...resolver.classes.descendants(place.owner, 64)];
    const first = program.scopes[one.scope]!;
    const second = program.scopes[other.scope]!;
    if (!family.includes(first.owner) || !family.includes(second.owner)) return true;
    return haveOneObject(this.analysis, first, second);
  }

  /** Methods that reach the place through `self` do so on one object only if some class has both. */
  private mayBeOfOneObject(scope: Scope, partner: Scope): boolean {
    if (this.uses.byOthers.has(scope.id) || this.uses.byOthers.has(partner.id)) return true;
    return haveOneObject(this.analysis, scope, partner);
  }

  /** One function leads to both; for two runs of one function, to all that take the lock. */
  private isOfOneCaller(scope: Scope, partner: Scope): boolean {
    const others = partner === scope ? [...this.uses.holding].filter((id) => id !== scope.id) : [partner.id];
    return others.length > 0 && others.every((id) => this.analysis.meetings.haveOneCaller(scope.id, id));
  }

  /** Each object of the class stays with the function or request that it was made for. */
  private isOwned(): boolean {
    const { place, ofClass } = this.guarded;
    if (place.ofModule || ofClass) return false;
    this.isLocal ??=
      isMadeForRequest(this.analysis, place.owner) ||
      isKeptLocal(this.analysis, this.analysis.program.scopes[place.owner]!);
    return this.isLocal;
  }

  /** Objects of the class are mostly made in the course of the work of threads that are none of its own: each has its own,
   * as far as is known. */
  private isMadeByWork({ scope }: HeldAccess, { partner }: Collision): boolean {
    const { program, resolver, roots } = this.analysis;
    const { place } = this.guarded;
    if (place.ofModule || partner < 0) return false;
    const family = [place.owner, ...resolver.classes.descendants(place.owner, 64)];
    const runners = [...roots.reaching(scope), ...roots.reaching(partner)];
    if (runners.some((root) => family.includes(program.scopes[root.scope]!.owner))) return false;
    const makings = makingsOf(this.analysis, program.scopes[place.owner]!);
    const byWork = makings.filter((making) => roots.reaching(making.scope.id).length > 0);
    return makings.length > 1 && byWork.length * 2 > makings.length;
  }

  /** The others that change the state hold the lock: so it is shared, and this one forgot. */
  private isOddOneOut(access: HeldAccess): boolean {
    const { kind } = access;
    // Who only reads is alone with that where every change is under the lock.
    if (!isWrite(kind) && this.guarded.guard && this.uses.bare.size === 0) return this.uses.changing.size > 0;
    const isKnown = this.uses.holding.size >= many;
    const isTie = isKnown || kind === AccessKind.Update || isItemUpdate(this.analysis, this.guarded, access);
    const bare = this.forgetful();
    const isMore = isTie ? this.uses.changing.size >= bare : this.uses.changing.size > bare;
    return isMore && this.uses.changing.size >= (isKnown ? 1 : 2);
  }

  /** How many functions change the state without the lock as if they knew of none: not those that take it for another
   * change, and not those that end the whole, which mostly need it no more. */
  private forgetful(): number {
    const { program } = this.analysis;
    return [...this.uses.bare].filter(
      (id) => !this.uses.changing.has(id) && !isEnding(this.analysis, program.scopes[id]!),
    ).length;
  }

  /** Whether the steps that must stay together give way to others between them. */
  private givesWay({ conflict, partner }: Collision, scope: Scope, model: ExecutionModel): boolean {
    const { program, entryLocks } = this.analysis;
    const torn = conflict === Conflict.Torn ? scope : program.scopes[partner]!;
    // The lock spans more than this function.
    if (torn !== scope && model !== 'asyncio' && entryLocks.of(torn).includes(this.guard)) return true;
    const steps = this.guarded.accesses.filter((one) => one.scope === torn.id);
    const from = Math.min(...steps.map(({ at }) => at));
    const to = Math.max(
      ...steps.map(({ at, kind }) => (kind === AccessKind.Iterate ? walkEnd(torn.code, at) : at)),
    );
    return switchesBetween(this.analysis, torn, from, to, model);
  }
}

/** The end of the loop that a walk is for. */
function walkEnd(code: Code, at: number): number {
  let loop = at;
  while (loop < code.op.length && code.op[loop] !== Op.Loop) loop++;
  return loop < code.op.length ? endOf(code, loop) : loop;
}

/** An await; for greenthreads also a call that may wait: of something that is no builtin and no container's method. What
 * leaves the function on its way does not come between. */
function switchesBetween(
  analysis: Analysis,
  scope: Scope,
  from: number,
  to: number,
  model: ExecutionModel,
  depth = 2,
): boolean {
  const { library, program, resolver } = analysis;
  const { op, a, b, c } = scope.code;
  const { names } = scope.file.source;
  for (let at = from + 1; at < to; at++) {
    if (op[at] === Op.If && endOf(scope.code, at) < to && goesHome(scope, at)) {
      at = endOf(scope.code, at);
      continue;
    }
    if (op[at] === Op.Await || (op[at] === Op.With && c[at] === 1)) return true;
    if (model === 'asyncio' || op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    const name = names[b[a[at]!]!]!;
    if (library.containerMethods.has(name) || plain.test(name)) continue;
    const targets = depth > 0 ? resolver.targets(scope.id, at) : [];
    const isQuiet =
      targets.length > 0 &&
      targets.every((target) => {
        const entered = target.kind === 'function' ? program.scopes[target.scope]! : null;
        return entered && !switchesBetween(analysis, entered, -1, entered.code.op.length, model, depth - 1);
      });
    if (!isQuiet) return true;
  }
  return false;
}
