// What a lock is called where a class or module is described: `self._lock` where it is the class's own or inherited, and with
// its class or module in front everywhere else, so that two locks of one name are told apart.

import type { Lock } from '../flow/locks';
import type { Analysis } from './analysis';

/** The name of a lock, as seen from a class or module (-1: from nowhere in particular). */
export function lockNameFrom({ program, resolver }: Analysis, lock: Lock, owner: number): string {
  const { key, label } = lock;
  if (key.startsWith('field:') && label.startsWith('self.')) {
    const holder = Number(key.split(':')[1]);
    const isOwn =
      owner >= 0 &&
      resolver.classes
        .order(owner)
        .some((one) => resolver.entities.path(one) === '' && resolver.entities.x[one] === holder);
    return isOwn ? label : `${program.scopes[holder]!.qualifiedName}.${label.slice('self.'.length)}`;
  }
  if (!key.startsWith('global:')) return label;
  const path = key.slice('global:'.length, key.lastIndexOf(':'));
  const file = program.files.find((one) => one.path === path);
  if (!file || (owner >= 0 && program.scopes[owner]!.file === file)) return label;
  return `${resolver.modules.names[file.index]!}.${label}`;
}
