// Whether a field is one for all objects of its class: bound in the body of the class or stored through the class, and by no
// method given to an object of its own. What the classes of libraries keep for each object though they list it in their
// body (models, data classes) is left out by their names.

import type { PlaceOf } from '../flow/accesses';
import { isFieldMaker } from '../flow/calling';
import { EntityKind } from '../flow/entities';
import { dottedName } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { classExtra } from '../syntax/code-reader';

/** Whether all objects of a class see one and the same state there. */
export function isOfClass(resolver: Resolver, place: PlaceOf): boolean {
  if (place.ofModule) return false;
  const { classes, bindings, program } = resolver;
  const body = program.scopes[place.owner]!;
  const bound = bindings.of(place.owner, place.name);
  const stores = [place.owner, ...classes.descendants(place.owner, 64)].flatMap((one) =>
    classes.storesOf(one, place.name),
  );
  if (bound.length + stores.length === 0 || bound.some(({ value }) => isFieldMaker(resolver, body, value)))
    return false;
  if (describesFields(resolver, body)) return false;
  // A store through an object makes an attribute of its own that hides the shared one.
  return stores.every(({ scope, at }) => {
    const { code } = program.scopes[scope]!;
    const receiver = resolver.numberings.of(program.scopes[scope]!).number[code.a[at]!]!;
    return !isThroughObject(resolver, scope, receiver);
  });
}

/** Whether a value is, for all that is known, an object and no class. */
export function isThroughObject(resolver: Resolver, scope: number, receiver: number): boolean {
  const { entities } = resolver;
  return resolver.denotesNumber(scope, receiver).some((entity) => entities.kind[entity] !== EntityKind.Class);
}

/** Classes whose body lists what each object has: data classes, models, and state of one thread. */
function describesFields(resolver: Resolver, body: Scope): boolean {
  const outer = resolver.program.scopes[body.parent]!;
  const { decorators } = classExtra(outer.code, body.definedAt);
  if (
    decorators.some((value) =>
      /(^|[._])(dataclass|attrs?|s|define|frozen|mutable)$/.test(dottedName(outer, value)),
    )
  )
    return true;
  return resolver.classes
    .order(body.id)
    .some((entity) =>
      /(^|\.)(local|BaseModel|Model|Struct|NamedTuple|TypedDict|Enum)$/.test(resolver.entities.path(entity)),
    );
}
