// From where on a started thread can be only when others have acted on its object: behind a wait for what they bring, and
// inside a walk over what only they fill, or behind a sleep. They have the object when the constructor that starts the thread is through.
// What comes over a network or from a process is nobody's here.

import { isWrite } from '../../flow/accesses';
import { Binding, bindingOf, lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentValue, elements, entries, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Reached } from '../../whole/spawned';
import { calleeName, enclosing, endOf } from './lock-words';

const waiting = /^(get|get_message|wait|wait_for|popleft|acquire)$/;
const signals = /event|cond|stop|ready|signal|wake|shutdown|exit|quit|done|clos|flag|lock|finish|start/i;
const views = /^(items|values|keys|copy)$/;
const walkers = /^(list|tuple|set|sorted|enumerate|reversed|iter)$/;
const putting = /^(append|appendleft|add|extend|insert|update|setdefault|put)$/;
const empties =
  /^(dict|list|set|deque|defaultdict|OrderedDict|WeakSet|WeakValueDictionary|WeakKeyDictionary)$/;

/** The functions that run in one thread, and where in them its object must be in use by others. */
export class Served {
  private readonly waits = new Map<number, number>();
  private readonly parts = new Map<number, readonly (readonly [number, number])[]>();
  private readonly brought = new Map<string, boolean>();
  private readonly isMaking: boolean;
  private readonly entering = new Set<number>();

  constructor(
    private readonly analysis: Analysis,
    private readonly owner: number,
    private readonly starter: Scope,
    private readonly reached: readonly Reached[],
  ) {
    this.isMaking = starter.name === '__init__' || analysis.construction[starter.id] === 1;
  }

  /** Whether an instruction of one of the reached functions runs only when others had the object. */
  isLate(index: number, at: number): boolean {
    let place = at;
    for (let k = index; k >= 0; k = this.reached[k]!.from) {
      const { scope, at: call } = this.reached[k]!;
      if (this.isBehind(scope, place)) return true;
      place = call;
    }
    return false;
  }

  private isBehind(scope: Scope, at: number): boolean {
    return at > this.waitOf(scope) || this.partsOf(scope).some(([from, to]) => at > from && at < to);
  }

  /** The first instruction that waits for others; the length of the code for none. */
  private waitOf(scope: Scope): number {
    const known = this.waits.get(scope.id);
    if (known !== undefined) return known;
    const { op } = scope.code;
    let found = 0;
    while (found < op.length && !(op[found] === Op.Call && this.isWait(scope, found))) found++;
    this.waits.set(scope.id, found);
    return found;
  }

  private isWait(scope: Scope, call: number): boolean {
    const { op, a } = scope.code;
    const callee = a[call]!;
    // Who began by starting this thread is long through after a sleep.
    if (calleeName(scope, call) === 'sleep' && !isZero(scope, positional(scope.code, call, 0))) return true;
    if (op[callee] === Op.Attribute && waiting.test(calleeName(scope, call))) {
      const object = a[callee]!;
      const { number } = this.analysis.resolver.numberings.of(scope);
      if (number[object] === op.length) return true;
      const field = this.fieldOf(scope, object);
      // A process or a thread that is waited for may be gone already.
      if (field !== '' && (!/^wait/.test(calleeName(scope, call)) || signals.test(field))) return true;
    }
    return this.readsPipe(scope, call) || this.waitsOnArgument(scope, call) || this.waitsInside(scope, call);
  }

  /** `self._work()`, which waits, or ends where others have said that it should. */
  private waitsInside(scope: Scope, call: number): boolean {
    const { resolver, lockTaking } = this.analysis;
    const targets = resolver.targets(scope.id, call);
    const [only] = targets;
    if (targets.length !== 1 || only?.kind !== 'function' || !lockTaking.onReceiver(scope, call))
      return false;
    const step = this.reached.find(
      (one) => one.scope.id === only.scope && one.at === call && this.reached[one.from]?.scope === scope,
    );
    if (!step || this.entering.has(only.scope)) return false;
    this.entering.add(only.scope);
    const found = this.isServing(step.scope);
    this.entering.delete(only.scope);
    return found;
  }

