// Where the interpretation starts: functions that bring a label in by themselves, in programs that have a sink at all.
// What they return, and what they pass on, decides where it goes from there. Names are judged first, so that a file
// without any costs one look at its name table.

import type { Program, ProgramFile, Scope } from '../../program/program';
import { type Code, type Constant, Op, ScopeKind, type SourceFile } from '../../syntax/code';
import { isProperty } from '../function-facts';
import type { Context } from './context';
import { propertiesOf } from './implicit-calls';
import { LabelKind } from './labels';
import { mayLog } from './log-names';
import { marksOf, mayMark } from './marks';
import { components } from './order';
import { Origin, Origins } from './origins';

/** Names show that it may bring a label in. */
const source = 1;
const sink = 2;
/** It does bring one in. */
const brings = 4;
const all = 7;
const nothing: readonly number[] = [];
/** Methods that decide what an object, or an exception, shows of itself. */
const showing = new Set(['__init__', '__repr__', '__str__']);

/** Whom a scope that was not interpreted yet is interpreted for. */
export const enum Answers {
  Never,
  Always,
  /** Those that bring labels in by themselves: a name there may be of what comes back. */
  ToNames,
}

/** Where to interpret. */
export interface Relevance {
  /** Functions that may be interpreted, callees before callers. */
  readonly order: readonly number[];
  /** Scope -> 1 when it is interpreted whoever asks. */
  readonly brings: Uint8Array;
  /** Scope -> whether it is interpreted when another one asks for it. */
  readonly answers: Uint8Array;
  /** Scope -> what it shows: sources, sinks, labels brought in. */
  readonly flags: Uint8Array;
  /** Modules and class bodies that are interpreted before any function, in order. */
  readonly bodies: readonly number[];
  /** Scope -> functions that it calls or defines, and properties that bring a label in and that it reads. */
  readonly callees: readonly (readonly number[])[];
  /** Names of these properties. */
  readonly properties: ReadonlySet<string>;
  /** Reads what changed bodies show. */
  readonly reader: FlagReader;
}

/** Finds where to interpret. `flags`: what all scopes show, where that is known. */
export function relevant(
  context: Context,
  reader = new FlagReader(context),
  flags: Uint8Array | null = null,
): Relevance {
  const { resolver, demand } = context;
  const { scopes } = resolver.program;
  const used = demand.isEmpty ? new Uint8Array(scopes.length) : usedScopes(resolver.program);
  const shown = flags ?? flagsOf(context, reader, 0, scopes.length);
  const properties = bringingProperties(context, shown);
  const callees = scopes.map((scope) => (used[scope.id] ? calleesOf(context, scope, properties) : nothing));
  return settled(context, reader, shown, callees, properties, null);
}

/** The same after bodies changed. */
export function relevantAfter(context: Context, before: Relevance, changed: readonly Scope[]): Relevance {
  const { resolver } = context;
  const { program } = resolver;
  const used = usedScopes(program);
  const flags = before.flags.slice();
  const { reader } = before;
  const callees = [...before.callees];
  let sameCallees = true;
  let sameFlags = true;
  for (const scope of changed) {
    if (!used[scope.id]) continue;
    flags[scope.id] = reader.ofOne(scope);
    if (flags[scope.id] !== before.flags[scope.id]) sameFlags = false;
  }
  const properties = sameFlags ? before.properties : bringingProperties(context, flags);
  if ([...properties].join() !== [...before.properties].join()) return relevant(context, reader, flags);
  for (const scope of changed) {
    if (!used[scope.id]) continue;
    const list = calleesOf(context, scope, properties);
    if (list.join() === callees[scope.id]!.join()) continue;
    callees[scope.id] = list;
    sameCallees = false;
  }
  if (sameFlags && sameCallees) return before;
  return settled(context, reader, flags, callees, properties, sameCallees ? before.order : null);
}

