// Names and attributes: what is stored under them in this function, in the object, in the class or module by any
// function; whether the library says that they come from outside; whether the name says that they are secret.

import { SecretEvidence } from '../../library/secret-words';
import { Op } from '../../syntax/code';
import { EntityKind } from '../entities';
import { dottedName } from '../function-facts';
import { doubted } from './arguments';
import { calleeName } from './checks';
import type { Declared } from './declared';
import { sanitizedBy, sourced } from './declared-uses';
import { anything, bottom, Type } from './domain';
import { isCheckedType, pathOfGiven } from './entries';
import { disowned, freshSecret, namedSecret, withSecret } from './evidence';
import { readProperty } from './implicit-calls';
import { LabelKind } from './labels';
import { outside } from './library-calls';
import type { Pass } from './pass';
import { read } from './reading';
import { membersOf } from './structures';

/** A module's name or a builtin. */
export function globalName(pass: Pass, at: number): number {
  const { scope, context } = pass;
  const name = pass.name(scope.code.a[at]!);
  const declared = context.declared?.nameSource(scope, name);
  if (declared !== undefined) return sourced(pass, at, anything, declared);
  const own = ownName(pass, at);
  if (own !== bottom) return own;
  const stored = context.field(scope.file.firstScope, name);
  if (stored !== bottom) return freshSecret(pass, stored, name, at);
  return fromLibrary(pass, at, name) ?? judgedName(pass, at, name);
}

/** A name of the module in the module's own code. Reading gives the slot the number of its reads, for guards. */
function ownName(pass: Pass, at: number): number {
  const slot = pass.nameSlots.get(pass.scope.code.a[at]!);
  if (slot === undefined) return bottom;
  const environment = pass.environment!;
  environment.numbers[slot] = pass.numbering.number[at]!;
  return environment.values[slot]!;
}

/** What an import binds: a value that a module of the program holds, when it is one. */
export function imported(pass: Pass, at: number): number {
  const { a, b, c } = pass.scope.code;
  const other = pass.domain.value(Type.Other);
  if (b[at]! < 0) return other;
  const { modules } = pass.context.resolver;
  const file = modules.resolve(modules.absolute(pass.name(a[at]!), c[at]!, pass.scope.file), pass.scope.file);
  return (file && pass.context.field(file.firstScope, pass.name(b[at]!))) || other;
}

/** A variable of an enclosing function. */
export function captured(pass: Pass, at: number): number {
  const { scope, context } = pass;
  const name = pass.name(scope.code.a[at]!);
  let outer = scope;
  for (let level = 0; level < scope.code.b[at]! && outer.parent >= 0; level++) {
    outer = context.resolver.program.scopes[outer.parent]!;
  }
  const stored = context.field(outer.id, name);
  return namedSecret(pass, withCapture(pass, at, stored === bottom ? anything : stored), name, at);
}

/** What is stored in a variable, and what callers may know of it. */
function withCapture(pass: Pass, at: number, stored: number): number {
  const { domain } = pass;
  const { a, b } = pass.scope.code;
  const name = pass.name(a[at]!);
  const index = pass.captures.findIndex((one) => one.name === name && one.levels === b[at]);
  if (index < 0 || (!domain.hasLabels(stored) && (domain.types[stored]! & Type.Unjudged) === 0))
    return stored;
  const captured = pass.inputs.capture(index);
  return domain.shape(captured) === null
    ? domain.labelled(stored, domain.labelsOf[captured]!)
    : domain.join(stored, captured);
}

/** `object.name`. */
export function attribute(pass: Pass, at: number): number {
  const { scope } = pass;
  const fact = pass.environment!.facts?.get(pass.numbering.number[at]!);
  if (fact !== undefined) return fact;
  const object = scope.code.a[at]!;
  const name = pass.name(scope.code.b[at]!);
  const library = fromLibrary(pass, at, name);
  if (library !== null) return library;
  if (checkedData.test(name)) {
    const value = attributeOf(pass, at, object, name);
    return pass.domain.withLabels(value, doubted(pass, pass.domain.deepLabels(value)));
  }
  if (name === '__dict__') return membersOf(pass, pass.values[object]!);
  if (name === 'filename') return uploadName(pass, attributeOf(pass, at, object, name));
  if (name === 'name' || name === 'stem' || name === 'suffix')
    return pathPart(pass, at, attributeOf(pass, at, object, name));
  return attributeOf(pass, at, object, name);
}

/** What a form or a serializer gives after it looked at what was sent. */
const checkedData = /^(cleaned_data|validated_data|instance|errors)$/;

function attributeOf(pass: Pass, at: number, object: number, name: string): number {
  const { domain, context } = pass;
  const known = readProperty(pass, at, object, name) ?? domain.member(pass.values[object]!, `.${name}`);
  let value = known ?? declared(pass, at, read(domain, pass.values[object]!, `.${name}`));
  if (known === null) value = withFields(pass, object, name, value);
  if (context.declared !== null) value = declaredAttribute(pass, context.declared, at, object, name, value);
  if (isCallee(pass, at) || isUsedAsObject(pass, at, object, name) || isColumn(pass, object)) return value;
  return freshSecret(pass, disowned(pass, value, name), name, at);
}

/** The last part of a path leads nowhere else. */
function pathPart(pass: Pass, at: number, value: number): number {
  const { library, resolver } = pass.context;
  if (!pass.domain.hasLabels(value)) return value;
  const sanitizer = library.sanitizers.get(resolver.libraryPath(pass.scope.id, at));
  return sanitizer === undefined ? value : sanitizedBy(pass, value, sanitizer);
}

