// What runs the functions of a program where it chooses that itself: libraries that serve greenthreads by default can be
// told to serve threads. A choice in any file that is no test holds for the whole program.

import { lastName } from '../flow/function-facts';
import { argumentAt } from '../flow/locks';
import type { Library } from '../library/library';
import type { ExecutionModel } from '../library/schema';
import type { LibraryCalls } from './library-calls';

/** The models that the program puts in the place of those of library knowledge. */
export function chosenModels({
  library,
  libraryCalls,
}: {
  readonly library: Library;
  readonly libraryCalls: LibraryCalls;
}): ReadonlyMap<ExecutionModel, ExecutionModel> {
  const found = new Map<ExecutionModel, ExecutionModel>();
  for (const path of libraryCalls.paths()) {
    const backend = library.find(library.backends, path);
    if (!backend) continue;
    for (const { scope, at } of libraryCalls.of(path)) {
      const value = scope.file.isTest ? -1 : argumentAt(scope, at, backend.argument);
      if (value >= 0 && lastName(scope, value) === backend.value) found.set(backend.replaces, backend.by);
    }
  }
  return found;
}
