// Rule 121: an attribute of a `threading.local` that is set once, at import or in a constructor, and read where any
// thread may run without a default. Only the thread that ran the setting code has the attribute.

import { definitionOf } from '../../flow/definitions';
import { EntityKind } from '../../flow/entities';
import type { ProgramFile, Scope } from '../../program/program';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { extendsLibrary } from '../../whole/spawned';
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
    const { program, libraryCalls } = analysis;
    for (const path of paths) {
      for (const { scope, at } of libraryCalls.of(path)) {
        if (scope.file.isTest) continue;
        const local = localOf(analysis, scope, at);
        if (local) for (const found of reportsOn(analysis, local)) report(found);
      }
    }
    for (const owner of program.scopes) {
      if (owner.code.kind !== ScopeKind.Class || owner.file.isTest) continue;
      if (!paths.some((path) => extendsLibrary(analysis, owner.id, path))) continue;
      for (const { scope, at } of madeOf(analysis, owner)) {
        const local = localOf(analysis, scope, at, owner.id);
        if (local) for (const found of reportsOn(analysis, local)) report(found);
      }
    }
  },
};

const paths = [
  'threading.local',
  '_threading_local.local',
  'gevent.local.local',
  '_thread._local',
  'werkzeug.local.Local',
  'asgiref.local.Local',
];

/** Where the thread-local is kept: a module variable, a class attribute, or a field set by the constructor. */
interface ThreadLocal {
  readonly maker: Scope;
  readonly made: number;
  /** Its own class, -1 for the library's. */
  readonly type: number;
  readonly label: string;
  /** Scopes that may mean it. */
  readonly scopes: readonly Scope[];
  isIt(scope: Scope, value: number): boolean;
  /** Runs where the maker does, once. */
  isPartOfMaking(scope: Scope): boolean;
}

/** Where a module or constructor makes objects of a class of the program. */
function madeOf({ program, resolver }: Analysis, owner: Scope): readonly { scope: Scope; at: number }[] {
  const found: { scope: Scope; at: number }[] = [];
  for (const scope of program.scopes) {
    const { op } = scope.code;
    const isMaker = scope.code.kind !== ScopeKind.Function || scope.name === '__init__';
    if (!isMaker || scope.file.isTest || !scope.file.source.names.includes(owner.name)) continue;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call) continue;
      const [target] = resolver.targets(scope.id, at);
      if (target?.kind === 'class' && target.scope === owner.id) found.push({ scope, at });
    }
  }
  return found;
}

function localOf(analysis: Analysis, scope: Scope, made: number, type = -1): ThreadLocal | null {
  const { program, resolver } = analysis;
  const { op, a, b, c, slots } = scope.code;
  const { user, number } = resolver.numberings.of(scope);
  const store = user[made]!;
  if (store < 0) return null;
  const { file } = scope;
  const naming = (name: string) => {
    const files = new Set(program.files.filter((one) => one.source.names.includes(name)));
    return program.scopes.filter((one) => files.has(one.file));
  };
  if (op[store] === Op.StoreGlobal && scope.code.kind === ScopeKind.Module) {
    const name = file.source.names[a[store]!]!;
    if (resolver.bindings.of(file.firstScope, name).length !== 1) return null;
    return {
      maker: scope,
      made,
      type,
      label: name,
      scopes: naming(name),
      isIt: (one, value) => isVariable(analysis, one, value, file, name),
      isPartOfMaking: (one) => one === scope || isCalledByBody(analysis, one, scope),
    };
  }
  const inBody = op[store] === Op.StoreLocal && scope.code.kind === ScopeKind.Class;
  const isField = op[store] === Op.StoreAttribute && c[store] === made && scope.name === '__init__';
  const owner = inBody ? scope.id : isField ? scope.owner : -1;
  if (owner < 0 || (isField && number[a[store]!] !== op.length)) return null;
  const name = file.source.names[inBody ? slots[a[store]!]! : b[store]!]!;
  const owners = new Set([owner, ...resolver.classes.descendants(owner, 64)]);
  const isOwner = (entity: number) => {
    const kind = resolver.entities.kind[entity];
    const isObject = kind === EntityKind.Instance || (inBody && kind === EntityKind.Class);
    return isObject && owners.has(resolver.entities.x[entity]!);
  };
  return {
    maker: scope,
    made,
    type,
    label: inBody ? `${scope.name}.${name}` : `self.${name}`,
    scopes: naming(name),
    isIt: (one, value) => {
      const { code } = one;
      if (inBody && one === scope) return code.op[value] === Op.Local && code.a[value] === a[store];
      if (code.op[value] !== Op.Attribute || one.file.source.names[code.b[value]!] !== name) return false;
      const isReceiver = resolver.numberings.of(one).number[code.a[value]!] === code.op.length;
      if (isReceiver && owners.has(one.owner)) return true;
      return resolver.denotes(one.id, code.a[value]!).some(isOwner);
    },
    isPartOfMaking: (one) =>
      one === scope || (!inBody && owners.has(one.owner) && analysis.construction[one.id] === 1),
  };
}

