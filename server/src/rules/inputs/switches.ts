// Whether a handler, or one call, works only where whoever runs the program has switched it on: it refuses while a setting
// is false.

import { lastName } from '../../flow/function-facts';
import type { Root } from '../../flow/values/labels';
import type { Scope } from '../../program/program';
import { Op, UnaryOperator } from '../../syntax/code';
import { bracketEnds } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const settings = /(^|_)(enabled?|allow(s|ed)?|permit(s|ted)?|debug|dev|experimental|unsafe)(_|$)|_mode$/i;

/** Whether the function that a value comes in by leaves while a setting is off: `if not app.debug: abort(404)`. */
export function isSwitchedOn({ program }: Analysis, root: Root): boolean {
  const scope = program.scopes[root.scope]!;
  const { code } = scope;
  const { op, a, c } = code;
  const ends = bracketEnds(code);
  return op.some((one, at) => {
    const tested = a[at]!;
    if (one !== Op.If || op[tested] !== Op.Unary || c[tested] !== UnaryOperator.Not) return false;
    const setting = a[tested]!;
    if (op[setting] === Op.Local && a[setting] === -1 - root.at) return false;
    if (!settings.test(lastName(scope, setting))) return false;
    for (let k = at + 1; k < ends[at]!; k++) if (op[k] === Op.Raise || op[k] === Op.Return) return true;
    return false;
  });
}

const loosens = /(^|_)allow_(local|localhost|private|internal|loopback|insecure|unsafe|all)/i;

/** Whether a call is made only where a setting lets more through than usual: `if options.allow_localhost:`. */
export function isAllowedBySetting(scope: Scope, call: number): boolean {
  const { op, a } = scope.code;
  const ends = bracketEnds(scope.code);
  return op.some(
    (one, at) => one === Op.If && at < call && call < ends[at]! && loosens.test(lastName(scope, a[at]!)),
  );
}