  /** Its first statement of weight is a loop, or none is, and it waits there. */
  private isServing(scope: Scope): boolean {
    const { op } = scope.code;
    const wait = this.waitOf(scope);
    if (wait >= op.length) return false;
    return enclosing(scope.code, wait).every((part) => op[part] === Op.Loop || op[part] === Op.Try);
  }

  /** `self._next(self._queue)`, where the helper gets from what it is given. */
  private waitsOnArgument(scope: Scope, call: number): boolean {
    const { program, resolver } = this.analysis;
    return resolver.targets(scope.id, call).some((target) => {
      if (target.kind !== 'function') return false;
      const helper = program.scopes[target.scope]!;
      const { op, a } = helper.code;
      const { number } = resolver.numberings.of(helper);
      const bound = helper.owner >= 0 && bindingOf(program, helper) !== Binding.Static ? 1 : 0;
      return op.some((one, at) => {
        if (one !== Op.Call || op[a[at]!] !== Op.Attribute) return false;
        if (!/^(get|acquire)$/.test(calleeName(helper, at))) return false;
        const parameter = number[a[a[at]!]!]! - op.length - bound;
        if (parameter < 0 || parameter >= argumentCount(scope.code, call)) return false;
        const given = positional(scope.code, call, parameter);
        return given >= 0 && this.fieldOf(scope, given) !== '';
      });
    });
  }

  /** Reads from a pipe of the object itself, of whose other end the starter makes no use. */
  private readsPipe(scope: Scope, call: number): boolean {
    if (!this.isMaking) return false;
    const { op, a } = scope.code;
    const callee = a[call]!;
    const used = op[callee] === Op.Attribute ? [a[callee]!] : [];
    for (let k = 0; k < argumentCount(scope.code, call); k++) used.push(argumentValue(scope.code, call, k));
    return used.some((value) => {
      const field = this.fieldOf(scope, value);
      return field !== '' && this.isOwnPipe(field);
    });
  }

  private isOwnPipe(field: string): boolean {
    const { program, resolver } = this.analysis;
    return resolver.classes.storesOf(this.owner, field).some(({ scope: id, value }) => {
      const { code, file } = program.scopes[id]!;
      const { op, a, b, c } = code;
      if (id !== this.starter.id || value < 0 || op[value] !== Op.Unpack || op[a[value]!] !== Op.Call)
        return false;
      if (!/^(pipe|pipe2|Pipe|socketpair)$/.test(lastName(program.scopes[id]!, a[a[value]!]!))) return false;
      const ends = [...op.keys()].filter(
        (at) =>
          op[at] === Op.StoreAttribute && op[c[at]!] === Op.Unpack && a[c[at]!] === a[value] && b[at] >= 0,
      );
      const names = new Set(ends.map((at) => file.source.names[b[at]!]!));
      return !op.some((one, at) => one === Op.Attribute && names.has(file.source.names[b[at]!]!));
    });
  }

  /** The brackets in which a function works on what only others can have put there. */
  private partsOf(scope: Scope): readonly (readonly [number, number])[] {
    const known = this.parts.get(scope.id);
    if (known) return known;
    this.parts.set(scope.id, []);
    const { op, a } = scope.code;
    const found: (readonly [number, number])[] = [];
    for (let at = 0; this.isMaking && at < op.length; at++) {
      const isPart = op[at] === Op.Loop || op[at] === Op.If;
      if (!isPart || a[at]! < 0 || !this.isBrought(scope, a[at]!)) continue;
      const end = endOf(scope.code, at);
      let other = at + 1;
      while (other < end && !(op[other] === Op.Else && endOf(scope.code, other) === end)) other++;
      found.push([at, op[at] === Op.If ? other : end]);
    }
    this.parts.set(scope.id, found);
    return found;
  }

