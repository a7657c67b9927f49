// Rule 121: an attribute of a `threading.local` that is set once, at import or in a constructor, and read where any
// thread may run without a default. Only the thread that ran the setting code has the attribute.

import { definitionOf } from '../../flow/definitions';
import { EntityKind } from '../../flow/entities';
import type { ProgramFile, Scope } from '../../program/program';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Report, Rule } from '../rule';
import { functionLabel } from './access-words';
import { calleeName, enclosing } from './lock-words';

export const rule: Rule = {
  number: 121,
  name: 'thread-local-set-at-import',
  concern: 'synchronization',
  severity: 'warning',
  preview: true,
  cwe: [362],
  category: 'thread-misuse',
  summary: 'An attribute of a thread-local is set for one thread only and read by all.',
  check(analysis, report) {
    for (const path of [
      'threading.local',
      '_threading_local.local',
      'gevent.local.local',
      '_thread._local',
    ]) {
      for (const { scope, at } of analysis.libraryCalls.of(path)) {
        if (scope.file.isTest) continue;
        const local = localOf(analysis, scope, at);
        if (local) for (const found of reportsOn(analysis, local)) report(found);
      }
    }
  },
};

/** Where the thread-local is kept: a module variable, or a field set by the constructor. */
interface ThreadLocal {
  readonly maker: Scope;
  readonly made: number;
  readonly label: string;
  /** Scopes that may mean it. */
  readonly scopes: readonly Scope[];
  isIt(scope: Scope, value: number): boolean;
}

function localOf(analysis: Analysis, scope: Scope, made: number): ThreadLocal | null {
  const { program, resolver } = analysis;
  const { op, a, b, c } = scope.code;
  const { user, number } = resolver.numberings.of(scope);
  const store = user[made]!;
  if (store < 0) return null;
  const { file } = scope;
  if (op[store] === Op.StoreGlobal && scope.code.kind === ScopeKind.Module) {
    const name = file.source.names[a[store]!]!;
    if (resolver.bindings.of(file.firstScope, name).length !== 1) return null;
    const files = new Set(program.files.filter((one) => one.source.names.includes(name)));
    return {
      maker: scope,
      made,
      label: name,
      scopes: program.scopes.filter((one) => files.has(one.file)),
      isIt: (one, value) => isVariable(analysis, one, value, file, name),
    };
  }
  if (op[store] !== Op.StoreAttribute || c[store] !== made || scope.name !== '__init__' || scope.owner < 0)
    return null;
  if (number[a[store]!] !== op.length) return null;
  const name = file.source.names[b[store]!]!;
  const owners = new Set([scope.owner, ...resolver.classes.descendants(scope.owner, 64)]);
  return {
    maker: scope,
    made,
    label: `self.${name}`,
    scopes: program.scopes.filter((one) => owners.has(one.owner)),
    isIt: (one, value) => {
      const { code } = one;
      if (code.op[value] !== Op.Attribute || one.file.source.names[code.b[value]!] !== name) return false;
      return resolver.numberings.of(one).number[code.a[value]!] === code.op.length;
    },
  };
}

/** The variable of a module, by its name there, by the name it is imported under, or as the module's attribute. */
function isVariable(
  { resolver }: Analysis,
  scope: Scope,
  value: number,
  file: ProgramFile,
  name: string,
): boolean {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  if (op[value] === Op.Global) {
    const as = names[a[value]!]!;
    if (scope.file === file) return as === name;
    const made = definitionOf(resolver, scope.file, as);
    return made.file === file && made.name === name;
  }
  if (op[value] !== Op.Attribute || names[b[value]!] !== name) return false;
  return resolver
    .denotes(scope.id, a[value]!)
    .some(
      (entity) =>
        resolver.entities.kind[entity] === EntityKind.Module &&
        resolver.program.files[resolver.entities.x[entity]!] === file,
    );
}

