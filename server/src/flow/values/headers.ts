// Headers of a request that a browser fills in by itself: whoever attacks somebody else's browser does not choose them.
// They are told apart by the key under which they are read.

import { LabelKind } from './labels';
import type { Pass } from './pass';

const names: readonly (readonly [RegExp, string])[] = [
  [/^s:(http[-_])?referr?er$/i, 'the Referer header'],
  [
    /^s:((http[-_])?(x[-_]forwarded[-_])?(host|port|proto|server|scheme|prefix)|server_name)$/i,
    'the Host header',
  ],
  [/^s:(http[-_])?origin$/i, 'the Origin header'],
];

/** What is read under a key of a request's headers. */
export function namedHeader({ domain }: Pass, value: number, key: string | null): number {
  const set = domain.labelsOf[value]!;
  if (set === 0 || key === null) return value;
  const words = names.find(([pattern]) => pattern.test(key))?.[1];
  if (words === undefined) return value;
  const { labels } = domain;
  let renamed = 0;
  const others = labels.map(set, (label, mask) => {
    const root = labels.rootOf(label);
    if (root.kind !== LabelKind.Untrusted || !/request's (headers|environment)$/.test(root.words))
      return [label, mask];
    renamed = labels.join(
      renamed,
      labels.map(labels.origin({ ...root, words }), (one) => [one, mask]),
    );
    return null;
  });
  return renamed === 0 ? value : domain.withLabels(value, labels.join(others, renamed));
}
