// Addresses with which a program opens a connection to its database or broker, which have the password in them: what is
// handed to `create_engine()` and its like, or to a function that hands it on to one. What is written out in the place
// itself is left to the labels: its parts say what it holds.

import { dottedName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import { callArguments } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { givenFor } from './given-arguments';
import { calledName } from './literals';

/** An address that a call connects with. */
export interface ConnectionAddress {
  readonly scope: Scope;
  /** The call. */
  readonly at: number;
  readonly value: number;
  /** What connects. */
  readonly word: string;
}

const openers =
  /^(create_engine|create_async_engine|engine_from_url|from_url|URLParameters|MongoClient|AsyncMongoClient|AsyncIOMotorClient|create_pool|connect)$/;
/** What is opened by other things than addresses, too. */
const addressNames = /(^|_)(ur[li]|dsn|conn(ection)?_?str(ing)?|conninfo|sql_connection|connection_ur[li])$/i;
const engines = /^create_(async_)?engine$/;
const engineArguments = /ur[li]|dsn|conn|^_?db$|database|sql/i;
const stores = /redis|broker|amqp|kombu|cache/i;
const maximumCalls = 2;

/** The addresses that a program connects with, where they are names or fields. */
export function connectionAddresses(analysis: Analysis): readonly ConnectionAddress[] {
  const { program, resolver } = analysis;
  const found: ConnectionAddress[] = [];
  /** Functions that connect with a parameter: its place, by scope. */
  const inward = new Map<number, { readonly place: number; readonly word: string }>();
  for (const scope of scopesNaming(analysis, (name) => openers.test(name))) {
    for (let at = 0; at < scope.code.op.length; at++) {
      if (scope.code.op[at] !== Op.Call || !openers.test(calledName(scope, at))) continue;
      const value = opened(scope, at);
      if (value >= 0) note(scope, at, value, calledName(scope, at));
    }
  }
  for (let round = 0; round < maximumCalls && inward.size > 0; round++) {
    const names = new Set([...inward.keys()].map((id) => calledAs(program.scopes, id)));
    const known = inward.size;
    for (const scope of scopesNaming(analysis, (name) => names.has(name))) {
      for (let at = 0; at < scope.code.op.length; at++) {
        if (scope.code.op[at] !== Op.Call || !names.has(calledName(scope, at))) continue;
        for (const target of resolver.targets(scope.id, at)) {
          if (target.kind === 'library') continue;
          const entered = target.kind === 'class' ? target.init : target.scope;
          const to = inward.get(entered);
          if (to === undefined) continue;
          const offset = target.kind === 'class' || target.bound ? 1 : 0;
          const value = givenFor(scope, at, program.scopes[entered]!, to.place, offset);
          if (value >= 0) note(scope, at, value, to.word);
          break;
        }
      }
    }
    if (inward.size === known) break;
  }
  return found;

  function note(scope: Scope, at: number, value: number, word: string): void {
    const number = resolver.numberings.of(scope).number[value]!;
    if (isWrittenOut(scope, number) || isWrittenElsewhere(analysis, scope, value)) return;
    if (!found.some((one) => one.scope === scope && one.at === at)) found.push({ scope, at, value, word });
    const parameter = number - scope.code.op.length;
    if (parameter >= 0 && parameter < scope.code.parameters.length && !inward.has(scope.id))
      inward.set(scope.id, { place: parameter, word });
  }
}

/** The scopes of files, tests left out, in which there is such a name. */
function scopesNaming({ program }: Analysis, isMeant: (name: string) => boolean): readonly Scope[] {
  return program.files.flatMap((file) =>
    file.isTest || !file.source.names.some(isMeant)
      ? []
      : file.source.codes.map((_, index) => program.scopeOf(file, index)),
  );
}

/** The name by which a function is called: a constructor by that of its class. */
function calledAs(scopes: readonly Scope[], id: number): string {
  const { name, owner } = scopes[id]!;
  return name === '__init__' && owner >= 0 ? scopes[owner]!.name : name;
}

/** The argument that is the address; -1 when a call opens something else, or says nothing of what. */
function opened(scope: Scope, call: number): number {
  const { code, file } = scope;
  const name = calledName(scope, call);
  for (const { keyword, value } of callArguments(code, call)) {
    const isNamed =
      keyword >= 0 && /^(ur[li]|dsn|conninfo|sql_connection)$/.test(file.source.names[keyword]!);
    if (keyword >= 0 && !isNamed) continue;
    if (keyword < -1) return -1;
    const words = dottedName(scope, value).split('.').at(-1)!;
    if (engines.test(name)) return engineArguments.test(words) ? value : -1;
    if (name === 'from_url') return stores.test(dottedName(scope, code.a[call]!)) ? value : -1;
    return addressNames.test(words) && !isOfWeb(scope, call) ? value : -1;
  }
  return -1;
}

/** `websockets.connect(url)`, `session.connect(uri)`: what is opened is no store of data. */
function isOfWeb(scope: Scope, call: number): boolean {
  return (
    /^(connect|create_pool)$/.test(calledName(scope, call)) &&
    !/pg|psycopg|sql|oracle|odbc|mongo|redis|amqp|pika|db|duckdb|snowflake|trino|clickhouse/i.test(
      dottedName(scope, scope.code.a[call]!).split('.').slice(0, -1).join('.'),
    )
  );
}

/** Whether all that a class or a file stores under the name is written out: `self.uri = 'sqlite:///%s' % path`. */
function isWrittenElsewhere({ resolver, program }: Analysis, scope: Scope, value: number): boolean {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  if (op[value] === Op.Attribute && scope.owner >= 0 && op[a[value]!] === Op.Local && a[a[value]!] === 0)
    return isOnlyWritten(
      resolver.classes
        .storesOf(scope.owner, names[b[value]!]!)
        .map((store) => [program.scopes[store.scope]!, store.value]),
    );
  if (op[value] !== Op.Global) return false;
  const stored: (readonly [Scope, number])[] = [];
  for (let index = 0; index < scope.file.source.codes.length; index++) {
    const other = program.scopeOf(scope.file, index);
    for (let at = 0; at < other.code.op.length; at++) {
      if (other.code.op[at] === Op.StoreGlobal && names[other.code.a[at]!] === names[a[value]!])
        stored.push([other, other.code.b[at]!]);
    }
  }
  return isOnlyWritten(stored);
}

function isOnlyWritten(stored: readonly (readonly [Scope, number])[]): boolean {
  const filled = stored.filter(
    ([{ code, file }, at]) =>
      code.op[at] !== Op.Const || file.source.constants[code.a[at]!]!.kind !== ConstantKind.None,
  );
  return filled.length > 0 && filled.every(([scope, at]) => isWrittenOut(scope, at));
}

/** Whether a value is put together in the function itself, or is an address object, which hides its password. */
function isWrittenOut(scope: Scope, number: number): boolean {
  const { code, file } = scope;
  if (number < 0 || number >= code.op.length) return false;
  switch (code.op[number] as Op) {
    case Op.Const:
      return file.source.constants[code.a[number]!]!.kind !== ConstantKind.None;
    case Op.Format:
    case Op.Binary:
      return true;
    case Op.Call:
      return /^(format|join|make_url|URL|create|from_string|sqlalchemy_url|Path|str_url)$/.test(
        calledName(scope, number),
      );
    default:
      return false;
  }
}
