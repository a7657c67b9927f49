// Where the interpretation runs: on functions from which, over the call graph, both a source and a sink can be reached,
// and on what those call. Judged by names alone, so that a file without them costs one look at its name table.

import type { Library } from '../../library/library';
import { SecretEvidence } from '../../library/secret-words';
import type { ProgramFile, Scope } from '../../program/program';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import { functionExtra } from '../../syntax/code-reader';
import { dottedName } from '../function-facts';
import type { Resolver } from '../resolver';
import { components } from './order';

const source = 1;
const sink = 2;
const both = 3;

/** The functions to interpret. */
export interface Relevance {
  /** Functions in the order of interpretation: components, callees first. */
  readonly order: readonly (readonly number[])[];
  /** Modules and class bodies of the files that hold them, in order. */
  readonly bodies: readonly number[];
  /** Scope -> functions that it calls or defines. */
  readonly callees: readonly (readonly number[])[];
}

/** Finds the functions to interpret. */
export function relevant(resolver: Resolver, library: Library): Relevance {
  const { program } = resolver;
  const flags = nameFlags(resolver, library);
  const callees = program.scopes.map((scope) => calleesOf(resolver, scope));
  const all = components(
    program.scopes.map((scope) => scope.id),
    (node) => callees[node]!,
  );
  const below = flags.slice();
  for (const component of all) {
    let bits = 0;
    for (const node of component) {
      bits |= flags[node]!;
      for (const callee of callees[node]!) bits |= below[callee]!;
    }
    for (const node of component) below[node] = bits;
  }
  const wanted = new Uint8Array(program.scopes.length);
  const queue: number[] = [];
  const want = (node: number) => {
    if (wanted[node]) return;
    wanted[node] = 1;
    queue.push(node);
  };
  for (const scope of program.scopes) if (below[scope.id] === both) want(scope.id);
  for (const node of throughFields(program.scopes, flags, below)) want(node);
  for (let k = 0; k < queue.length; k++) for (const callee of callees[queue[k]!]!) want(callee);
  const isBody = (node: number) => {
    const { kind } = program.scopes[node]!.code;
    return kind === ScopeKind.Module || kind === ScopeKind.Class;
  };
  const files = new Set(queue.map((node) => program.scopes[node]!.file.index));
  return {
    callees,
    order: all
      .map((component) => component.filter((node) => wanted[node] === 1 && !isBody(node)))
      .filter((component) => component.length > 0),
    bodies: program.scopes
      .filter((scope) => files.has(scope.file.index) && isBody(scope.id))
      .map(({ id }) => id),
  };
}

/** Methods that keep a source in a field, where another method of the class leads to a sink; and those methods. */
function throughFields(scopes: readonly Scope[], flags: Uint8Array, below: Uint8Array): readonly number[] {
  const writers = new Map<number, number[]>();
  for (const { id, owner, code } of scopes) {
    if (owner < 0 || (flags[id]! & source) === 0 || !code.op.includes(Op.StoreAttribute)) continue;
    const list = writers.get(owner);
    if (list) list.push(id);
    else writers.set(owner, [id]);
  }
  const found: number[] = [];
  const led = new Set<number>();
  for (const { id, owner } of scopes) {
    if (owner < 0 || (below[id]! & sink) === 0 || !writers.has(owner)) continue;
    found.push(id);
    led.add(owner);
  }
  for (const owner of led) found.push(...writers.get(owner)!);
  return found;
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

function nameFlags(resolver: Resolver, library: Library): Uint8Array {
  const sources = new Set([...library.sources.lastSegments(), ...library.secretSources.lastSegments()]);
  const sinks = new Set([...library.sinks.lastSegments(), ...library.loggerMethods]);
  const entries = library.entries.lastSegments();
  const flags = new Uint8Array(resolver.program.scopes.length);
  for (const file of resolver.program.files) {
    const names = Uint8Array.from(file.source.names, (name) => {
      const secret = sources.has(name) || library.secretWords.judge(name) !== SecretEvidence.None;
      return (secret ? source : 0) | (sinks.has(name) ? sink : 0);
    });
    const constants = constantFlags(file, library);
    file.source.codes.forEach((_, index) => {
      const scope = resolver.program.scopes[file.firstScope + index]!;
      flags[scope.id] = codeFlags(scope, names, constants) | (isEntry(resolver, scope, entries) ? source : 0);
    });
  }
  return flags;
}

/** Text constants that name a secret: keys, and messages with a placeholder. */
function constantFlags(file: ProgramFile, library: Library): Uint8Array {
  const { secretWords } = library;
  return Uint8Array.from(file.source.constants, ({ kind, text }) => {
    if (kind !== ConstantKind.String || text.length > 300) return 0;
    if (text.length <= 40 && secretWords.judge(text) !== SecretEvidence.None) return source;
    if (!/[%{]/.test(text)) return 0;
    for (const found of text.matchAll(/([A-Za-z][\w-]*)['"]?\s*(?:[:=]|is)/g)) {
      if (secretWords.judge(found[1]!) !== SecretEvidence.None) return source;
    }
    return 0;
  });
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
      case Op.Const:
        flags |= constants[a[at]!]!;
        break;
      default:
    }
  }
  return flags;
}

function isEntry(resolver: Resolver, scope: Scope, entries: ReadonlySet<string>): boolean {
  if (scope.code.kind !== ScopeKind.Function || scope.parent < 0 || scope.definedAt < 0) return false;
  const outer = resolver.program.scopes[scope.parent]!;
  return functionExtra(outer.code, scope.definedAt).decorators.some((decorator) => {
    const name = dottedName(outer, decorator);
    return entries.has(name.slice(name.lastIndexOf('.') + 1));
  });
}
