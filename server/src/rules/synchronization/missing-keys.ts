// Stores under keys that the function has just found missing: they add an element, where other stores under a key mostly
// replace one. Looks at one function only.

import { AccessKind } from '../../flow/accesses';
import { handledNames, handlersAround, handlersOf } from '../../flow/handlers';
import { CompareOperator, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { enclosing, partsOf } from './lock-words';

/** `if key not in d: d[key] = ...`, `except KeyError: d[key] = ...`, and the same by way of `get`. */
export function storesMissing(
  { program, resolver }: Analysis,
  { accesses }: Guarded,
  store: HeldAccess,
): boolean {
  const scope = program.scopes[store.scope]!;
  const { code } = scope;
  const { op, a, b, c } = code;
  if (op[store.at] !== Op.StoreItem || store.inside) return false;
  const { number } = resolver.numberings.of(scope);
  const key = number[b[store.at]!]!;
  const isKey = (value: number) => value >= 0 && key >= 0 && number[value] === key;
  const looks = accesses.filter((one) => one.scope === store.scope && one.at < store.at && !one.inside);
  const around = enclosing(code, store.at);
  const isMissing = around.some((part) => {
    if (op[part] !== Op.If || a[part]! < 0) return false;
    const parts = partsOf(code, part);
    return looks.some(({ kind, at }) => {
      if (kind !== AccessKind.Test) return false;
      if (op[at] === Op.Compare)
        return c[at] === CompareOperator.NotIn && isKey(a[at]!) && parts.includes(at);
      // `found = d.get(key)`, and then a test of what was found.
      const test = a[part]!;
      const isNothing = op[test] === Op.Compare ? c[test] === CompareOperator.Is : op[test] === Op.Unary;
      return op[at] === Op.Call && isNothing && number[a[test]!] === number[at];
    });
  });
  if (isMissing) return true;
  // In the handler of a look-up that failed.
  return handlersOf(code).some(
    (handler) =>
      handler.at < store.at &&
      store.at < handler.end &&
      handledNames(scope, handler.at).some((name) => /(^|\.)(KeyError|LookupError)$/.test(name)) &&
      looks.some(
        ({ kind, at }) =>
          kind === AccessKind.Index &&
          isKey(b[at]!) &&
          handlersAround(code, at).some((one) => one.at === handler.at),
      ),
  );
}
