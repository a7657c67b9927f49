// From where on other code may run on an object that a constructor is still making: a thread of its own that it starts,
// a registry that it hands itself to, and parts of it that got it before they were started or handed to a thread. What
// that code reads, and what is not there yet, is not asked.

import { argumentBindings } from '../../flow/argument-bindings';
import { Binding, bindingOf } from '../../flow/function-facts';
import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { Op, ScopeKind } from '../../syntax/code';
import { argumentCount, argumentValue } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { extendsLibrary } from '../../whole/spawned';

/** A point of a method from which on other code may run on its receiver. */
export interface Start {
  readonly scope: Scope;
  readonly at: number;
  readonly runs: readonly number[];
  /** What runs, for the message. */
  readonly words: string;
  readonly thread: boolean;
  /** Runs only when the starting code gives way. */
  readonly green: boolean;
  /** The call hands the function over itself, and does nothing else. */
  readonly direct: boolean;
  /** A callback that waits for somebody else's event, and nothing that would bring events is started with it. */
  readonly idle: boolean;
}

/** Methods that are told whom to call. */
export const registering =
  /^(add|register|set)_?\w*(listener|callback|handler|observer|consumer)s?$|^subscribe$|^register$|^attach$/i;

const none: readonly Scope[] = [];

/** The constructor, if it hands its object to a call, or starts it. */
export function showingItself({ numberings }: Resolver, scope: Scope): readonly Scope[] {
  if (scope.name !== '__init__' || scope.owner < 0 || scope.file.isTest) return none;
  const { op, a, b } = scope.code;
  const { number } = numberings.of(scope);
  const { names } = scope.file.source;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call) continue;
    const callee = a[at]!;
    const isStart = op[callee] === Op.Attribute && names[b[callee]!] === 'start';
    if (isStart && number[a[callee]!] === op.length) return [scope];
    for (let k = 0; k < argumentCount(scope.code, at); k++)
      if (number[argumentValue(scope.code, at, k)] === op.length) return [scope];
  }
  return none;
}

/** `self.start()` of a thread class, and `x.add_listener(self)`, in a constructor. */
export function* fromConstructor(analysis: Analysis, scope: Scope): Iterable<Start> {
  const { op, a, b } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const isSelf = (value: number) => number[value] === op.length;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    const receiver = a[a[at]!]!;
    const name = scope.file.source.names[b[a[at]!]!]!;
    if (name === 'start' && isSelf(receiver) && extendsLibrary(analysis, scope.owner, 'threading.Thread')) {
      const run = analysis.resolver.classes.method(scope.owner, 'run');
      if (run >= 0)
        yield {
          scope,
          at,
          runs: [run],
          words: 'run() may run from here on',
          thread: true,
          green: false,
          direct: true,
          idle: false,
        };
    }
    if (!registering.test(name) || isSelf(receiver)) continue;
    for (let k = 0; k < argumentCount(scope.code, at); k++) {
      if (!isSelf(argumentValue(scope.code, at, k))) continue;
      const runs = callbacksOf(analysis, scope.owner);
      if (runs.length > 0)
        yield {
          scope,
          at,
          runs,
          words: 'its methods may be called from here on',
          thread: threadsNear(analysis, scope, at),
          green: false,
          direct: true,
          idle: false,
        };
      break;
    }
  }
}

/** The class itself, or that of the object it registers with, is a thread. */
export function threadsNear(analysis: Analysis, scope: Scope, call: number): boolean {
  if (extendsLibrary(analysis, scope.owner, 'threading.Thread')) return true;
  return analysis.resolver.targets(scope.id, call).some((target) => {
    const owner = target.kind === 'function' ? analysis.program.scopes[target.scope]!.owner : -1;
    return owner >= 0 && extendsLibrary(analysis, owner, 'threading.Thread');
  });
}

/** Public methods of a class itself: what a registry that has the object may call. */
function callbacksOf(analysis: Analysis, classScope: number): readonly number[] {
  return methodsOf(analysis, classScope).filter((id) => (analysis.calls.callers[id]?.length ?? 0) === 0);
}

/** The public methods of a class itself. */
export function methodsOf({ program }: Analysis, classScope: number): readonly number[] {
  return program.scopes
    .slice(classScope + 1, classScope + 400)
    .filter(
      (one) => one.owner === classScope && !one.name.startsWith('_') && one.code.kind === ScopeKind.Function,
    )
    .filter((one) => bindingOf(program, one) === Binding.Instance)
    .map((one) => one.id);
}

