// Which inferred guards mean anything: a lock that lives beside the state, and state that does not guard itself. Asked
// by every rule that speaks of guards.

import { EntityKind } from '../../flow/entities';
import type { Lock } from '../../flow/locks';
import type { Analysis } from '../../whole/analysis';
import type { Guarded } from '../../whole/guards';

/** A lock speaks for state that lives beside it: some function of the owner's file takes it. Locks of far-away code
 * cover much state of others by accident. */
export function isNear(analysis: Analysis, guarded: Guarded, guard: Lock): boolean {
  const { file } = analysis.program.scopes[guarded.place.owner]!;
  return analysis.lockFiles(guard).has(file.index);
}

/** The state of a class that is a lock itself: who owns it may go on without the lock inside. */
export function isOfLockClass({ resolver }: Analysis, { place }: Guarded): boolean {
  if (place.ofModule) return false;
  const names = [...resolver.bindings.names(place.owner)];
  return names.some((name) => taking.test(name)) && names.some((name) => giving.test(name));
}

const taking = /^_*acquire(_|$)/;
const giving = /^_*release(_|$)/;

/** An object of a class below `threading.local`: each thread has its own state in it. */
function isOfThread({ entities, classes }: Analysis['resolver'], entity: number): boolean {
  if (entities.kind[entity] !== EntityKind.Instance) return false;
  return classes.order(entities.x[entity]!).some((base) => entities.path(base) === 'threading.local');
}

/** A place that holds a lock or a thread-safe object guards itself. */
export function isLockItself(analysis: Analysis, { place }: Pick<Guarded, 'place'>): boolean {
  const { resolver, library } = analysis;
  const stores = place.ofModule
    ? resolver.bindings.of(place.owner, place.name)
    : [
        ...resolver.classes.storesOf(place.owner, place.name),
        ...resolver.bindings.of(place.owner, place.name),
      ];
  for (const store of stores) {
    for (const entity of resolver.denotes(store.scope, store.value)) {
      if (isOfThread(resolver, entity)) return true;
      if (resolver.entities.kind[entity] !== EntityKind.Library) continue;
      const path = resolver.entities.path(entity);
      if (library.lockConstructors.get(path.replace(/\(\)$/, ''))) return true;
      const type = library.type(path);
      if (type?.threadSafe || type?.concurrent) return true;
    }
  }
  return false;
}
