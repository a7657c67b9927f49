// What type of content a response has, as far as its function or its headers say so: only what a browser shows
// as a page can do harm as HTML. Which response a constant is for is not looked at.

import { ConstantKind, Op } from '../../syntax/code';
import { calleeName } from './checks';
import type { Pass } from './pass';
import { ShapeKind } from './shapes';

/** Whether a function names a type of content that browsers do not show as a page: which response it is for, is not
 * looked at. */
export function namesOtherContent({ scope }: Pass): boolean {
  const { op, a } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Const) continue;
    const { kind, text } = scope.file.source.constants[a[at]!]!;
    if (kind === ConstantKind.String && otherContent.test(text)) return true;
  }
  return false;
}

const otherContent = /^(application\/(?!xhtml|x-www-form)|text\/(?!html)|image\/(?!svg)|audio\/|video\/)/;

/** Headers that name a type of content that browsers do not show as a page. */
export function saysOtherwise({ domain }: Pass, headers: number): boolean {
  const shape = domain.shape(headers);
  if (shape === null || shape.kind !== ShapeKind.Dict) return false;
  return shape.keys.some((key, k) => {
    if (!/^s:content-type$/i.test(key)) return false;
    const type = domain.known.prefix(domain.knownOf[shape.values[k]!]!);
    return !/^(text\/html|application\/xhtml|image\/svg)/.test(type);
  });
}

/** Whether a function makes JSON: what it sends is taken for that. */
export function makesJson(pass: Pass): boolean {
  const { op, a } = pass.scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Call && /dumps|jsonify|(^|_)json(_|$)/i.test(calleeName(pass, a[at]!))) return true;
  }
  return false;
}