/** `order`: when it is known from before. */
function settled(
  { resolver: { program }, demand }: Context,
  reader: FlagReader,
  flags: Uint8Array,
  callees: Relevance['callees'],
  properties: ReadonlySet<string>,
  order: readonly number[] | null,
): Relevance {
  const { scopes } = program;
  const used = usedScopes(program);
  const isBody = ({ code }: Scope) => code.kind === ScopeKind.Module || code.kind === ScopeKind.Class;
  const hasSink = scopes.some((scope) => used[scope.id] && (flags[scope.id]! & sink) !== 0);
  const filesUsed = new Set<number>();
  for (const scope of scopes) if (used[scope.id] && flags[scope.id] !== 0) filesUsed.add(scope.file.index);
  // What a function without a label of its own returns keeps names from being taken for more than they are.
  const rarely = demand.isBounded ? Answers.ToNames : Answers.Always;
  const answers = Uint8Array.from(scopes, (scope) => {
    if (!hasSink) return Answers.Never;
    if (isBody(scope)) return filesUsed.has(scope.file.index) ? Answers.Always : Answers.Never;
    const flag = used[scope.id] ? flags[scope.id]! : 0;
    return (flag & brings) !== 0 ? Answers.Always : (flag & source) !== 0 ? rarely : Answers.Never;
  });
  const ids = scopes.map((scope) => scope.id);
  const inOrder = () =>
    components(ids, (node) => callees[node]!)
      .flat()
      .filter((node) => used[node] && !isBody(scopes[node]!));
  return {
    callees,
    properties,
    flags,
    reader,
    brings: flags.map((flag) => Number((flag & brings) !== 0)),
    answers,
    order: hasSink ? (order?.length ? order : inOrder()) : [],
    bodies: ids.filter((node) => answers[node] && isBody(scopes[node]!) && isEager(scopes[node]!, flags)),
  };
}

/** Scope -> 1 when it is looked at. */
export function usedScopes(program: Program): Uint8Array {
  const used = new Uint8Array(program.scopes.length);
  for (const { firstScope, source } of usedFiles(program))
    used.fill(1, firstScope, firstScope + source.codes.length);
  return used;
}

/** Files that are looked at: tests log what they like, but a program of nothing but tests is looked at all the same. */
function usedFiles({ files }: Program): readonly ProgramFile[] {
  const own = files.filter((file) => !file.isTest);
  return own.length > 0 ? own : files;
}

/** Names of properties that bring a label in, in the order of the program. */
function bringingProperties(
  { resolver: { program }, propertyNames }: Context,
  flags: Uint8Array,
): Set<string> {
  const found = new Set<string>();
  for (const scope of program.scopes) {
    if ((flags[scope.id]! & brings) === 0 || !propertyNames.has(scope.name)) continue;
    if (isProperty(program, scope)) found.add(scope.name);
  }
  return found;
}

/** Functions that a scope calls or defines, and properties of these names that it reads. */
function calleesOf(context: Context, scope: Scope, properties: ReadonlySet<string>): readonly number[] {
  const { resolver } = context;
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  let found: Set<number> | null = null;
  const add = (callee: number) => {
    if (callee < 0) return;
    found ??= new Set();
    found.add(callee);
  };
  const isFunction = scope.code.kind === ScopeKind.Function || scope.code.kind === ScopeKind.Lambda;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Function && isFunction) add(scope.file.firstScope + a[at]!);
    if (op[at] === Op.Attribute && properties.has(names[b[at]!]!))
      for (const read of propertiesOf(context, scope.id, a[at]!, names[b[at]!]!)) add(read);
    if (op[at] !== Op.Call) continue;
    const targets = resolver.targets(scope.id, at);
    for (let k = 0; k < targets.length; k++) {
      const target = targets[k]!;
      if (target.kind === 'function') add(target.scope);
      else if (target.kind === 'class') add(target.init);
    }
  }
  // Told so because it is set in a function of its own.
  const all = found as Set<number> | null;
  return all === null ? nothing : [...all].sort((x, y) => x - y);
}

/** A body that brings a label in, or keeps things in objects that are not its own. */
function isEager({ id, code }: Scope, flags: Uint8Array): boolean {
  return (flags[id]! & brings) !== 0 || code.op.includes(Op.StoreAttribute);
}

/** What the scopes of a range show. */
export function flagsOf(
  { resolver: { program }, demand }: Context,
  reader: FlagReader,
  from: number,
  to: number,
): Uint8Array {
  const flags = new Uint8Array(to - from);
  if (demand.isEmpty) return flags;
  for (const file of usedFiles(program)) {
    const first = Math.max(from, file.firstScope);
    const end = Math.min(to, file.firstScope + file.source.codes.length);
    if (first >= end) continue;
    const names = reader.ofNames(file.source.names);
    const constants = reader.ofConstants(file.source.constants);
    for (let id = first; id < end; id++) flags[id - from] = reader.of(program.scopes[id]!, names, constants);
  }
  return flags;
}

/** Reads what scopes show. */
export class FlagReader {
  private readonly origins: Origins;
  private readonly sinks: ReadonlySet<unknown>;
  /** Whether anybody asks what is written to logs. */
  private readonly logs: boolean;
  /** What names showed that were judged before: files have most of theirs in common. */
  private readonly known = new Map<string, number>();
  /** The file that was looked at last, and whether comments in it may say something of values. */
  private file: SourceFile | null = null;
  private isMarked = false;

