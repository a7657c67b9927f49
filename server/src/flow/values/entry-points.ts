// Which functions a framework calls with outside data: by decorator, by the base class whose method they override, by
// the call that hands them over, by name and parameters. Which parameters that are, `entries` decides.

import type { Library } from '../../library/library';
import type { ArgumentPlace, Entry } from '../../library/schema';
import type { Scope } from '../../program/program';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import { callArguments, classExtra, functionExtra, keyword, positional } from '../../syntax/code-reader';
import { EntityKind } from '../entities';
import { decoratorNames, dottedName, lastName } from '../function-facts';
import type { Resolver } from '../resolver';
import type { Declared } from './declared';

/** One reason why a function is called from outside. */
export interface EntryPoint {
  readonly entry: Entry;
  /** The text that names its parameters (`/user/<int:id>`); null when none is known. */
  readonly route: string | null;
  /** The project says so itself. */
  readonly declared?: boolean;
  /** The decorator does not name what the entry's `result` is for. */
  readonly isOther?: boolean;
}

const nothing: readonly EntryPoint[] = [];

/** The entry points of a program, found when asked for. */
export class EntryPoints {
  private readonly known = new Map<number, readonly EntryPoint[]>();
  private readonly decorators: ReadonlySet<string>;
  private readonly callees: ReadonlySet<string>;
  private readonly signatureNames: ReadonlySet<string>;
  private readonly registering = new Set<number>();
  private registered: ReadonlyMap<number, readonly EntryPoint[]> | null = null;

  constructor(
    private readonly resolver: Resolver,
    private readonly library: Library,
    private readonly declared: Declared | null,
  ) {
    this.decorators = library.entries.words;
    this.callees = new Set([
      ...library.registrations.words,
      ...[...library.registrationNames.keys()].map(lastOf),
    ]);
    this.signatureNames = new Set(
      [...library.signatures.keys()].map((key) => key.slice(0, key.indexOf('('))),
    );
  }

  /** Why a function is called from outside; empty when nothing is known. */
  of(scope: Scope): readonly EntryPoint[] {
    let found = this.known.get(scope.id);
    if (found === undefined) {
      found = this.find(scope);
      this.known.set(scope.id, found);
    }
    return found;
  }

  /** Whether a scope hands functions to a framework, or did when the program was read. */
  registers(scope: Scope): boolean {
    this.findRegistered();
    if (this.registering.has(scope.id)) return true;
    return this.registrationsIn(scope).length > 0;
  }

  /** Scopes of a range that hand functions to a framework. */
  registeringIn(from: number, to: number): number[] {
    const found: number[] = [];
    for (const file of this.resolver.program.files) {
      const first = Math.max(from, file.firstScope);
      const end = Math.min(to, file.firstScope + file.source.codes.length);
      if (first >= end || !file.source.names.some((name) => this.callees.has(name))) continue;
      for (let id = first; id < end; id++) {
        if (this.registrationsIn(this.resolver.program.scopes[id]!).length > 0) found.push(id);
      }
    }
    return found;
  }

  /** Takes the scopes of the whole program that hand functions to a framework, in order; which functions that are. With
   * none given, as long as they are not known, no function counts as handed over. */
  takeRegistering(scopes: readonly number[]): Iterable<number> {
    const found = new Map<number, EntryPoint[]>();
    for (const id of scopes) {
      this.registering.add(id);
      for (const { target, point } of this.registrationsIn(this.resolver.program.scopes[id]!)) {
        const list = found.get(target);
        if (list) list.push(point);
        else found.set(target, [point]);
      }
    }
    this.registered = found;
    this.known.clear();
    return found.keys();
  }

  private find(scope: Scope): readonly EntryPoint[] {
    if (scope.code.kind !== ScopeKind.Function) return nothing;
    this.findRegistered();
    const own = this.declared?.function(scope)?.entry;
    const found = [
      ...(own === undefined ? nothing : [{ entry: own, route: null, declared: true }]),
      ...this.decorated(scope),
      ...this.overriding(scope),
      ...this.signed(scope),
      ...(this.registered?.get(scope.id) ?? nothing),
    ];
    return found.length === 0 ? nothing : found;
  }

  private decorated(scope: Scope): readonly EntryPoint[] {
    const { resolver, library } = this;
    if (scope.parent < 0 || scope.definedAt < 0) return nothing;
    if (!decoratorNames(resolver.program, scope).some((name) => this.decorators.has(lastOf(name))))
      return nothing;
    const outer = resolver.program.scopes[scope.parent]!;
    return functionExtra(outer.code, scope.definedAt).decorators.flatMap((decorator) => {
      const isCall = outer.code.op[decorator] === Op.Call;
      const path = resolver.libraryPath(outer.id, isCall ? outer.code.a[decorator]! : decorator);
      const named =
        path === '' && isCall
          ? library.entryNames.get(lastOf(dottedName(outer, outer.code.a[decorator]!)))
          : undefined;
      const entry = path === '' ? named : library.find(library.entries, path);
      if (entry === undefined) return [];
      const route = isCall ? routeText(outer, decorator, entry.route) : null;
      if (named !== undefined && !route?.startsWith('/')) return [];
      return [{ entry, route, isOther: !this.makesResult(outer, decorator, entry) }];
    });
  }

