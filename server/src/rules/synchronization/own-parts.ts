// What belongs to one object alone, so that it dies with it: objects that its class makes and keeps in a field, locks
// that it takes only between `__enter__` and `__exit__`, while the block of its `with` holds it. Whether somebody else was
// given a part is not asked.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentValue } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Way } from '../../whole/lock-taking';
import { enclosing, partsOf } from './lock-words';
import { isReceiver } from './one-object';

/** A step of a way of calls. */
type Step = { readonly scope: number; readonly at: number };

/** Whether every step of a way stays with the object, or goes to one that it made for itself: both die together. */
export function isOwnPart(analysis: Analysis, path: readonly Step[], { use }: Way): boolean {
  const { program, lockTaking } = analysis;
  const taker = program.scopes[path[path.length - 1]!.scope]!;
  if (use && !lockTaking.ofReceiver(taker, use.number)) {
    const { op, a } = taker.code;
    const base = use.number < op.length && op[use.number] === Op.Attribute ? a[use.number]! : -1;
    if (base < 0 || !isMadeForItself(analysis, taker, base)) return false;
  }
  return path.slice(0, -1).every(({ scope: id, at }) => {
    const scope = program.scopes[id]!;
    const { op, a } = scope.code;
    if (at < 0 || lockTaking.onReceiver(scope, at)) return at >= 0;
    return op[a[at]!] === Op.Attribute && isMadeForItself(analysis, scope, a[a[at]!]!);
  });
}

/** A field of the receiver in which the class puts nothing but objects of the program that it makes there. */
function isMadeForItself(analysis: Analysis, scope: Scope, value: number): boolean {
  const { program, resolver } = analysis;
  const name = ownField(analysis, scope, value);
  if (name === '') return false;
  const stores = resolver.classes.storesOf(scope.owner, name);
  return (
    stores.length > 0 &&
    stores.every(
      (store) =>
        program.scopes[store.scope]!.code.op[store.value] === Op.Call &&
        resolver.targets(store.scope, store.value).some(({ kind }) => kind === 'class'),
    )
  );
}

/** The name of the receiver's field that a value is, by attribute or by `getattr(self, 'name')`; '' for none. */
function ownField(analysis: Analysis, scope: Scope, value: number): string {
  const { op, a, b } = scope.code;
  const { names, constants } = scope.file.source;
  const number = analysis.resolver.numberings.of(scope).number[value]!;
  const at = number >= 0 && number < op.length ? number : value;
  if (op[at] === Op.Attribute) return isReceiver(analysis, scope, a[at]!) ? names[b[at]!]! : '';
  if (op[at] !== Op.Call || op[a[at]!] !== Op.Global || names[a[a[at]!]!] !== 'getattr') return '';
  if (argumentCount(scope.code, at) < 2) return '';
  const name = argumentValue(scope.code, at, 1);
  if (!isReceiver(analysis, scope, argumentValue(scope.code, at, 0)) || op[name] !== Op.Const) return '';
  return constants[a[name]!]!.text;
}

/** Whether a way goes on only under a test of a field, or of a parameter that is given the field, which is set between
 * `__enter__` and `__exit__` alone: the block of the `with` keeps the object alive. */
export function isWithinBlock(analysis: Analysis, path: readonly Step[]): boolean {
  const { program, resolver } = analysis;
  let fields: ReadonlyMap<number, string> = new Map();
  for (const { scope: id, at } of path) {
    if (at < 0) return false;
    const scope = program.scopes[id]!;
    const { op, a } = scope.code;
    const { number } = resolver.numberings.of(scope);
    for (const part of enclosing(scope.code, at)) {
      if (op[part] !== Op.If || a[part]! < 0) continue;
      for (const k of partsOf(scope.code, part)) {
        const name = ownField(analysis, scope, k) || (fields.get(number[k]! - op.length) ?? '');
        if (name !== '' && isSetWithinBlock(analysis, program.scopes[path[0]!.scope]!.owner, name))
          return true;
      }
    }
    fields = handedFields(analysis, scope, at);
  }
  return false;
}

/** The fields of the receiver that a call hands over, by the parameter's place among those that are given. */
function handedFields(analysis: Analysis, scope: Scope, call: number): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  if (scope.code.op[call] !== Op.Call) return found;
  const { resolver, program } = analysis;
  for (const target of resolver.targets(scope.id, call)) {
    if (target.kind !== 'function') continue;
    const shift = target.bound && program.scopes[target.scope]!.owner >= 0 ? 1 : 0;
    for (let k = 0; k < argumentCount(scope.code, call); k++) {
      const name = ownField(analysis, scope, argumentValue(scope.code, call, k));
      if (name !== '') found.set(k + shift, name);
    }
  }
  return found;
}

function isSetWithinBlock({ program, resolver }: Analysis, owner: number, name: string): boolean {
  if (owner < 0) return false;
  const stores = resolver.classes.storesOf(resolver.classes.ownerOf(owner, name), name);
  let isSet = false;
  let isReset = false;
  for (const { scope: id, value } of stores) {
    const scope = program.scopes[id]!;
    const isObject = scope.code.op[resolver.numberings.of(scope).number[value]!] !== Op.Const;
    if (/^__a?enter__$/.test(scope.name)) isSet ||= isObject;
    else if (isObject) return false;
    else isReset ||= /^__a?exit__$/.test(scope.name);
  }
  return isSet && isReset;
}