  constructor(private readonly context: Context) {
    const { resolver, library, demand } = context;
    this.origins = new Origins(resolver, library, demand);
    this.logs = demand.asksAt('log') || demand.asksAt('log-format');
    this.sinks = new Set([
      ...library.sinkLastNames((kind) => demand.asksAt(kind)),
      // Any name may say that something weak serves as a secret.
      ...(demand.asks(LabelKind.Weak) ? library.weaknesses.words : nothing),
      ...(this.logs ? library.loggerMethods : nothing),
    ]);
  }

  /** What the names of a file show. */
  ofNames(names: readonly string[]): Uint8Array {
    const found = new Uint8Array(names.length);
    for (let k = 0; k < found.length; k++) {
      const name = names[k]!;
      let flags = this.known.get(name);
      if (flags === undefined) {
        flags = this.ofName(name);
        this.known.set(name, flags);
      }
      found[k] = flags;
    }
    return found;
  }

  /** What the constants of a file show. */
  ofConstants(constants: readonly Constant[]): Uint8Array {
    const found = new Uint8Array(constants.length);
    for (let k = 0; k < found.length; k++) found[k] = this.ofConstant(constants[k]!);
    return found;
  }

  ofName(name: string): number {
    return (
      flagOf(this.origins.ofName(name)) | (this.sinks.has(name) || (this.logs && mayLog(name)) ? sink : 0)
    );
  }

  ofConstant(constant: Constant): number {
    return flagOf(this.origins.ofConstant(constant));
  }

  /** What one scope shows, its names and texts judged for it alone. */
  ofOne(scope: Scope): number {
    const { source: file } = scope.file;
    const { op, a, b, slots } = scope.code;
    const names = new Uint8Array(file.names.length);
    const constants = new Uint8Array(file.constants.length);
    const judge = (name: number) => {
      names[name] = this.ofName(file.names[name]!);
    };
    slots.forEach(judge);
    for (let at = 0; at < op.length; at++) {
      const name = nameAt(scope.code, at);
      if (name >= 0) judge(name);
      else if (op[at] === Op.Const) constants[a[at]!] = this.ofConstant(file.constants[a[at]!]!);
      else if (op[at] === Op.Import && b[at]! >= 0) judge(b[at]!);
    }
    return this.of(scope, names, constants);
  }

  /** What a scope shows. `names`, `constants`: what those of the file show. */
  of(scope: Scope, names: Uint8Array, constants: Uint8Array): number {
    const { code } = scope;
    const { op, a, b, slots } = code;
    let flags = 0;
    for (const name of slots) flags |= names[name]! & ~sink;
    for (let at = 0; at < op.length && flags !== all; at++) {
      switch (op[at] as Op) {
        case Op.Attribute:
        case Op.Global:
        case Op.Captured: {
          const flag = names[nameAt(code, at)]!;
          flags |= flag;
          const isOpen = (flag & source) !== 0 && (flags & brings) === 0;
          if (isOpen && op[at] !== Op.Captured && this.origins.isSource(scope, at)) flags |= brings;
          break;
        }
        case Op.StoreAttribute:
          flags |= names[b[at]!]!;
          break;
        case Op.StoreGlobal:
          flags |= names[a[at]!]! & sink;
          break;
        case Op.Const:
          flags |= constants[a[at]!]!;
          break;
        case Op.StoreItem:
          flags |= sink;
          break;
        case Op.Import:
          if (b[at]! >= 0) flags |= names[b[at]!]! & sink;
          break;
        default:
      }
    }
    if (this.mayMark(scope.file.source) && marksOf(scope) !== null) flags |= source | brings;
    // What is raised, and what an object shows of itself, needs no name of a sink.
    if ((flags & source) !== 0 && (showing.has(scope.name) || op.includes(Op.Raise))) flags |= sink;
    return flags | this.ofEntry(scope);
  }

  private mayMark(file: SourceFile): boolean {
    if (this.file !== file) {
      this.file = file;
      this.isMarked = mayMark(file);
    }
    return this.isMarked;
  }

  /** A framework that calls a function with outside data may do something with its result, too. */
  ofEntry(scope: Scope): number {
    const points = this.context.entryPoints.of(scope);
    const { demand } = this.context;
    if (!points.some(({ entry }) => demand.asksOutside(entry.trust))) return 0;
    const hasResult = points.some(({ entry }) => entry.result !== undefined);
    return source | brings | (hasResult ? sink : 0);
  }
}

function flagOf(origin: Origin): number {
  if (origin === Origin.None) return 0;
  return origin === Origin.Sure ? source | brings : source;
}

/** The name that an attribute or variable goes by; -1 for any other instruction. */
function nameAt({ op, a, b }: Code, at: number): number {
  switch (op[at] as Op) {
    case Op.Attribute:
    case Op.StoreAttribute:
      return b[at]!;
    case Op.Global:
    case Op.Captured:
      return a[at]!;
    default:
      return -1;
  }
}