  /** Whether a decorator names a class of responses, where only some make a page of what the function returns. */
  private makesResult(outer: Scope, decorator: number, { result }: Entry): boolean {
    if (result?.onlyNamed === undefined) return true;
    const named = argumentOf(outer, decorator, result.onlyNamed.argument);
    const path = named < 0 ? '' : this.resolver.libraryPath(outer.id, named);
    return result.onlyNamed.is.includes(path);
  }

  private overriding(scope: Scope): readonly EntryPoint[] {
    if (scope.owner < 0 || !this.decorators.has(scope.name)) return nothing;
    const { resolver, library } = this;
    const { classes, entities } = resolver;
    for (const base of classes.order(scope.owner)) {
      const path = entities.path(base);
      const entry = path === '' ? undefined : library.find(library.entries, `${path}.${scope.name}`);
      if (entry === undefined) continue;
      const routes = this.routesOf(resolver.program.scopes[scope.owner]!);
      return routes.length === 0 ? [{ entry, route: null }] : routes.map((route) => ({ entry, route }));
    }
    return nothing;
  }

  /** The routes that decorators of a class name: `@api.route('/log/<int:lines>')`; none when one is not known. */
  private routesOf(handler: Scope): readonly string[] {
    const outer = this.resolver.program.scopes[handler.parent]!;
    const { code } = outer;
    const routes: string[] = [];
    for (const decorator of classExtra(code, handler.definedAt).decorators) {
      if (code.op[decorator] !== Op.Call || lastName(outer, code.a[decorator]!) !== 'route') continue;
      for (const { value } of callArguments(code, decorator)) {
        const route = textAt(outer, value);
        if (route?.startsWith('/')) routes.push(route);
        else if (route === null) return nothing as readonly never[];
      }
    }
    return routes;
  }

  private signed(scope: Scope): readonly EntryPoint[] {
    const { parameters, slots } = scope.code;
    const first = scope.owner >= 0 ? 1 : 0;
    if (parameters.length < first + 2) return nothing;
    if (!this.signatureNames.has('*') && !this.signatureNames.has(scope.name)) return nothing;
    const { names } = scope.file.source;
    const two = [first, first + 1].map((parameter) => names[slots[parameter]!]!).join(', ');
    const { signatures } = this.library;
    const entry = signatures.get(`${scope.name}(${two})`) ?? signatures.get(`*(${two})`);
    return entry === undefined ? nothing : [{ entry, route: null }];
  }

  private findRegistered(): void {
    if (this.registered === null)
      this.takeRegistering(this.registeringIn(0, this.resolver.program.scopes.length));
  }

  private registrationsIn(scope: Scope): { readonly target: number; readonly point: EntryPoint }[] {
    const { resolver, library } = this;
    const { entities } = resolver;
    const { code } = scope;
    const found: { readonly target: number; readonly point: EntryPoint }[] = [];
    for (let at = 0; at < code.op.length; at++) {
      if (code.op[at] !== Op.Call || !this.callees.has(lastName(scope, code.a[at]!))) continue;
      const path = resolver.libraryPath(scope.id, code.a[at]!);
      const entry =
        path === ''
          ? library.registrationNames.get(dottedName(scope, code.a[at]!).split('.').slice(-2).join('.'))
          : library.find(library.registrations, path);
      const callable = entry === undefined ? -1 : argumentOf(scope, at, entry.callable);
      if (entry === undefined || callable < 0) continue;
      const point: EntryPoint = { entry, route: routeText(scope, at, entry.route) };
      for (const entity of resolver.denotes(scope.id, callable)) {
        const kind = entities.kind[entity] as EntityKind;
        if (kind === EntityKind.Function || kind === EntityKind.Method)
          found.push({ target: entities.x[entity]!, point });
        if (kind === EntityKind.Class && entry.converts) {
          const made = resolver.classes.method(entities.x[entity]!, '__init__');
          if (made >= 0) found.push({ target: made, point });
        }
        if (kind === EntityKind.Instance && entry.methods) {
          for (const target of publicMethods(resolver.program, entities.x[entity]!))
            found.push({ target, point });
        }
      }
    }
    return found;
  }
}

/** The methods of a class itself that a framework may call by name. */
function publicMethods(program: Resolver['program'], classScope: number): readonly number[] {
  const scope = program.scopes[classScope]!;
  const { op, a } = scope.code;
  const found: number[] = [];
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Function) continue;
    const method = scope.file.firstScope + a[at]!;
    if (!program.scopes[method]!.name.startsWith('_')) found.push(method);
  }
  return found;
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** The value instruction of an argument, or -1. */
export function argumentOf({ code, file }: Scope, call: number, place: ArgumentPlace): number {
  const byPlace = place.position < 0 ? -1 : positional(code, call, place.position);
  if (byPlace >= 0 || place.keyword === undefined) return byPlace;
  return keyword(code, call, file.source.names.indexOf(place.keyword));
}

function routeText(scope: Scope, call: number, place: ArgumentPlace | undefined): string | null {
  const at = place === undefined ? -1 : argumentOf(scope, call, place);
  return at < 0 ? null : textAt(scope, at);
}

function textAt(scope: Scope, at: number): string | null {
  if (scope.code.op[at] !== Op.Const) return null;
  const constant = scope.file.source.constants[scope.code.a[at]!]!;
  return constant.kind === ConstantKind.String ? constant.text : null;
}
