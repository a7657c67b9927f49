// The parts of an address: what taking it apart gives, and what putting it together makes. Where it leads is decided by
// its scheme and host; its path, query and fragment lead nowhere else.

import { doubted, withoutSecrets } from './arguments';
import { Type } from './domain';
import type { Pass } from './pass';
import { cleared } from './refinement';
import { ShapeKind } from './shapes';
import { atField, partLabels, plain } from './text';

const leading = ['scheme', 'netloc'];
const hosts = ['hostname'];

/** What `urlparse` and `urlsplit` make of an address. */
export function partsOfAddress(pass: Pass, address: number): number {
  const { domain, context } = pass;
  const labels = withoutSecrets(pass, partLabels(pass, address));
  const whole = domain.value(Type.Text, 0, labels);
  const behind = cleared(domain, whole, context.addressBits);
  let parts = domain.container(ShapeKind.Object, [], domain.value(Type.Any, 0, doubted(pass, labels)));
  leading.forEach((name, place) => {
    parts = domain.withMember(domain.withMember(parts, `.${name}`, whole), `i:${place}`, whole);
  });
  for (const name of hosts) parts = domain.withMember(parts, `.${name}`, whole);
  for (const name of ['path', 'query', 'params', 'fragment'])
    parts = domain.withMember(parts, `.${name}`, behind);
  parts = domain.withMember(parts, 'i:2', behind);
  return domain.withMember(parts, '.port', domain.value(Type.Number));
}

/** `urlunparse((scheme, host, path, ...))`. */
export function addressOfParts(pass: Pass, parts: number): number {
  const { domain } = pass;
  const shape = domain.shape(parts);
  if (shape === null)
    return domain.value(Type.Text, 0, plain(pass, withoutSecrets(pass, partLabels(pass, parts))));
  let labels = domain.labelsOf[parts]!;
  shape.keys.forEach((key, k) => {
    const own = partLabels(pass, shape.values[k]!);
    labels = domain.labels.join(labels, key === 'i:0' || key === 'i:1' ? own : atField(pass, 1, '', own));
  });
  return domain.value(Type.Text, 0, plain(pass, withoutSecrets(pass, labels)));
}
