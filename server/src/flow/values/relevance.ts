// Where the interpretation starts: functions whose names show a source, in programs that have a sink at all. What they
// return, and what they pass on, decides where it goes from there. Judged by names alone, so that a file without them
// costs one look at its name table.

import type { Library } from '../../library/library';
import { SecretEvidence } from '../../library/secret-words';
import type { Program, ProgramFile, Scope } from '../../program/program';
import { type Constant, ConstantKind, Op, ScopeKind } from '../../syntax/code';
import type { Resolver } from '../resolver';
import type { EntryPoints } from './entry-points';
import { marksOf } from './marks';
import { components } from './order';

const source = 1;
const sink = 2;
const both = 3;
const nothing: readonly number[] = [];
/** Methods that decide what an object, or an exception, shows of itself. */
const showing = new Set(['__init__', '__repr__', '__str__']);

/** Where to interpret. */
export interface Relevance {
  /** Functions that may be interpreted, callees before callers. */
  readonly order: readonly number[];
  /** Scope -> 1 when its names show a source. */
  readonly hasSource: Uint8Array;
  /** Scope -> what its names show: sources, sinks. */
  readonly flags: Uint8Array;
  /** Modules and class bodies of files with a source or sink, in order. */
  readonly bodies: readonly number[];
  /** Scope -> functions that it calls or defines. */
  readonly callees: readonly (readonly number[])[];
}

/** Finds where to interpret. */
export function relevant(resolver: Resolver, library: Library, entryPoints: EntryPoints): Relevance {
  const { scopes } = resolver.program;
  const used = usedScopes(resolver.program);
  const callees = scopes.map((scope) => (used[scope.id] ? calleesOf(resolver, scope) : nothing));
  return settled(resolver.program, nameFlags(resolver, library, entryPoints, used), callees, null);
}

/** The same after bodies changed. */
export function relevantAfter(
  resolver: Resolver,
  library: Library,
  entryPoints: EntryPoints,
  before: Relevance,
  changed: readonly Scope[],
): Relevance {
  const { program } = resolver;
  const used = usedScopes(program);
  const flags = before.flags.slice();
  const callees = [...before.callees];
  let sameCallees = true;
  for (const scope of changed) {
    if (!used[scope.id]) continue;
    flags[scope.id] = scopeFlag(library, entryPoints, scope);
    const list = calleesOf(resolver, scope);
    if (list.join() === callees[scope.id]!.join()) continue;
    callees[scope.id] = list;
    sameCallees = false;
  }
  return settled(program, flags, callees, sameCallees ? before.order : null);
}

/** `order`: when it is known from before. */
function settled(
  program: Program,
  flags: Uint8Array,
  callees: Relevance['callees'],
  order: readonly number[] | null,
): Relevance {
  const { scopes } = program;
  const used = usedScopes(program);
  const isBody = ({ code }: Scope) => code.kind === ScopeKind.Module || code.kind === ScopeKind.Class;
  const hasSink = scopes.some((scope) => used[scope.id] && (flags[scope.id]! & sink) !== 0);
  const filesUsed = new Set<number>();
  for (const scope of scopes) if (used[scope.id] && flags[scope.id] !== 0) filesUsed.add(scope.file.index);
  const ids = scopes.map((scope) => scope.id);
  const inOrder = () =>
    components(ids, (node) => callees[node]!)
      .flat()
      .filter((node) => used[node] && !isBody(scopes[node]!));
  return {
    callees,
    flags,
    hasSource: flags.map((flag) => flag & source),
    order: hasSink ? (order?.length ? order : inOrder()) : [],
    bodies: hasSink
      ? ids.filter((node) => filesUsed.has(scopes[node]!.file.index) && isBody(scopes[node]!))
      : [],
  };
}

/** 1 for scopes that are looked at: tests log what they like, but a program of nothing but tests is looked at all the
 * same. */
function usedScopes({ files, scopes }: Program): Uint8Array {
  const testsToo = files.every((file) => file.isTest);
  return Uint8Array.from(scopes, ({ file }) => Number(testsToo || !file.isTest));
}