/** `Worker(self)`, where the part starts itself as a thread, and `engine.add_reader(self.listener)`, where the part
 * `Listener(self)` is handed to a thread: what runs in them has the object that is still being made. */
export function* fromParts(analysis: Analysis, scope: Scope): Iterable<Start> {
  const { resolver, program } = analysis;
  const { op, a } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call) continue;
    const part = partMadeAt(analysis, scope, at);
    if (part >= 0) {
      const run = startsItself(analysis, part) ? resolver.classes.method(part, 'run') : -1;
      if (run >= 0) yield startOfPart(scope, at, [run], program.scopes[part]!.name);
      continue;
    }
    if (op[a[at]!] !== Op.Attribute || !threadsNear(analysis, scope, at)) continue;
    for (let k = 0; k < argumentCount(scope.code, at); k++) {
      const given = partGiven(analysis, scope, argumentValue(scope.code, at, k));
      const runs = given >= 0 ? calledByOthers(analysis, scope, at, given) : [];
      if (runs.length > 0) yield startOfPart(scope, at, runs, program.scopes[given]!.name);
    }
  }
}

function startOfPart(scope: Scope, at: number, runs: readonly number[], name: string): Start {
  const words = `${name}, which has the object, may run from here on`;
  return { scope, at, runs, words, thread: true, green: false, direct: false, idle: false };
}

/** The class of the program whose constructor is called with the receiver, and keeps it in a field; -1 for none. */
function partMadeAt(analysis: Analysis, scope: Scope, call: number): number {
  const { program, resolver } = analysis;
  const { number } = resolver.numberings.of(scope);
  const isGiven = argumentValues(scope, call).some((value) => number[value] === scope.code.op.length);
  if (!isGiven) return -1;
  const targets = resolver.targets(scope.id, call);
  const target = targets[0];
  if (targets.length !== 1 || target?.kind !== 'class' || target.init < 0) return -1;
  const slots = argumentBindings(resolver, scope, call)
    .filter(({ value }) => number[value] === scope.code.op.length)
    .map(({ slot }) => slot);
  const made = program.scopes[target.init]!;
  const kept = resolver.numberings.of(made);
  const { op, a, c } = made.code;
  const keeps = op.some(
    (one, at) =>
      one === Op.StoreAttribute &&
      kept.number[a[at]!] === op.length &&
      slots.some((slot) => kept.number[c[at]!] === op.length + slot),
  );
  return keeps ? target.scope : -1;
}

/** The same for a value: the part itself, or the field that it was stored in before. */
function partGiven(analysis: Analysis, scope: Scope, value: number): number {
  const { op, a, b, c } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const made = number[value]!;
  if (made >= 0 && made < op.length && op[made] === Op.Call) return partMadeAt(analysis, scope, made);
  if (op[value] !== Op.Attribute || number[a[value]!] !== op.length) return -1;
  for (let at = value - 1; at >= 0; at--) {
    if (op[at] !== Op.StoreAttribute || b[at] !== b[value] || number[a[at]!] !== op.length) continue;
    const stored = number[c[at]!]!;
    return stored >= 0 && stored < op.length && op[stored] === Op.Call
      ? partMadeAt(analysis, scope, stored)
      : -1;
  }
  return -1;
}

/** A thread whose constructor starts it. */
function startsItself(analysis: Analysis, part: number): boolean {
  const { program, resolver } = analysis;
  const init = resolver.classes.method(part, '__init__');
  if (init < 0 || !extendsLibrary(analysis, part, 'threading.Thread')) return false;
  const made = program.scopes[init]!;
  const { op, a, b } = made.code;
  const { number } = resolver.numberings.of(made);
  return op.some((one, at) => {
    const callee = a[at]!;
    if (one !== Op.Call || op[callee] !== Op.Attribute || number[a[callee]!] !== op.length) return false;
    return made.file.source.names[b[callee]!] === 'start';
  });
}

/** Public methods of a part that the class it is handed to calls, or nobody in sight. */
function calledByOthers(analysis: Analysis, scope: Scope, call: number, part: number): readonly number[] {
  const { program, resolver, calls } = analysis;
  const owners = resolver
    .targets(scope.id, call)
    .flatMap((target) => (target.kind === 'function' ? [program.scopes[target.scope]!.owner] : []));
  return methodsOf(analysis, part).filter((id) =>
    (calls.callers[id] ?? []).every(({ caller }) => owners.includes(program.scopes[caller]!.owner)),
  );
}

function argumentValues({ code }: Scope, call: number): readonly number[] {
  return Array.from({ length: argumentCount(code, call) }, (_, k) => argumentValue(code, call, k));
}
