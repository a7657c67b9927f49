// Functions of the language that put values together in another form, or reach members by name: `zip`, `enumerate`,
// `vars`, `locals`, `setattr`.

import { positional } from '../../syntax/code-reader';
import { withoutSecrets } from './arguments';
import { actualsOf } from './binding';
import { bottom, entriesOf, Type } from './domain';
import type { Pass } from './pass';
import { element, follow, readAny } from './reading';
import { ShapeKind } from './shapes';
import { storeAttribute } from './stores';
import { constantText } from './text';

/** The value of a call of such a function; null for any other. */
export function structureCall(pass: Pass, at: number, path: string): number | null {
  switch (path) {
    case 'enumerate':
      return numbered(pass, at);
    case 'zip':
    case 'itertools.zip_longest':
    case 'itertools.product':
      return zipped(pass, at);
    case 'six.iteritems':
    case 'six.viewitems':
    case 'future.utils.iteritems':
    case 'future.utils.viewitems': {
      const first = positional(pass.scope.code, at, 0);
      return first < 0 ? null : items(pass, pass.values[first]!);
    }
    case 'vars': {
      const first = positional(pass.scope.code, at, 0);
      return first < 0 ? variables(pass) : membersOf(pass, pass.values[first]!);
    }
    case 'locals':
      return variables(pass);
    case 'setattr':
    case 'object.__setattr__':
      return setMember(pass, at);
    default:
      return null;
  }
}

/** The keys and values of a mapping, in pairs. */
export function items(pass: Pass, receiver: number): number {
  const { domain } = pass;
  const keys = withoutSecrets(pass, domain.labelsOf[receiver]!);
  const pair = domain.container(
    ShapeKind.Tuple,
    [
      ['i:0', domain.join(domain.unknownKeys(receiver), domain.value(Type.Any, 0, keys))],
      ['i:1', shallow(pass, readAny(domain, receiver))],
    ],
    bottom,
  );
  return domain.container(ShapeKind.List, [], pair);
}

/** A value that may stand in a pair in a list: nested too deeply, it would take its labels to the key beside it. */
function shallow({ domain }: Pass, value: number): number {
  const depth = domain.shape(value)?.depth ?? 0;
  return depth < 2 ? value : domain.value(domain.types[value]!, 0, domain.deepLabels(value));
}

function numbered(pass: Pass, at: number): number | null {
  const { domain, values } = pass;
  const first = positional(pass.scope.code, at, 0);
  return first < 0 ? null : tuples(pass, [domain.value(Type.Number), element(domain, values[first]!)]);
}

function zipped(pass: Pass, at: number): number | null {
  const actuals = actualsOf(pass, at);
  return actuals.some(({ mark }) => typeof mark !== 'string' && mark !== -1)
    ? null
    : tuples(
        pass,
        actuals.filter(({ mark }) => mark === -1).map(({ value }) => element(pass.domain, value)),
      );
}

/** A list of tuples with these members. */
function tuples({ domain }: Pass, members: readonly number[]): number {
  const entries = members.map((member, k) => [`i:${k}`, member] as const);
  return domain.container(ShapeKind.List, [], domain.container(ShapeKind.Tuple, entries, bottom));
}

/** The attributes of an object as a mapping. */
export function membersOf({ domain }: Pass, object: number): number {
  const entries = entriesOf(domain.shape(object)).flatMap(([key, member]) =>
    key.startsWith('.') ? [[`s:${key.slice(1)}`, member] as const] : [],
  );
  const rest = domain.withLabels(domain.value(Type.Any), domain.labelsOf[follow(domain, object, ['*'])]!);
  return domain.container(ShapeKind.Dict, entries, domain.labelsOf[object] === 0 ? bottom : rest);
}

/** The variables of the function as a mapping, those that carry labels. */
function variables({ domain, environment, scope }: Pass): number {
  const { names } = scope.file.source;
  const entries = [...scope.code.slots].flatMap((name, slot) => {
    const value = environment?.values[slot] ?? bottom;
    return domain.hasLabels(value) ? [[`s:${names[name]}`, value] as const] : [];
  });
  return domain.container(ShapeKind.Dict, entries, bottom);
}

/** `setattr(object, 'name', value)`; null when the name is not known. */
function setMember(pass: Pass, at: number): number | null {
  const { code } = pass.scope;
  const [object, key, value] = [0, 1, 2].map((place) => positional(code, at, place)) as [
    number,
    number,
    number,
  ];
  const name = key < 0 ? null : constantText(pass, pass.values[key]!);
  if (object < 0 || value < 0 || name === null) return null;
  storeAttribute(pass, object, name, pass.values[value]!);
  return pass.domain.value(Type.None);
}
