// What exceptions and objects show of themselves: the arguments of an exception that is raised, what the constructor of a
// class of exceptions hands to its base or keeps as its message, and what `__repr__` and `__str__` return. Decides what
// becomes part of the text; who reads it, it does not ask.

import { Argument, ConstantKind, Op, ParameterKind } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue } from '../../syntax/code-reader';
import { EntityKind } from '../entities';
import { calleeName } from './checks';
import { LabelKind } from './labels';
import type { Pass } from './pass';
import { arriveAt } from './sink-calls';
import { SinkMode } from './summary';

/** Names of what an exception says of itself. */
const messages =
  /^(message|msg|msg_fmt|reason|detail|details|description|explanation|error|err|text|body|content|title)$/;

/** Exceptions that hand on a result. */
const endsWell = /(Done|Return|Result|Finished|Success|StopIteration|Redirect|Exit)$/;

/** The arguments of a raised exception arrive in its text. */
export function raiseSink(pass: Pass, raised: number): void {
  if (!pass.context.demand.asksAt('exception')) return;
  const call = constructionOf(pass, raised);
  if (call < 0 || endsWell.test(calleeName(pass, pass.scope.code.a[call]!))) return;
  const { resolver } = pass.context;
  const { code, file } = pass.scope;
  const targets = resolver.targets(pass.scope.id, call);
  // A constructor of the program shows what it hands on (see `messageSinks`), and what its format names.
  const target = targets.find((one) => one.kind === 'class');
  const hasOwn = target?.kind === 'class' && target.init >= 0;
  for (let k = 0; k < argumentCount(code, call); k++) {
    const mark = argumentKeyword(code, call, k);
    if (mark === Argument.DoubleStar) continue;
    const keyword = mark >= 0 ? file.source.names[mark]! : '';
    const isShown = hasOwn
      ? keyword !== '' && isInFormat(pass, target.scope, keyword)
      : keyword === '' || messages.test(keyword);
    if (isShown) give(pass, 'exception', call, argumentValue(code, call, k), calleeName(pass, code.a[call]!));
  }
}

/** In the constructor of an exception: what its base is given. */
export function baseSink(pass: Pass, at: number): void {
  if (!pass.context.demand.asksAt('exception') || !isConstructor(pass)) return;
  const { code } = pass.scope;
  for (let k = 0; k < argumentCount(code, at); k++) {
    const argument = argumentValue(code, at, k);
    if (argumentKeyword(code, at, k) !== Argument.DoubleStar && !isReceiver(pass, argument))
      give(pass, 'exception', at, argument, className(pass));
  }
}

/** In the constructor of an exception: what it keeps as its message. */
export function messageSink(pass: Pass, at: number, object: number, name: string, value: number): void {
  if (messages.test(name) && isReceiver(pass, object) && isConstructor(pass))
    give(pass, 'exception', at, value, className(pass));
}

/** What `__repr__` and `__str__` return is what logs show of an object. */
export function reprSink(pass: Pass, returned: number): void {
  const { scope } = pass;
  if (scope.owner < 0 || (scope.name !== '__repr__' && scope.name !== '__str__')) return;
  give(pass, 'repr', returned, returned, className(pass));
}

/** The call that makes the raised exception, or -1. */
function constructionOf(pass: Pass, raised: number): number {
  const { op } = pass.scope.code;
  if (raised < 0) return -1;
  if (op[raised] === Op.Call) return raised;
  const number = pass.numbering.number[raised]!;
  return op[raised] === Op.Local && number >= 0 && number < op.length && op[number] === Op.Call ? number : -1;
}

function isConstructor({ scope, context }: Pass): boolean {
  if (scope.owner < 0 || scope.name !== '__init__') return false;
  const { resolver } = context;
  return resolver.classes
    .order(scope.owner)
    .some(
      (base) =>
        resolver.entities.kind[base] === EntityKind.Library &&
        /(Exception|Error|Warning|Interrupt|Exit)$/.test(resolver.pathOf(base)),
    );
}

function isReceiver({ scope }: Pass, value: number): boolean {
  return scope.code.op[value] === Op.Local && scope.code.a[value] === 0;
}

function className({ scope, context }: Pass): string {
  return context.resolver.program.scopes[scope.owner]!.name;
}

/** Whether a text of the class's body, or of a base's, names the key: `msg_fmt = 'no access for %(user)s'`. */
function isInFormat({ context }: Pass, classScope: number, key: string): boolean {
  const { resolver } = context;
  const { entities, program } = resolver;
  return resolver.classes.order(classScope).some((base) => {
    if (entities.kind[base] !== EntityKind.Class) return false;
    const { code, file } = program.scopes[entities.x[base]!]!;
    for (let at = 0; at < code.op.length; at++) {
      if (code.op[at] !== Op.Const) continue;
      const { kind, text } = file.source.constants[code.a[at]!]!;
      if (kind === ConstantKind.String && (text.includes(`%(${key})`) || text.includes(`{${key}`)))
        return true;
    }
    return false;
  });
}

function give(pass: Pass, kind: 'exception' | 'repr', at: number, argument: number, name: string): void {
  const value = withoutKeywords(pass, pass.values[argument]!);
  arriveAt(pass, at, argument, value, { kind, arguments: [] }, SinkMode.Whole, name);
}

/** Which members of `**kwargs` a message shows, its format says: that is told where the exception is made. */
function withoutKeywords({ domain, scope }: Pass, value: number): number {
  const { labels, labelsOf } = domain;
  const own = labels.map(labelsOf[value]!, (label, mask) => {
    const { kind, parameter, scope: owner } = labels.rootOf(label);
    const isKeywords =
      kind === LabelKind.Input &&
      owner === scope.id &&
      scope.code.parameters[parameter] === ParameterKind.VarKeyword;
    return isKeywords ? null : [label, mask];
  });
  return domain.withLabels(value, own);
}
