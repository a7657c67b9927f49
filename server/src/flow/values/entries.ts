// Which parameters a framework fills with outside data: what its entry points name, without those that the route
// converts, that an annotation converts, or that are the framework's own objects.

import type { Entry } from '../../library/schema';
import { SecretEvidence } from '../../library/secret-words';
import type { Program, Scope } from '../../program/program';
import { ConstantKind, Op, ParameterKind } from '../../syntax/code';
import { elements, functionExtra, keyword } from '../../syntax/code-reader';
import { annotated, annotationOf } from '../annotations';
import { EntityKind } from '../entities';
import { Binding, bindingOf, decoratorNames, dottedName } from '../function-facts';
import { isDependency } from './dependencies';
import type { EntryPoint } from './entry-points';
import { LabelKind, Mask } from './labels';
import type { Pass } from './pass';

const maximumDepth = 6;

/** What frameworks do with the results of a function that they call. */
export function entryResults({ scope, context }: Pass): readonly NonNullable<Entry['result']>[] {
  return context.entryPoints
    .of(scope)
    .flatMap(({ entry, isOther }) => (entry.result && !isOther ? [entry.result] : []));
}

/** The library type that frameworks give a parameter; '' when they give none. */
export function entryType({ scope, context }: Pass, parameter: number): string {
  const points = context.entryPoints.of(scope);
  if (points.length === 0 || parameter !== firstBehindSelf(scope, context.resolver.program)) return '';
  return points.find(({ entry }) => entry.object !== undefined)?.entry.object ?? '';
}

/** The path of a member of a parameter whose type a framework decides; '' for any other. */
export function pathOfGiven(pass: Pass, at: number, name: string): string {
  const { code } = pass.scope;
  if (code.op[at] !== Op.Attribute) return '';
  const parameter = pass.inputs.parameterOf(pass.numbering.number[code.a[at]!]!);
  const type = parameter < 0 ? '' : entryType(pass, parameter);
  return type === '' ? '' : pass.context.library.canonical(`${type}.${name}`);
}

function firstBehindSelf(scope: Scope, program: Program): number {
  return scope.owner >= 0 && bindingOf(program, scope) !== Binding.Static ? 1 : 0;
}

/** Labels of parameters at entry, by index; missing where there are none. */
export function entryLabels(pass: Pass): readonly number[] {
  const { scope, context, domain } = pass;
  const found: number[] = [];
  const points = context.entryPoints.of(scope);
  if (points.length === 0) return found;
  const first = firstBehindSelf(scope, context.resolver.program);
  for (const point of points) {
    const { entry } = point;
    if (!context.demand.asksOutside(entry.trust)) continue;
    const start = point.declared && entry.parameters !== undefined ? 0 : first;
    for (let parameter = start + (entry.skip ?? 0); parameter < scope.code.parameters.length; parameter++) {
      if (!isFilled(pass, point, parameter)) continue;
      const origin = domain.labels.origin(
        {
          kind: LabelKind.Untrusted,
          scope: scope.id,
          at: -1 - parameter,
          words: entry.words,
          trust: entry.trust,
          evidence: SecretEvidence.Plain,
          parameter: -1,
          path: [],
          ...(entry.kind === undefined ? {} : { data: entry.kind }),
          ...(entry.members === undefined ? {} : { members: entry.members }),
        },
        entry.text,
      );
      const isSegment =
        point.route === null
          ? (entry.segments === true || (entry.route !== undefined && entry.converts !== true)) &&
            !mayBePath.test(pass.name(scope.code.slots[parameter]!))
          : isOneSegment(pass, point.route, parameter);
      const label = isSegment
        ? domain.labels.map(origin, (one, mask) => [
            one,
            mask | Mask.Undotted | Mask.Relative | context.addressBits,
          ])
        : origin;
      found[parameter] = domain.labels.join(found[parameter] ?? 0, label);
    }
  }
  return found;
}

/** Names of parameters that may take the rest of a URL's path. */
const mayBePath = /path|file|dir|folder|name|key|url|rest/i;

function isFilled(pass: Pass, { entry, route, declared }: EntryPoint, parameter: number): boolean {
  const name = pass.name(pass.scope.code.slots[parameter]!);
  if (entry.parameters !== undefined && !entry.parameters.includes(name)) return false;
  if (declared) return true;
  const isQuery = entry.converts === true && (route === null || converterOf(route, name) === null);
  if (route !== null && !isQuery && !isText(pass, route, name, parameter)) return false;
  if (isDependency(pass, parameter) || isMatched(pass, parameter)) return false;
  const types = typesOf(pass, parameter);
  if (types.length === 0) return true;
  const { resolver } = pass.context;
  if (entry.converts && holdsChecked(pass, parameter)) return false;
  if ((entry.converts || isValidated(pass)) && types.every((type) => isCheckedType(resolver, type)))
    return false;
  return !types.every((type) => isFrameworkObject(resolver, type));
}

/** Whether a framework matches a parameter against a pattern: `= Query(pattern='^[a-z]+$')`. */
function isMatched({ scope, context }: Pass, parameter: number): boolean {
  if (scope.parent < 0 || scope.definedAt < 0) return false;
  const outer = context.resolver.program.scopes[scope.parent]!;
  const { names } = outer.file.source;
  const { code } = outer;
  const given = functionExtra(code, scope.definedAt).defaults.find(
    (one) => one.parameter === parameter,
  )?.value;
  if (given === undefined || code.op[given] !== Op.Call) return false;
  return ['pattern', 'regex'].some((name) => keyword(code, given, names.indexOf(name)) >= 0);
}