/** A function that nothing but the body of the module calls. */
function isCalledByBody({ calls, construction }: Analysis, scope: Scope, body: Scope): boolean {
  const callers = calls.callers[scope.id]!;
  return (
    scope.file === body.file &&
    construction[scope.id] === 1 &&
    scope.owner < 0 &&
    callers.length > 0 &&
    callers.every(({ caller }) => caller === body.id)
  );
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
  return resolver.denotes(scope.id, a[value]!).some((entity) => {
    if (resolver.entities.kind[entity] !== EntityKind.Module) return false;
    // Another module may hand it on under the same name.
    const made = definitionOf(resolver, resolver.program.files[resolver.entities.x[entity]!]!, name);
    return made.file === file && made.name === name;
  });
}

function* reportsOn(analysis: Analysis, local: ThreadLocal): Iterable<Report> {
  const { program } = analysis;
  const set = new Map<string, { readonly scope: Scope; readonly at: number }>();
  for (const scope of [local.maker, ...local.scopes.filter((one) => one !== local.maker)]) {
    if (!local.isPartOfMaking(scope)) continue;
    const { op, a, b } = scope.code;
    for (let at = scope === local.maker ? local.made : 0; at < op.length; at++) {
      if (op[at] !== Op.StoreAttribute || !local.isIt(scope, a[at]!)) continue;
      const text = scope.file.source.names[b[at]!]!;
      if (!set.has(text) && !hasDefault(analysis, local.type, text)) set.set(text, { scope, at });
    }
  }
  for (const [text, { scope, at }] of set) {
    const read = firstBareRead(local, text);
    if (!read) continue;
    const label = `${local.label}.${text}`;
    yield {
      ...program.span(scope, at),
      message:
        local.maker.code.kind !== ScopeKind.Function
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

/** A class of its own may say what each thread begins with: by its constructor, or an attribute of the class. */
function hasDefault({ resolver }: Analysis, type: number, text: string): boolean {
  if (type < 0) return false;
  const { classes, bindings } = resolver;
  const owner = classes.ownerOf(type, text);
  return (
    classes.storesOf(owner, text).some(({ scope }) => resolver.program.scopes[scope]!.owner >= 0) ||
    bindings.of(owner, text).length > 0 ||
    classes.method(type, text) >= 0 ||
    classes.method(type, '__getattr__') >= 0
  );
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
    if (local.isPartOfMaking(scope)) continue;
    const { op, a, b } = scope.code;
    const name = scope.file.source.names.indexOf(text);
    for (let at = 0; name >= 0 && at < op.length; at++) {
      const stores = op[at] === Op.StoreAttribute && b[at] === name && local.isIt(scope, a[at]!);
      if (stores && isFirst(scope, at, name, local)) return null;
    }
  }
  for (const scope of local.scopes) {
    // The body of a module or class runs once, by whoever imports it.
    const { kind } = scope.code;
    if (local.isPartOfMaking(scope) || kind === ScopeKind.Module || kind === ScopeKind.Class) continue;
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
