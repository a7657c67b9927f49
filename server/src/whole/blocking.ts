// Which functions wait: for time to pass, for a thread, a job, a queue or an event, for a process or the network; by
// themselves or through what they call. By library knowledge of what waits, and by the shape of `x.join()` where the
// type is unknown. How long they wait, and for whom, is not asked.

import { argumentAt } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { CodeFlag, ConstantKind, Op } from '../syntax/code';
import { argumentCount, argumentKeyword, argumentValue } from '../syntax/code-reader';
import type { CallGraph } from './call-graph';
import { neverReached } from './constant-calls';
import type { ScopeFacts } from './scope-facts';

/** What is waited for, the worst last. */
export const enum Wait {
  /** A process or the network: done soon, or after a timeout of its own. */
  Io,
  /** Somebody's message or signal. */
  Message,
  Time,
  /** The end of a thread, a process or a job. */
  End,
}

/** How a function comes to wait. */
export interface BlockingWay {
  readonly wait: Wait;
  /** The instruction that waits or calls on. */
  readonly at: number;
  /** Scope called, -1 where it waits here. */
  readonly next: number;
  readonly depth: number;
  /** What is called at the end: `sleep()`. */
  readonly name: string;
}

/** What a call waits for by itself. */
export interface DirectWait {
  readonly wait: Wait;
  readonly name: string;
}

/** A step of a way. */
export interface BlockingStep {
  readonly scope: number;
  readonly at: number;
}

const maximumDepth = 4;
const maximumTargets = 2;
const waiting = /(^|_)(join|wait|waitall|joinall|result|shutdown|get|sleep|idle)$/;
const endings =
  /\.(join|shutdown|result|exception|waitall|joinall|as_completed)$|^concurrent\.futures\.wait$|(AsyncResult|Greenlet)\.get$|GreenThread\.wait$/;
const sleeps = /(^|\.)(sleep|idle)$/;
const messages = /(Event|Barrier|ThreadGroup)\.wait$|[Qq]ueue\.(Lifo|Priority|Simple)?Queue\.get$/;
const io =
  /^(subprocess|requests|urllib\.request)\.|^os\.(system|popen|wait|waitpid)$|^socket\.(create_connection|getaddrinfo|socket\.(connect|accept|recv\w*|sendall))$|^oslo_concurrency\.processutils\./;
const runners = /(thread|worker|proc|process|runner|pool|executor|task|job|timer|child)s?\d*$/i;

/** Functions that wait, and their ways. */
export class Blocking {
  private readonly ways = new Map<number, BlockingWay>();

  constructor(
    private readonly resolver: Resolver,
    private readonly graph: CallGraph,
    private readonly facts: ScopeFacts,
  ) {
    this.solve();
  }

  /** The worst wait of a function, by its shortest way; undefined when it does not wait. */
  of(scopeId: number): BlockingWay | undefined {
    return this.ways.get(scopeId);
  }

  /** The instructions on a way, from the function down to the one that waits. */
  path(scopeId: number, way: BlockingWay): readonly BlockingStep[] {
    const path: BlockingStep[] = [];
    let scope = scopeId;
    let current: BlockingWay | undefined = way;
    for (let step = 0; current && step <= maximumDepth; step++) {
      path.push({ scope, at: current.at });
      if (current.next < 0) break;
      scope = current.next;
      current = this.ways.get(scope);
    }
    return path;
  }

  /** What a call itself waits for; null when it does not wait. */
  direct(scope: Scope, call: number): DirectWait | null {
    return directWait(this.resolver, scope, call);
  }

  private solve(): void {
    const { program } = this.resolver;
    const queue: number[] = [];
    for (const file of program.files) {
      if (file.isTest || !file.source.names.some((name) => waiting.test(name) || runsElsewhere.has(name)))
        continue;
      for (let index = 0; index < file.source.codes.length; index++) {
        const scope = program.scopes[file.firstScope + index]!;
        for (const way of this.facts.of(directWays, scope)) this.put(queue, scope.id, way);
      }
    }
    for (let k = 0; k < queue.length; k++) {
      const scope = queue[k]!;
      const way = this.ways.get(scope)!;
      if (way.depth >= maximumDepth || !runsAtOnce(program.scopes[scope]!)) continue;
      for (const edge of this.graph.callers[scope]!) {
        if (program.scopes[edge.caller]!.file.isTest) continue;
        if (this.resolver.targets(edge.caller, edge.at).length > maximumTargets) continue;
        if (
          neverReached(this.resolver, program.scopes[edge.caller]!, edge.at, program.scopes[scope]!, way.at)
        )
          continue;
        this.put(queue, edge.caller, { ...way, at: edge.at, next: scope, depth: way.depth + 1 });
      }
    }
  }