  /** Whether a value is empty until others have brought something. */
  private isBrought(scope: Scope, value: number): boolean {
    const { op, a } = scope.code;
    const { number } = this.analysis.resolver.numberings.of(scope);
    const one = number[value]!;
    if (one < 0 || one >= op.length) return false;
    const field = this.fieldOf(scope, one);
    if (field !== '') return this.isFilledByOthers(field);
    if (op[one] !== Op.Call) return false;
    if (op[a[one]!] === Op.Attribute && views.test(calleeName(scope, one)))
      return this.isBrought(scope, a[a[one]!]!);
    if (op[a[one]!] === Op.Global && walkers.test(calleeName(scope, one))) {
      const inner = positional(scope.code, one, 0);
      return inner >= 0 && this.isBrought(scope, inner);
    }
    const targets = this.analysis.resolver.targets(scope.id, one);
    return (
      targets.length > 0 &&
      targets.every(
        (target) => target.kind === 'function' && this.gathers(this.analysis.program.scopes[target.scope]!),
      )
    );
  }

  /** All that a function gathers, it finds in what others have brought. */
  private gathers(scope: Scope): boolean {
    if (!this.reached.some((one) => one.scope === scope)) return false;
    const { op } = scope.code;
    const puts = [...op.keys()].filter(
      (at) =>
        op[at] === Op.StoreItem ||
        op[at] === Op.Collect ||
        (op[at] === Op.Call && putting.test(calleeName(scope, at))),
    );
    return puts.length > 0 && puts.every((at) => this.isBehind(scope, at));
  }

  /** A container that the constructor makes empty, and that neither it nor the thread fills. */
  private isFilledByOthers(field: string): boolean {
    const known = this.brought.get(field);
    if (known !== undefined) return known;
    const { program, resolver, accesses, construction } = this.analysis;
    const owner = resolver.classes.ownerOf(this.owner, field);
    const stores = resolver.classes.storesOf(owner, field);
    const isMade =
      stores.length > 0 && stores.every(({ scope, value }) => isEmpty(program.scopes[scope]!, value));
    const place = isMade ? accesses.places.of(program, owner, field) : -1;
    const touching = accesses.mentioning(isMade ? [field] : []);
    const fillers = isMade
      ? program.scopes.filter((scope) => {
          if (scope.file.isTest) return false;
          return touching(scope).some(
            (one) => one.place === place && isWrite(one.kind) && !one.shrinks && !isStore(scope, one.at),
          );
        })
      : [];
    const found =
      fillers.length > 0 &&
      fillers.every(
        (scope) =>
          scope !== this.starter &&
          !construction[scope.id] &&
          !this.reached.some((one) => one.scope === scope),
      );
    this.brought.set(field, found);
    return found;
  }

  /** The name of the receiver's field that a value is, '' for others. */
  private fieldOf(scope: Scope, value: number): string {
    const { op, a, b } = scope.code;
    const { number } = this.analysis.resolver.numberings.of(scope);
    const one = number[value]!;
    if (one < 0 || one >= op.length || op[one] !== Op.Attribute || number[a[one]!] !== op.length) return '';
    return scope.file.source.names[b[one]!]!;
  }
}

/** `sleep(0)` gives way to others and comes back at once. */
function isZero({ code: { op, a }, file }: Scope, value: number): boolean {
  return value < 0 || (op[value] === Op.Const && /^0?\.?0*$/.test(file.source.constants[a[value]!]!.text));
}

function isStore({ code: { op } }: Scope, at: number): boolean {
  return op[at] === Op.StoreAttribute || op[at] === Op.DeleteAttribute;
}

function isEmpty(scope: Scope, value: number): boolean {
  const { code } = scope;
  if (value < 0) return false;
  if (code.op[value] === Op.Dict) return entries(code, value).length === 0;
  if (code.op[value] === Op.List) return elements(code, value).length === 0;
  if (code.op[value] !== Op.Call || !empties.test(lastName(scope, code.a[value]!))) return false;
  return argumentCount(code, value) === 0 || lastName(scope, code.a[value]!) === 'defaultdict';
}