function* reportsOn(analysis: Analysis, local: ThreadLocal): Iterable<Report> {
  const { program } = analysis;
  const set = new Map<string, number>();
  const { op, a, b } = local.maker.code;
  const { names } = local.maker.file.source;
  for (let at = local.made; at < op.length; at++) {
    if (op[at] !== Op.StoreAttribute || !local.isIt(local.maker, a[at]!)) continue;
    if (!set.has(names[b[at]!]!)) set.set(names[b[at]!]!, at);
  }
  for (const [text, at] of set) {
    const read = firstBareRead(local, text);
    if (!read) continue;
    const label = `${local.label}.${text}`;
    yield {
      ...program.span(local.maker, at),
      message:
        local.maker.code.kind === ScopeKind.Module
          ? `\`${label}\` is set for the importing thread only, but ${functionLabel(read.scope)} reads it on any thread.`
          : `\`${label}\` is set for the thread that makes the object only, but ${functionLabel(read.scope)} reads it on any thread.`,
      confidence: isOfOneLoop(local.maker) ? 'low' : 'high',
      symbol: local.maker.qualifiedName,
      stepsKind: 'places',
      steps: [
        {
          ...program.span(read.scope, read.at),
          message: 'In another thread this raises AttributeError.',
        },
      ],
    };
  }
}

/** The constructor keeps an event loop: its objects belong to that loop's thread. */
function isOfOneLoop({ code: { op, b }, file }: Scope): boolean {
  return op.some(
    (one, at) => one === Op.StoreAttribute && /^_*(io_?)?loop$/.test(file.source.names[b[at]!]!),
  );
}

/** A read of the attribute in a function that neither sets it before, asks for it, nor handles its absence. */
function firstBareRead(
  local: ThreadLocal,
  text: string,
): { readonly scope: Scope; readonly at: number } | null {
  // Somebody sets it outside of the import: then who reads may rely on that.
  for (const scope of local.scopes) {
    if (scope === local.maker) continue;
    const { op, a, b } = scope.code;
    const name = scope.file.source.names.indexOf(text);
    for (let at = 0; name >= 0 && at < op.length; at++) {
      const stores = op[at] === Op.StoreAttribute && b[at] === name && local.isIt(scope, a[at]!);
      if (stores && isFirst(scope, at, name, local)) return null;
    }
  }
  for (const scope of local.scopes) {
    // The body of a module or class runs once, by whoever imports it.
    if (scope === local.maker || scope.code.kind === ScopeKind.Module || scope.code.kind === ScopeKind.Class)
      continue;
    const { op, a, b } = scope.code;
    const name = scope.file.source.names.indexOf(text);
    if (name < 0 || scope.file.isTest || asksFor(scope, local, text)) continue;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Attribute || b[at] !== name || !local.isIt(scope, a[at]!)) continue;
      if (!inTry(scope, at)) return { scope, at };
    }
  }
  return null;
}

/** A store before any read in its function: an initialization of its own. */
function isFirst(scope: Scope, store: number, name: number, local: ThreadLocal): boolean {
  const { op, a, b } = scope.code;
  for (let at = 0; at < store; at++) {
    if (op[at] === Op.Attribute && b[at] === name && local.isIt(scope, a[at]!)) return false;
  }
  return true;
}

/** `hasattr(local, 'x')`, `getattr(local, 'x', default)`. */
function asksFor(scope: Scope, local: ThreadLocal, text: string): boolean {
  const { op, a } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || !/^(hasattr|getattr)$/.test(calleeName(scope, at))) continue;
    const object = positional(scope.code, at, 0);
    const key = positional(scope.code, at, 1);
    if (object < 0 || key < 0 || !local.isIt(scope, object)) continue;
    if (op[key] !== Op.Const) return true;
    const constant = scope.file.source.constants[a[key]!]!;
    if (constant.kind === ConstantKind.String && constant.text === text) return true;
  }
  return false;
}

function inTry(scope: Scope, at: number): boolean {
  const { op } = scope.code;
  return enclosing(scope.code, at).some((part) => op[part] === Op.Try);
}
