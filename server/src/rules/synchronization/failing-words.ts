// Which calls into code that the analysis does not see fail in ordinary use, by what they are called and on what: input
// and output, the network, processes, parsing; and which calls enter code that a caller hands in. Knows no function of the
// program.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { calleeName } from './lock-words';

/** First words of names of what talks to a file, a process or another machine, or reads a text. */
const verbs = new Set(
  (
    'open read readline readlines write writelines send sendall sendto sendmsg recv recvfrom recvmsg receive ' +
    'login authenticate execute executemany executescript commit rollback flush fetch fetchone fetchall ' +
    'download upload request urlopen query load loads unpickle parse deserialize unpack publish subscribe ' +
    'invoke communicate exec eval compile post patch refresh render check_call check_output mkdir makedirs ' +
    'unlink rename listdir import_module ioctl fsync save'
  ).split(' '),
);

/** What asks another machine when it is called on a client, and a dictionary otherwise. */
const asks =
  /^(connect|reconnect|disconnect|listen|accept|bind|sync|get|put|set|delete|create|update|list|exists|remove|add|call|ping|start|stop|run|lock|unlock|register)(_|$)/;
const remotes =
  /(client|conn|connection|session|sock|socket|cursor|api|rpc|http|db|database|redis|etcd|zk|kazoo|remote|proxy|broker|transport|service|resource|driver|storage|token_?manager)s?\d*$/i;

/** What takes a text and has nowhere to lose it, or ends with the process. */
const memory = /(^|_)(std(out|err)|buf|buffer|out|output|string_?io)$/i;

const quietPaths =
  /^(os\.(write|read|close|walk|path|environ|get\w+|fspath|urandom|cpu_count|isatty)(\.|$)|asyncio\.|threading\.|collections\.|logging\.|time\.|weakref\.|typing\.|functools\.|itertools\.|contextlib\.|queue\.|multiprocessing\.(Lock|RLock|Event|Value|current_process)|ctypes\.|torch\.|numpy\.|re\.|copy\.|math\.|random\.|uuid\.|inspect\.|warnings\.|traceback\.|dict\.|list\.|set\.|(builtins\.)?(str|bytes)\.(?!join|decode)|array\.|enum\.|dataclasses\.|datetime\.|signal\.|atexit\.)/;
const failingPaths =
  /^((io\.)?open$|os\.|shutil\.|subprocess\.|socket\.|ssl\.|select\.|http\.|urllib\.request\.|ftplib\.|smtplib\.|xmlrpc\.|sqlite3\.|json\.loads?$|pickle\.|marshal\.|struct\.unpack|zlib\.decompress|gzip\.|tarfile\.|zipfile\.|tempfile\.|importlib\.import_module$|requests\.|httpx\.|aiohttp\.|urllib3\.)/;

/** Objects that talk to nobody before they are used. */
const unconnected = /^(http|requests|httpx|aiohttp|urllib3|ssl)\.([\w.]*\.)?[A-Z]\w*$/;

/** Whether a call of what is not seen has a name, or a path, of something that fails. */
export function soundsFailing(scope: Scope, call: number, path: string): boolean {
  const name = calleeName(scope, call);
  if (name === 'close' || unconnected.test(path)) return false;
  if (failingPaths.test(path) && !quietPaths.test(path)) return true;
  if (quietPaths.test(path)) return false;
  const bare = name.replace(/^_+/, '');
  if (/^(write|flush)/.test(bare) && memory.test(objectName(scope, call, path))) return false;
  if (verbs.has(bare) || verbs.has(bare.split('_')[0]!)) return true;
  if (bare === 'join') return joinsField(scope, call);
  return asks.test(bare) && remotes.test(objectName(scope, call, path));
}

/** `''.join(self._parts)`: a text of what others have put there. */
function joinsField(scope: Scope, call: number): boolean {
  const { code } = scope;
  const { op, a } = code;
  const given = positional(code, call, 0);
  return given >= 0 && op[given] === Op.Attribute && op[a[a[call]!]!] === Op.Const;
}

/** `self.kazoo_client` in `self.kazoo_client.get(path)`; the class, where it is known. */
function objectName(scope: Scope, call: number, path: string): string {
  const { op, a, b, slots } = scope.code;
  const { names } = scope.file.source;
  const callee = a[call]!;
  if (op[callee] !== Op.Attribute) return '';
  const owner = path.split('.').at(-2) ?? '';
  if (remotes.test(owner)) return owner;
  const object = a[callee]!;
  if (op[object] === Op.Attribute) return names[b[object]!]!;
  if (op[object] === Op.Local) return names[slots[a[object]!]!]!;
  return op[object] === Op.Global || op[object] === Op.Captured ? names[a[object]!]! : '';
}

const handed =
  /(^|_)(callback|cb|func|function|fn|hook|handler|factory|callable|predicate|loader|creator|target)$/i;

/** A call of code that somebody hands in: a parameter, a variable of the function around, an element of a walk, a field
 * that is named so. */
export function isHandedIn({ resolver }: Analysis, scope: Scope, call: number): boolean {
  const { op, a, parameters } = scope.code;
  const callee = a[call]!;
  if (op[callee] === Op.Attribute || op[callee] === Op.Captured || op[callee] === Op.Item)
    return op[callee] !== Op.Attribute || handed.test(calleeName(scope, call));
  if (op[callee] !== Op.Local) return false;
  const { number, count } = resolver.numberings.of(scope);
  const value = number[callee]!;
  const slot = value - count;
  if (slot >= 0 && slot < parameters.length) return true;
  return value >= 0 && value < op.length && (op[value] === Op.Element || op[value] === Op.Item);
}

/** A function of a package of the program, in a file that is not there; classes and their methods may be compiled ones. */
export function isOutOfView(scope: Scope, call: number, path: string): boolean {
  const { op, a } = scope.code;
  if (op[a[call]!] !== Op.Global || !/^_*[a-z]/.test(calleeName(scope, call))) return false;
  const root = path.slice(0, path.indexOf('.'));
  return root !== '' && scope.file.path.split('/').slice(0, -1).includes(root);
}
