// What a callback of `weakref.finalize` gets of the object that ends: a field of it. Whoever is in a method of that object
// at work on the field holds the object, so that it does not end; others who were given the field are not asked for.

import { Op } from '../../syntax/code';
import { keyword, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

/**
 * Whether a value in a callback is what each registration of it hands over of the very object whose end it waits for:
 * `weakref.finalize(self, stop, self._queue)`.
 * @param callback the scope of the callback.
 * @param value the value in it.
 */
export function isPartOfFinalized(analysis: Analysis, callback: number, value: number): boolean {
  const { code, file } = analysis.program.scopes[callback]!;
  const slot = code.op[value] === Op.Local ? code.a[value]! : -1;
  if (slot < 0 || slot >= code.parameters.length) return false;
  const name = file.source.names[code.slots[slot]!]!;
  const registered = analysis.spawned.filter(({ runs }) => runs.includes(callback));
  return (
    registered.length > 0 &&
    registered.every(({ path, scope, at }) => {
      if (path !== 'weakref.finalize') return false;
      const { op, a } = scope.code;
      const { number } = analysis.resolver.numberings.of(scope);
      const object = positional(scope.code, at, 0);
      const byName = keyword(scope.code, at, scope.file.source.names.indexOf(name));
      const given = byName >= 0 ? byName : positional(scope.code, at, slot + 2);
      return (
        object >= 0 && given >= 0 && op[given] === Op.Attribute && number[a[given]!]! === number[object]!
      );
    })
  );
}
