// Loggers of a project's own whose code nobody has read, by their names: `self.log('...')`, `log_error(...)`,
// `audit_log.info(...)`, `self.get_logger().info(...)`. Of a function the message must be seen to be one: names alone
// also mean logarithms.

import { Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue } from '../../syntax/code-reader';
import { lastName } from '../function-facts';
import type { Pass } from './pass';

const logger = /(^|_)(log(ger)?|lgr)s?$|[a-z]Log(ger)?s?$/;
const givesLogger = /(^|_)(log(ger)?|lgr)(_for)?$|Log(ger)?$/;
const writesLog =
  /^_*(log|(write_?|print_?|add_?)?log(_?(it|line|msg|message|text|event|print|debug|info|warn(ing)?|error|exception))?|(debug|info|warn(ing)?|error)_?log)$/i;
const levels = /^(debug|info|warn(ing)?|error|critical|exception)$/;

/** Whether a function of this name may be one that writes a log. */
export function mayLog(name: string): boolean {
  return writesLog.test(name);
}

/** Whether what a level method is called on is a logger by its name, or comes from what gives loggers. */
export function isCalledLogger({ scope }: Pass, object: number): boolean {
  const { op, a } = scope.code;
  if (op[object] === Op.Call) return givesLogger.test(lastName(scope, a[object]!));
  if (op[object] === Op.Item) return logger.test(lastName(scope, a[object]!));
  return logger.test(lastName(scope, object));
}

/** Whether a call of an unread function writes a log: its name says so, or it is a level method of the object's own, and
 * one of its arguments is a message. */
export function isLogCall(pass: Pass, at: number, callee: number, name: string): boolean {
  const { op, a } = pass.scope.code;
  const isOwn = op[callee] === Op.Attribute && isSelf(pass, a[callee]!) && levels.test(name);
  return (isOwn || mayLog(name)) && hasMessage(pass, at);
}

function isSelf({ scope }: Pass, object: number): boolean {
  return scope.owner >= 0 && scope.code.op[object] === Op.Local && scope.code.a[object] === 0;
}

/** Whether one of the first two arguments is a text in words: constant, or put together around words. */
function hasMessage(pass: Pass, at: number): boolean {
  const { code } = pass.scope;
  const { known, knownOf } = pass.domain;
  for (let k = 0; k < argumentCount(code, at) && k < 2; k++) {
    if (argumentKeyword(code, at, k) >= 0) continue;
    const value = knownOf[pass.values[argumentValue(code, at, k)]!]!;
    const text = known.single(value)?.text ?? known.prefix(value) + known.suffix(value);
    if (/[a-z]{2}.*[\s:=%{]|[\s:=].*[a-z]{2}/i.test(text)) return true;
  }
  return false;
}