/** Whether a route fills a parameter with free text. One that the route does not name is no parameter of the URL. */
function isText(pass: Pass, route: string, name: string, parameter: number): boolean {
  const converter = converterOf(route, name);
  if (converter === null) return isRest(pass.scope.code.parameters[parameter] as ParameterKind);
  if (converter.startsWith('(')) return !pass.context.patterns.isSafe(converter.slice(1, -1), true, true);
  return /^(|str|string|path|re|unicode|filepath|default)$/.test(converter);
}

function isRest(kind: ParameterKind): boolean {
  return kind === ParameterKind.VarPositional || kind === ParameterKind.VarKeyword;
}

/** Whether a parameter is one segment of the URL's path: without a slash, it leads nowhere else. */
function isOneSegment(pass: Pass, route: string, parameter: number): boolean {
  const converter = converterOf(route, pass.name(pass.scope.code.slots[parameter]!));
  return converter !== null && /^(|str|string)$/.test(converter) && !route.includes('(?P<');
}

/** How a route converts a parameter: a name, `(...)` for a pattern; null when it does not name it. */
function converterOf(route: string, name: string): string | null {
  const group = route.indexOf(`(?P<${name}>`);
  if (group >= 0) return groupAt(route, group, name.length);
  // Bottle: `<name:re:[a-z]+>`
  const pattern = new RegExp(`<${name}:re:([^>]+)>`).exec(route);
  if (pattern) return `(${pattern[1]!})`;
  const parts = [
    // `<name>`, `<int:name>`, `<string(length=2):name>`
    new RegExp(`<(?:(\\w+)(?:\\([^)]*\\))?:)?${name}>`),
    // Bottle and Sanic: `<name:int>`; Starlette: `{name:path}`
    new RegExp(`[<{]${name}(?::(\\w+)[^>}]*)?[>}]`),
  ];
  for (const part of parts) {
    const found = part.exec(route);
    if (found) return found[1] ?? '';
  }
  return null;
}

/** The body of a named group with its brackets. */
function groupAt(pattern: string, from: number, nameLength: number): string {
  let depth = 0;
  for (let at = from; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === '(') depth++;
    else if (pattern[at] === ')' && --depth === 0) return `(${pattern.slice(from + nameLength + 5, at)})`;
  }
  return '()';
}

/** Whether a decorator converts the arguments of a handler. */
function isValidated({ scope, context }: Pass): boolean {
  return decoratorNames(context.resolver.program, scope).some((name) => /validate/.test(name));
}

function typesOf({ scope, context }: Pass, parameter: number): readonly number[] {
  const { resolver } = context;
  const annotation = annotationOf(resolver.program, scope, parameter);
  return annotation < 0 ? [] : annotated(resolver, scope.parent, annotation, maximumDepth);
}

const holders = /(^|\.)(list|set|tuple|frozenset|dict|List|Set|Tuple|Sequence|Iterable|Dict|Optional|Union)$/;

/** Whether a parameter is a container of what its type checks: `list[UUID]`, `dict[UUID, int] | None`. */
function holdsChecked({ scope, context }: Pass, parameter: number): boolean {
  const { resolver } = context;
  const annotation = annotationOf(resolver.program, scope, parameter);
  if (annotation < 0) return false;
  const outer = resolver.program.scopes[scope.parent]!;
  const { code } = outer;
  const isChecked = (value: number, depth: number): boolean => {
    if (depth > maximumDepth) return false;
    switch (code.op[value] as Op) {
      case Op.Const:
        return outer.file.source.constants[code.a[value]!]!.kind === ConstantKind.None;
      case Op.Binary:
        return isChecked(code.a[value]!, depth + 1) && isChecked(code.b[value]!, depth + 1);
      case Op.Tuple:
        return [...elements(code, value)].every((part) => isChecked(part, depth + 1));
      case Op.Item:
        return holders.test(dottedName(outer, code.a[value]!)) && isChecked(code.b[value]!, depth + 1);
      default: {
        const types = annotated(resolver, outer.id, value, maximumDepth);
        return types.length > 0 && types.every((type) => isCheckedType(resolver, type));
      }
    }
  };
  return isChecked(annotation, 0);
}

type Resolver = Pass['context']['resolver'];

const checkedTypes =
  /^(int|float|bool|complex|typing(_extensions)?\.Literal|uuid\.|ipaddress\.|datetime\.|decimal\.|enum\.|pydantic\.(IP|UUID|PositiveInt|conint|EmailStr))/;

/** A number, an address; a text type of the program's own, which checks in its constructor; an enumeration. */
export function isCheckedType({ entities, classes }: Resolver, type: number): boolean {
  if (entities.kind[type] === EntityKind.Library) return checkedTypes.test(entities.path(type));
  if (entities.kind[type] !== EntityKind.Instance) return false;
  return classes.order(entities.x[type]!).some((base) => /^(str|int|enum\.\w+)$/.test(entities.path(base)));
}

const carriers =
  /^(str|bytes|bytearray|list|tuple|set|frozenset|dict|collections\.|typing|pydantic\.|starlette\.datastructures\.|fastapi\.(UploadFile|File|Form|Query|Body|Path|Header|Cookie))/;

/** A thing that the framework makes: a request, a session, a queue of jobs. */
function isFrameworkObject({ entities }: Resolver, type: number): boolean {
  return entities.kind[type] === EntityKind.Library && !carriers.test(entities.path(type));
}