/** The name of an uploaded file is the sender's, whatever the file itself is. */
function uploadName({ domain, context }: Pass, value: number): number {
  const file = context.bitOf('path') | context.bitOf('url');
  const own = domain.labels.map(domain.labelsOf[value]!, (label, mask) => [label, mask & ~file]);
  return domain.withLabels(value, own);
}

/** `table.c.password` is a column, `urls.token` an address: not what it is called. */
function isColumn(pass: Pass, object: number): boolean {
  return namesOfThings.test(calleeName(pass, object));
}

const namesOfThings =
  /^(c|columns|fields|labels|keys|names|urls|endpoints|resources|routes|paths|links|messages|strings|texts|const|consts|constants|attrs|perms|permissions)$/i;

/** An attribute that the project declares a source, or clean. */
function declaredAttribute(
  pass: Pass,
  declared: Declared,
  at: number,
  object: number,
  name: string,
  value: number,
): number {
  const entities = pass.context.resolver.denotes(pass.scope.id, object);
  const sanitizer = declared.attributeSanitizer(entities, name);
  const safe = sanitizer === undefined ? value : sanitizedBy(pass, value, sanitizer);
  const source = declared.attributeSource(entities, name);
  return source === undefined ? safe : sourced(pass, at, safe, source);
}

/** A member that came with its whole, and that its class declares as a number or the like, carries no text in. */
function declared(pass: Pass, at: number, value: number): number {
  const { domain, scope, context } = pass;
  if (!isFromOutside(domain, value)) return value;
  const types = context.resolver.denotes(scope.id, at);
  const isHarmless = types.length > 0 && types.every((type) => isCheckedType(context.resolver, type));
  return isHarmless ? domain.withLabels(value, 0) : value;
}

function isFromOutside({ labels, labelsOf }: Pass['domain'], value: number): boolean {
  const pairs = labels.sets[labelsOf[value]!]!;
  for (let k = 0; k < pairs.length; k += 2) if (labels.kindOf(pairs[k]!) === LabelKind.Untrusted) return true;
  return false;
}

function isUsedAsObject(pass: Pass, at: number, object: number, name: string): boolean {
  const { op, a } = pass.scope.code;
  if (pass.isObject(pass.numbering.number[at]!)) return true;
  const ofReceiver = op[object] === Op.Local && a[object] === 0;
  return ofReceiver && pass.context.isObjectField(pass.scope.owner, name);
}

/** What other functions stored in the field, joined in. When all of it is plain, a name says nothing more. */
function withFields(pass: Pass, object: number, name: string, value: number): number {
  const { resolver } = pass.context;
  const { entities } = resolver;
  const { domain } = pass;
  let stored: number = bottom;
  for (const entity of resolver.denotes(pass.scope.id, object)) {
    const kind = entities.kind[entity];
    const x = entities.x[entity]!;
    let place = -1;
    if (kind === EntityKind.Module) place = resolver.program.files[x]!.firstScope;
    else if (kind === EntityKind.Instance || kind === EntityKind.Class)
      place = resolver.classes.ownerOf(x, name);
    if (place >= 0) stored = domain.join(stored, pass.context.field(place, name));
  }
  if (stored === bottom) return value;
  return domain.labelled(stored, domain.labelsOf[value]!);
}

function judgedName(pass: Pass, at: number, name: string): number {
  return isCallee(pass, at) ? anything : namedSecret(pass, anything, name, at);
}

/** A name that is called is a function, whatever it is called. */
function isCallee(pass: Pass, at: number): boolean {
  const user = pass.numbering.user[at]!;
  return user >= 0 && pass.scope.code.op[user] === Op.Call && pass.scope.code.a[user] === at;
}

function fromLibrary(pass: Pass, at: number, name: string): number | null {
  const { library, resolver, sourceNames } = pass.context;
  if (!sourceNames.has(name)) return null;
  const path = resolver.libraryPath(pass.scope.id, at) || pathOfGiven(pass, at, name);
  if (path === '') return byName(pass, at);
  if (isCallee(pass, at)) return null;
  const source = library.find(library.sources, path);
  if (source !== undefined) return (source.route ? ownRoute(pass) : null) ?? outside(pass, at, source);
  const secret = library.secretSources.get(path);
  return secret === undefined
    ? null
    : withSecret(pass, pass.domain.value(Type.Any), secret, at, SecretEvidence.Plain);
}

/** The route of the function, when it has one and that names no parameter. */
function ownRoute({ scope, context, domain }: Pass): number | null {
  const points = context.entryPoints.of(scope);
  let value: number = bottom;
  for (const { route } of points) {
    if (route === null || /[<{(*]/.test(route)) return null;
    value = domain.join(value, domain.text(route));
  }
  return value === bottom ? null : value;
}

/** A source by the names of an object of unknown type and its attribute. A method's result is its source too. */
function byName(pass: Pass, at: number): number | null {
  const { scope, context } = pass;
  if (scope.code.op[at] !== Op.Attribute) return null;
  const parts = dottedName(scope, at).split('.');
  const source = context.library.sourceNames.get(parts.slice(-2).join('.'));
  if (source === undefined || context.resolver.denotes(scope.id, scope.code.a[at]!).length > 0) return null;
  return outside(pass, at, source, SecretEvidence.Likely);
}