/** Functions that a scope calls or defines. */
function calleesOf(resolver: Resolver, scope: Scope): readonly number[] {
  const { op, a } = scope.code;
  const found = new Set<number>();
  const isFunction = scope.code.kind === ScopeKind.Function || scope.code.kind === ScopeKind.Lambda;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Function && isFunction) found.add(scope.file.firstScope + a[at]!);
    if (op[at] !== Op.Call) continue;
    for (const target of resolver.targets(scope.id, at)) {
      if (target.kind === 'function') found.add(target.scope);
      else if (target.kind === 'class' && target.init >= 0) found.add(target.init);
    }
  }
  return [...found].sort((x, y) => x - y);
}

function nameFlags(
  resolver: Resolver,
  library: Library,
  entryPoints: EntryPoints,
  used: Uint8Array,
): Uint8Array {
  const sources = library.sourceLastNames();
  const sinks = new Set([...library.sinkLastNames(), ...library.loggerMethods]);
  const flags = new Uint8Array(resolver.program.scopes.length);
  for (const file of resolver.program.files) {
    if (!used[file.firstScope]) continue;
    const names = Uint8Array.from(file.source.names, (name) => nameFlag(name, library, sources, sinks));
    const constants = constantFlags(file, library);
    file.source.codes.forEach((_, index) => {
      const scope = resolver.program.scopes[file.firstScope + index]!;
      flags[scope.id] = codeFlags(scope, names, constants) | entryFlag(entryPoints, scope);
    });
  }
  return flags;
}

/** What the names of one scope show. */
function scopeFlag(library: Library, entryPoints: EntryPoints, scope: Scope): number {
  const sources = library.sourceLastNames();
  const sinks = new Set([...library.sinkLastNames(), ...library.loggerMethods]);
  const { source: file } = scope.file;
  const { op, a, b, slots } = scope.code;
  const names = new Uint8Array(file.names.length);
  const constants = new Uint8Array(file.constants.length);
  const judge = (name: number) => {
    names[name] = nameFlag(file.names[name]!, library, sources, sinks);
  };
  slots.forEach(judge);
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Attribute || op[at] === Op.StoreAttribute) judge(b[at]!);
    else if (op[at] === Op.Global || op[at] === Op.Captured) judge(a[at]!);
    else if (op[at] === Op.Const) constants[a[at]!] = constantFlag(file.constants[a[at]!]!, library);
  }
  return codeFlags(scope, names, constants) | entryFlag(entryPoints, scope);
}

function nameFlag(
  name: string,
  library: Library,
  sources: ReadonlySet<string>,
  sinks: ReadonlySet<string>,
): number {
  const secret = sources.has(name) || library.secretWords.judge(name) !== SecretEvidence.None;
  return (secret ? source : 0) | (sinks.has(name) ? sink : 0);
}

/** Text constants that name a secret: keys, and messages with a placeholder. */
function constantFlags(file: ProgramFile, library: Library): Uint8Array {
  return Uint8Array.from(file.source.constants, (constant) => constantFlag(constant, library));
}

function constantFlag({ kind, text }: Constant, { secretWords }: Library): number {
  if (kind !== ConstantKind.String || text.length > 300) return 0;
  if (text.length <= 40 && secretWords.judge(text) !== SecretEvidence.None) return source;
  if (!/[%{]/.test(text)) return 0;
  for (const found of text.matchAll(/([A-Za-z][\w-]*)['"]?\s*(?:[:=]|is)/g)) {
    if (secretWords.judge(found[1]!) !== SecretEvidence.None) return source;
  }
  return 0;
}

function codeFlags(scope: Scope, names: Uint8Array, constants: Uint8Array): number {
  const { op, a, b, slots } = scope.code;
  let flags = 0;
  for (const name of slots) flags |= names[name]! & source;
  for (let at = 0; at < op.length && flags !== both; at++) {
    switch (op[at] as Op) {
      case Op.Attribute:
      case Op.StoreAttribute:
        flags |= names[b[at]!]!;
        break;
      case Op.Global:
      case Op.Captured:
        flags |= names[a[at]!]!;
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
  if (marksOf(scope) !== null) flags |= source;
  // What is raised, and what an object shows of itself, needs no name of a sink.
  const shows = op.includes(Op.Raise) || showing.has(scope.name);
  return flags === source && shows ? both : flags;
}

/** A framework that calls a function with outside data may do something with its result, too. */
function entryFlag(entryPoints: EntryPoints, scope: Scope): number {
  const points = entryPoints.of(scope);
  if (points.length === 0) return 0;
  return points.some(({ entry }) => entry.result !== undefined) ? both : source;
}
