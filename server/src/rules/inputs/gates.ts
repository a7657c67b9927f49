// Whether a request comes to its handler only from whom the whole service is for: a gate stands before it that asks for
// one secret, and nobody's account matters behind it. What such a sender may name on the host is the service's own
// business. A gate that a setting switches on is none. Where the program knows accounts, one of them may harm the others, and a gate says nothing.

import { annotationOf } from '../../flow/annotations';
import { EntityKind } from '../../flow/entities';
import { decoratorNames, dottedName, lastName } from '../../flow/function-facts';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import { callArguments, elements, functionExtra, keyword, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { isPrivilege } from './privileges';
import { inclusionsOf, madeFrom, type Place } from './routers';

const gateName =
  /auth|log_?in|signed_?in|jwt|token|credential|api_?key|password|permission|privilege|session|scope/i;
const noGate = /csrf|xsrf|optional|maybe/i;
const person =
  /^(current_?|active_?|db_?)*(user|account|member|customer|tenant|principal|identity|profile|wallet|author)(_?(id|info|data|name|in))?$/i;
const gateDecorator =
  /(^|\.)(authenticated|(requires?|needs?|check)_?(auth|login|authentication|token|api_?key)|(auth|login|authentication|token|api_?key|password|apikey)_?(required|needed|protected))$/i;
const accounts =
  /^(Abstract|Base|Custom|App|DB|My|Local)?(User|Account|Member|Customer|Tenant)(Mixin|Model|Profile|DB|Record|Row|Table)?$/;
const accountLibraries = ['flask_login', 'get_user_model', 'fastapi_users', 'flask_security', 'allauth'];
const ownNotebooks = /^(jupyter_server|notebook|nbclassic|jupyterlab_server)\./;
const maximumDepth = 4;

/** Whether only the operator of a service sends the value of a flow. */
export function isBehindGate(analysis: Analysis, flow: Flow): boolean {
  const scopes = new Set([analysis.values.origin(flow).scope, flow.use.scope]);
  for (const { scope } of analysis.values.path(flow)) scopes.add(scope);
  return [...scopes].some((id) => isGated(analysis, analysis.program.scopes[id]!)) || isAllGated(analysis);
}

const beforeNames = [
  'before_request',
  'before_app_request',
  'middleware',
  'before_serving',
  'add_middleware',
];
const beforeAll = /(^|\.)(before_(app_)?request|middleware|before_serving)$/;
const gateNames =
  /(^|_)(auth\w*|log_?in|credentials?|password|unauthorized|is_?authenticated)(_|$)|Auth|Unauthorized/;

/** Whether one function, or a middleware, asks everybody for a login before any handler. */
function isAllGated(analysis: Analysis): boolean {
  const { program } = analysis;
  const found = program.files.some((file) => {
    const { names, codes } = file.source;
    if (file.isTest || !beforeNames.some((name) => names.includes(name))) return false;
    return codes.some((_, index) => {
      const scope = program.scopeOf(file, index);
      if (addsGate(scope)) return true;
      if (!decoratorNames(program, scope).some((name) => beforeAll.test(name))) return false;
      const { op, a } = scope.code;
      // One that a setting switches on is mostly off.
      if (op.some((one, at) => isName(one) && optional.test(lastName(scope, at)))) return false;
      if (gateNames.test(scope.name)) return true;
      return op.some((one, at) => one === Op.Call && gateNames.test(lastName(scope, a[at]!)));
    });
  });
  return found && !knowsAccounts(analysis) && !knowsPeople(analysis);
}

const optional = /enabled?|config|settings|option/i;

function isName(op: number): boolean {
  return op === Op.Global || op === Op.Captured || op === Op.Attribute;
}

/** `app.add_middleware(Authentication)`. */
function addsGate(scope: Scope): boolean {
  const { code } = scope;
  return code.op.some((one, at) => {
    if (one !== Op.Call || lastName(scope, code.a[at]!) !== 'add_middleware') return false;
    const callee = code.a[at]!;
    if (code.op[callee] !== Op.Attribute || !/^app(lication)?$/.test(lastName(scope, code.a[callee]!)))
      return false;
    const given = positional(code, at, 0);
    return given >= 0 && gateNames.test(lastName(scope, given));
  });
}

function isGated(analysis: Analysis, scope: Scope): boolean {
  const { program, resolver } = analysis;
  if (scope.owner >= 0) {
    const { classes, entities } = resolver;
    const bases = classes.order(scope.owner);
    if (bases.some((base) => ownNotebooks.test(entities.path(base)))) return true;
    if (
      bases.some((base) =>
        isEntryGated(analysis, entities.kind[base] === EntityKind.Class ? entities.x[base]! : -1),
      )
    )
      return !knowsAccounts(analysis);
  }
  if (scope.parent < 0 || scope.definedAt < 0 || scope.code.kind !== ScopeKind.Function) return false;
  const outer = program.scopes[scope.parent]!;
  const { decorators, defaults } = functionExtra(outer.code, scope.definedAt);
  for (const decorator of decorators) {
    if (asksLogin(outer, decorator) && !knowsAccounts(analysis)) return true;
    if (outer.code.op[decorator] !== Op.Call) continue;
    const callee = outer.code.a[decorator]!;
    if (resolver.libraryPath(outer.id, callee) === 'starlette.authentication.requires') {
      if (asksMore(outer, decorator) && !knowsPeople(analysis)) return true;
    }
    if (givesGate(analysis, outer, decorator)) return true;
    if (outer.code.op[callee] !== Op.Attribute) continue;
    const router = madeFrom(analysis, outer, outer.code.a[callee]!);
    if (router !== null && isRouterGated(analysis, router, 0)) return true;
  }
  return defaults.some(({ value }) => isGate(analysis, outer, value));
}

/** `@login_required`. One that is given its secret, `@requires_auth(app, token)`, may be given none. */
function asksLogin(scope: Scope, decorator: number): boolean {
  const { code } = scope;
  if (!gateDecorator.test(dottedName(scope, decorator))) return false;
  return (
    code.op[decorator] !== Op.Call ||
    callArguments(code, decorator).every(({ value }) => code.op[value] === Op.Const)
  );
}

const entries = /^(get|post|put|delete|prepare|dispatch|dispatch_request|initialize)$/;

/** Whether a class asks for a login where its requests come in. */
function isEntryGated({ program }: Analysis, handler: number): boolean {
  if (handler < 0) return false;
  const { file } = program.scopes[handler]!;
  return file.source.codes.some((_, index) => {
    const method = program.scopeOf(file, index);
    if (method.owner !== handler || !entries.test(method.name)) return false;
    return decoratorNames(program, method).some((name) => gateDecorator.test(name));
  });
}

/** `@requires('edit')`: more than to have signed in. */
function asksMore(scope: Scope, call: number): boolean {
  const { code, file } = scope;
  const given = positional(code, call, 0);
  if (given < 0 || code.op[given] !== Op.Const) return false;
  const { kind, text } = file.source.constants[code.a[given]!]!;
  return kind === ConstantKind.String && text !== 'authenticated';
}

/** Whether all ways to a router lead through a gate. */
function isRouterGated(analysis: Analysis, router: Place, depth: number): boolean {
  const { scope, value } = router;
  if (depth > maximumDepth || scope.code.op[value] !== Op.Call) return false;
  if (givesGate(analysis, scope, value)) return true;
  const inclusions = inclusionsOf(analysis, router);
  return (
    inclusions.length > 0 &&
    inclusions.every((place) => {
      if (givesGate(analysis, place.scope, place.value)) return true;
      const callee = place.scope.code.a[place.value]!;
      if (place.scope.code.op[callee] !== Op.Attribute) return false;
      const outer = madeFrom(analysis, place.scope, place.scope.code.a[callee]!);
      return outer !== null && isRouterGated(analysis, outer, depth + 1);
    })
  );
}

/** Whether a call gives a gate among its `dependencies`. */
function givesGate(analysis: Analysis, scope: Scope, call: number): boolean {
  const { code, file } = scope;
  const list = keyword(code, call, file.source.names.indexOf('dependencies'));
  if (list < 0 || (code.op[list] !== Op.List && code.op[list] !== Op.Tuple)) return false;
  return [...elements(code, list)].some((one) => isGate(analysis, scope, one));
}

/** Whether `Depends(f)` is a gate for one party: named for one, and it looks at no account, or at one's privilege. */
function isGate(analysis: Analysis, scope: Scope, value: number): boolean {
  const { code } = scope;
  if (code.op[value] !== Op.Call || !/^(Depends|Security)$/.test(lastName(scope, code.a[value]!)))
    return false;
  const given = positional(code, value, 0);
  if (given < 0) return false;
  const name = dottedName(scope, given);
  if (noGate.test(name)) return false;
  if (ofOperator.test(name) && !knowsAccounts(analysis)) return true;
  if (/scope|permission|privilege/i.test(name) && asksForPower(madeFrom(analysis, scope, given))) return true;
  const { entities } = analysis.resolver;
  const functions = analysis.resolver
    .denotes(scope.id, given)
    .filter((entity) => entities.kind[entity] === EntityKind.Function)
    .map((entity) => analysis.program.scopes[entities.x[entity]!]!);
  if (functions.some((one) => takesPerson(analysis, one))) return functions.some(readsPrivilege);
  if (!gateName.test(name) || person.test(lastName(scope, given).replace(/^(get|require|check)_/, '')))
    return false;
  return functions.length > 0 && functions.every(givesNothing) ? true : !knowsPeople(analysis);
}

/** Who may see the page by which a program is run, where it keeps no accounts. */
const ofOperator = /(^|_)(dashboard|web_?ui|control_?panel)_(user|auth|login|session|token)(_|$)/i;

const powers =
  /^(admin\w*|server|service|system|host|plugins?|extensions?|config(uration)?|settings?|manage\w*)([:._-]\w+)*$/i;

/** `require_plugins = ScopeDependency('plugin')`: only whoever may say what the service runs. */
function asksForPower(made: Place | null): boolean {
  if (made === null) return false;
  const { scope, value } = made;
  const { code, file } = scope;
  if (code.op[value] !== Op.Call) return false;
  const given = callArguments(code, value);
  return (
    given.length > 0 &&
    given.every(
      (one) =>
        code.op[one.value] === Op.Const && powers.test(file.source.constants[code.a[one.value]!]!.text),
    )
  );
}

/** A function that only lets through. */
function givesNothing({ code, file }: Scope): boolean {
  const { op, a } = code;
  return op.every((one, at) => {
    if (one !== Op.Return || a[at]! < 0) return true;
    const value = a[at]!;
    return op[value] === Op.Const && file.source.constants[code.a[value]!]!.kind === ConstantKind.None;
  });
}

function readsPrivilege({ code, file }: Scope): boolean {
  return code.op.some((one, at) => one === Op.Attribute && isPrivilege(file.source.names[code.b[at]!]!));
}

/** Whether a function is given somebody's account. */
function takesPerson({ program }: Analysis, scope: Scope): boolean {
  const { parameters, slots } = scope.code;
  return [...parameters.keys()].some((parameter) => {
    if (person.test(scope.file.source.names[slots[parameter]!]!)) return true;
    const annotation = annotationOf(program, scope, parameter);
    return annotation >= 0 && person.test(lastName(program.scopes[scope.parent]!, annotation));
  });
}

/** Whether the program keeps accounts: it has a class for one, or a library that does. */
export function knowsAccounts({ program }: Analysis): boolean {
  return program.files.some(({ isTest, source, firstScope }) => {
    if (isTest) return false;
    if (accountLibraries.some((name) => source.names.includes(name))) return true;
    return source.codes.some(
      ({ kind }, index) =>
        kind === ScopeKind.Class && accounts.test(program.scopes[firstScope + index]!.name),
    );
  });
}

/** Whether handlers of the program are given accounts: `user: User = Depends(current_user)`. */
export function knowsPeople({ program }: Analysis): boolean {
  return program.files.some(({ source }, index) => {
    if (!source.names.includes('Depends')) return false;
    return source.codes.some((_, k) => {
      const scope = program.scopeOf(program.files[index]!, k);
      const { code, file } = scope;
      if (code.kind !== ScopeKind.Function || scope.parent < 0 || scope.definedAt < 0) return false;
      const outer = program.scopes[scope.parent]!;
      const { defaults, annotations } = functionExtra(outer.code, scope.definedAt);
      return [...defaults, ...annotations].some(
        ({ parameter, value }) =>
          person.test(file.source.names[code.slots[parameter]!]!) && isGiven(outer, value),
      );
    });
  });
}

/** `Depends(f)` itself, or in an annotation, or a name for such an annotation. */
function isGiven(scope: Scope, value: number): boolean {
  const { code } = scope;
  switch (code.op[value] as Op) {
    case Op.Call:
      return /^(Depends|Security)$/.test(lastName(scope, code.a[value]!));
    case Op.Item:
      return lastName(scope, code.a[value]!) === 'Annotated';
    case Op.Global:
      return /^(Current|Active|Auth|Logged)/.test(lastName(scope, value));
    default:
      return false;
  }
}
