// What a check of an address proves: that its host is one of ours, by the host that was parsed out of it, or by how its
// text begins. Which sinks take addresses, the library's data say.

import { Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import { calleeName } from './checks';
import type { Pass } from './pass';
import { cleared, refine, subjectOf } from './refinement';
import { constantText, hasHost } from './text';

const parsers = new Set(['urlparse', 'urlsplit', 'url_parse', 'parse_url', 'URL', 'make_url']);
const hosts = new Set(['netloc', 'hostname', 'host']);
const maximumDepth = 4;

/** Takes into account that a value is one of ours: is it the host of an address, then that address is. */
export function acceptHost(pass: Pass, tested: number): void {
  const [subject] = subjectOf(pass, tested);
  const address = addressOf(pass, subject);
  if (address >= 0) acceptAddress(pass, address);
}

/** Whether a value is the host of the request or of an address. */
export function isHost(pass: Pass, value: number): boolean {
  const { code } = pass.scope;
  const made = madeBy(pass, value);
  const read = code.op[made] === Op.Call ? code.a[made]! : made;
  return code.op[read] === Op.Attribute && /^(get_)?host(name)?$|^netloc$/.test(pass.name(code.b[read]!));
}

/** Takes into account that a text begins, or the host of an address ends, with one of these. */
export function acceptAffix(pass: Pass, at: number, name: string): void {
  if (name !== 'startswith' && name !== 'endswith') return;
  const { code } = pass.scope;
  const callee = code.a[at]!;
  const affixes = textsOf(pass, positional(code, at, 0));
  if (code.op[callee] !== Op.Attribute || affixes.length === 0) return;
  const object = code.a[callee]!;
  if (name === 'endswith') {
    if (affixes.every((text) => /^\.[^.]+\../.test(text))) acceptHost(pass, object);
  } else if (affixes.every((text) => /^[a-z][a-z0-9+.-]*:/i.test(text) && hasHost(text))) {
    acceptAddress(pass, object);
  }
}

function acceptAddress(pass: Pass, address: number): void {
  const mask = pass.context.addressBits;
  refine(pass, address, (value) => cleared(pass.domain, value, mask));
  const joined = joinedFrom(pass, address);
  if (joined >= 0) refine(pass, joined, (value) => cleared(pass.domain, value, mask));
}

/** The address whose host a value is; -1 when it is none. */
function addressOf(pass: Pass, value: number): number {
  const { code } = pass.scope;
  let host = madeBy(pass, value);
  for (let depth = 0; depth < maximumDepth; depth++) {
    // `url.netloc.split(':')[0]`
    if (code.op[host] === Op.Item) host = madeBy(pass, code.a[host]!);
    else if (code.op[host] === Op.Call && code.op[code.a[host]!] === Op.Attribute)
      host = madeBy(pass, code.a[code.a[host]!]!);
  }
  if (code.op[host] !== Op.Attribute || !hosts.has(pass.name(code.b[host]!))) return -1;
  const parsed = madeBy(pass, code.a[host]!);
  if (code.op[parsed] !== Op.Call || !parsers.has(calleeName(pass, code.a[parsed]!))) return -1;
  const address = positional(code, parsed, 0);
  return address;
}

/** What an address was joined from: `urljoin(base, address)`; -1 when it was not. */
function joinedFrom(pass: Pass, address: number): number {
  const { code } = pass.scope;
  const joined = madeBy(pass, address);
  const isJoined = code.op[joined] === Op.Call && calleeName(pass, code.a[joined]!) === 'urljoin';
  return isJoined ? positional(code, joined, 1) : -1;
}

/** The instruction that made what a variable holds, when that is one. */
function madeBy(pass: Pass, value: number): number {
  const { scope } = pass;
  const number = pass.numberAt(value);
  return scope.code.op[value] === Op.Local && number >= 0 && number < scope.code.op.length ? number : value;
}

/** The texts that an argument is, one or a tuple of them; none when any is unknown. */
function textsOf(pass: Pass, value: number): readonly string[] {
  if (value < 0) return [];
  const shape = pass.domain.shape(pass.values[value]!);
  const found =
    shape === null
      ? [constantText(pass, pass.values[value]!)]
      : shape.values.map((one) => constantText(pass, one));
  return found.every((text) => text !== null) ? found : [];
}
