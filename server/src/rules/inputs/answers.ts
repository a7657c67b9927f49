// Whether what comes in is the answer of a server that the program itself asked: whoever runs the program chose whom to
// ask. By the names that a file uses; who was asked is not followed.

import type { Root } from '../../flow/values/labels';
import type { Analysis } from '../../whole/analysis';

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

/** Whether a value is an answer to what the same file sends. */
export function isAnswer({ program }: Analysis, root: Root): boolean {
  const { names } = program.scopes[root.scope]!.file.source;
  const hasOne = (of: readonly string[]) => of.some((name) => names.includes(name));
  switch (root.words) {
    case 'the socket':
      return hasOne(asksPeer) && !hasOne(serves);
    case 'the file name that the sender gives':
      return hasOne(asksServer);
    default:
      return false;
  }
}
