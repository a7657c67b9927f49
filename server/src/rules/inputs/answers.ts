// Whether what comes in is the answer of a server that the program itself asked: whoever runs the program chose whom to
// ask. By the names that a file and a function use; who was asked is not followed.

import { lastName } from '../../flow/function-facts';
import type { Root } from '../../flow/values/labels';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { callArguments } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { parts } from './tested-on-the-way';

const asksPeer = ['connect', 'connect_ex', 'create_connection', 'open_connection', 'sendto'];
const serves = ['accept', 'listen', 'bind', 'start_server', 'serve_forever'];
const asksServer = [
  'urlopen',
  'build_opener',
  'HTTPConnection',
  'HTTPSConnection',
  'requests',
  'httpx',
  'ClientSession',
];

/** Whether a function asks before it receives. */
function asksBefore(scope: Scope, received: number): boolean {
  const { op, a } = scope.code;
  for (let at = 0; at < received; at++)
    if (op[at] === Op.Call && asksPeer.includes(lastName(scope, a[at]!))) return true;
  return false;
}

const requests = /^(get|post|request|send|stream|fetch|open|open_url|urlopen|retrieve|urlretrieve|download)$/;
const maximumVisits = 40;

/** Whether a function asks where its caller tells it to, not where a setting or the object says. */
function asksAnybody(scope: Scope): boolean {
  const { code } = scope;
  const { op, a, b } = code;
  const first = scope.owner < 0 ? 0 : 1;
  const isGiven = (value: number) => {
    const work = [value];
    const stored = new Set<number>();
    for (let visits = 0; work.length > 0 && visits < maximumVisits; visits++) {
      const at = work.pop()!;
      if (at < 0) continue;
      if (op[at] === Op.Call) {
        work.push(...callArguments(code, at).map((argument) => argument.value));
        if (op[a[at]!] === Op.Attribute) work.push(a[a[at]!]!);
      } else if (op[at] !== Op.Local) work.push(...parts(scope, at));
      else if (a[at]! < code.parameters.length) {
        if (a[at]! >= first) return true;
      } else if (!stored.has(a[at]!)) {
        stored.add(a[at]!);
        for (let k = 0; k < at; k++) if (op[k] === Op.StoreLocal && a[k] === a[at]) work.push(b[k]!);
      }
    }
    return false;
  };
  return op.some((one, at) => {
    if (one !== Op.Call || !requests.test(lastName(scope, a[at]!))) return false;
    // Python's own opens a file.
    if (lastName(scope, a[at]!) === 'open' && op[a[at]!] !== Op.Attribute) return false;
    const asked = callArguments(code, at)[0]?.value ?? -1;
    return asked >= 0 && isGiven(asked);
  });
}

/** Whether a value is an answer to what the same file sends. */
export function isAnswer({ program }: Analysis, root: Root): boolean {
  const scope = program.scopes[root.scope]!;
  const { names } = scope.file.source;
  const hasOne = (of: readonly string[]) => of.some((name) => names.includes(name));
  switch (root.words) {
    case 'the socket':
      return asksBefore(scope, root.at) || (hasOne(asksPeer) && !hasOne(serves));
    case 'the file name that the sender gives':
      return hasOne(asksServer);
    case 'the file name that the other side sends':
      return !asksAnybody(scope);
    default:
      return false;
  }
}