  private put(queue: number[], scope: number, way: BlockingWay): void {
    const known = this.ways.get(scope);
    if (known && known.wait >= way.wait) return;
    this.ways.set(scope, way);
    queue.push(scope);
  }
}

/** The calls of a scope that wait, as ways of no length. */
function directWays(resolver: Resolver, scope: Scope): readonly BlockingWay[] {
  const { op } = scope.code;
  const { reached } = resolver.numberings.of(scope);
  const found: BlockingWay[] = [];
  for (let at = 0; at < op.length; at++) {
    const wait = op[at] === Op.Call && reached[at] ? directWait(resolver, scope, at) : null;
    if (wait) found.push({ ...wait, at, next: -1, depth: 0 });
  }
  return found.length === 0 ? none : found;
}

const none: readonly BlockingWay[] = [];

function directWait(resolver: Resolver, scope: Scope, call: number): DirectWait | null {
  const { code, file } = scope;
  const callee = code.a[call]!;
  const name =
    code.op[callee] === Op.Attribute
      ? file.source.names[code.b[callee]!]!
      : code.op[callee] === Op.Global || code.op[callee] === Op.Captured
        ? file.source.names[code.a[callee]!]!
        : '';
  if (name === '') return null;
  const targets = resolver.targets(scope.id, call);
  if (targets.length === 0) {
    const joins = name === 'join' && code.op[callee] === Op.Attribute && joinsRunner(scope, call);
    return joins ? { wait: Wait.End, name } : null;
  }
  for (const target of targets) {
    if (target.kind !== 'library') return null;
    if (resolver.library.find(resolver.library.yields, target.path) === undefined) continue;
    const wait = waitOf(scope, call, target.path);
    if (wait !== null) return { wait, name };
  }
  return null;
}

function waitOf(scope: Scope, call: number, path: string): Wait | null {
  // `time.sleep(0)` comes back at once; a greenthread gives way by it, to others who may need the lock.
  if (sleeps.test(path)) return path === 'time.sleep' && isZero(scope, call) ? null : Wait.Time;
  if (endings.test(path) && !/^socket\./.test(path)) return isFalse(scope, call, 0, 'wait') ? null : Wait.End;
  if (messages.test(path))
    return isFalse(scope, call, 0, 'block') || isTimed(scope, call) ? null : Wait.Message;
  return io.test(path) ? Wait.Io : null;
}

/** A wait that ends by itself. */
function isTimed(scope: Scope, call: number): boolean {
  const position = scope.file.source.names[scope.code.b[scope.code.a[call]!]!] === 'get' ? 1 : 0;
  return argumentAt(scope, call, { position, keyword: 'timeout' }) >= 0;
}

/** `worker.join()`, `t.join(timeout)`: a text joins one thing, a thread none or a time. */
function joinsRunner(scope: Scope, call: number): boolean {
  const { code } = scope;
  const { op, a, b, slots } = code;
  const { names } = scope.file.source;
  const count = argumentCount(code, call);
  if (count === 0) return true;
  if (count > 1) return false;
  const keyword = argumentKeyword(code, call, 0);
  if (keyword >= 0) return names[keyword] === 'timeout';
  const given = argumentValue(code, call, 0);
  const text =
    op[given] === Op.Local ? names[slots[a[given]!]!]! : op[given] === Op.Attribute ? names[b[given]!]! : '';
  if (/time|wait|second/i.test(text)) return true;
  const isNumber =
    op[given] === Op.Const &&
    (scope.file.source.constants[a[given]!]!.kind === ConstantKind.Integer ||
      scope.file.source.constants[a[given]!]!.kind === ConstantKind.Float);
  const object = a[a[call]!]!;
  const owner =
    op[object] === Op.Attribute
      ? names[b[object]!]!
      : op[object] === Op.Local
        ? names[slots[a[object]!]!]!
        : '';
  return isNumber && runners.test(owner);
}

/** Names of what runs a process or asks the network. */
const runsElsewhere = new Set([
  'subprocess',
  'system',
  'popen',
  'requests',
  'urlopen',
  'connect',
  'create_connection',
  'execute',
]);

/** A coroutine or generator does not run where it is called. */
function runsAtOnce({ code: { flags } }: Scope): boolean {
  return !(flags & CodeFlag.Generator) && !(flags & CodeFlag.Async);
}

function isZero(scope: Scope, call: number): boolean {
  const { op, a } = scope.code;
  const given = argumentAt(scope, call, { position: 0 });
  return (
    given >= 0 && op[given] === Op.Const && /^0*\.?0*$/.test(scope.file.source.constants[a[given]!]!.text)
  );
}

function isFalse(scope: Scope, call: number, position: number, keyword: string): boolean {
  const value = argumentAt(scope, call, { position, keyword });
  if (value < 0 || scope.code.op[value] !== Op.Const) return false;
  return scope.file.source.constants[scope.code.a[value]!]!.kind === ConstantKind.False;
}
