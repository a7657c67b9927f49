// What a value that is called a secret may be instead, by what is done with it on the way: the path of a key's file, the
// claims out of a token, what a function gives for another key than the one it was asked for, what a command says to who
// runs it. Reads the text of the functions on the way.

import { Binding, bindingOf, decoratorNames, dottedName, lastName } from '../../flow/function-facts';
import { type Link, type Root, StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { Argument, CompareOperator, ConstantKind, Op } from '../../syntax/code';
import { callArguments, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { testsAround } from './contradictions';
import { literalText } from './literals';
import { messageText } from './message-text';

/** Whether what is done with a value on the way says that it is something other than a secret. */
export function isOtherKind(analysis: Analysis, flow: Flow): boolean {
  const { program, values } = analysis;
  const root = values.origin(flow);
  const path = values.path(flow);
  const scopes = new Set([root.scope, ...path.map((link) => link.scope)]);
  for (let use: Flow['use'] | null = flow.use; use !== null; use = use.inner) scopes.add(use.scope);
  const ways = [...scopes].map((id) => program.scopes[id]!);
  if (mayBeFile.test(root.words) && ways.some((scope) => usesFile(scope, root))) return true;
  if (
    root.at < 0 &&
    (isGivenName(program.scopes[root.scope]!, root) || isOpened(program.scopes[root.scope]!, root))
  )
    return true;
  if (
    mayBeClaims.test(root.words) &&
    (areClaims.test(root.words) || ways.some((scope) => readsClaims(scope, root)))
  )
    return true;
  if (path.some((link, k) => isAskedForOther(analysis, path, k, link))) return true;
  return isToldByCommand(analysis, flow);
}

const mayBeFile = /(^|_)(private|priv|ssh|ssl|tls|rsa|host|client|server|identity|encryption|auth)_?key\b/i;
const fileCalls =
  /^(open|expanduser|expandvars|abspath|realpath|exists|isfile|basename|dirname|Path|PurePath|load_cert_chain|from_private_key_file|chmod|copy|copyfile|unlink|remove|stat)$/;
const fileOptions =
  /(^|\s)(-i|--?(identity|private[-_]key|key[-_]?file|ssh[-_]key)([-_]file)?)(=|\s*$|\s+%s|\s+\{)|IdentityFile|^openssl\s.*\s-(in|key|inkey|CAkey|signkey)\s+(%s|\{)/;

/** Whether a function names a file by the key: `ssh -i KEY`, `open(key)`. */
function usesFile(scope: Scope, { words }: Root): boolean {
  const { op, a } = scope.code;
  const name = lastPart(words);
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Const && fileOptions.test(literalText(scope, at) ?? '')) return true;
    if (op[at] !== Op.Call || !fileCalls.test(lastName(scope, a[at]!))) continue;
    const given = positional(scope.code, at, 0);
    if (given >= 0 && lastPart(dottedName(scope, given)) === name) return true;
  }
  return false;
}

/** Whether a function opens, moves or looks for a file by what it is given. */
function isOpened(scope: Scope, { words }: Root): boolean {
  const { op, a } = scope.code;
  return op.some(
    (one, at) =>
      one === Op.Call &&
      /^(open|exists|isfile|basename|rename|replace|getmtime|getsize)$/.test(lastName(scope, a[at]!)) &&
      isOfFiles(scope, a[at]!) &&
      callArguments(scope.code, at).some(
        ({ value }) => op[value] === Op.Local && dottedName(scope, value) === words,
      ),
  );
}

/** `open`, `os.rename`, `path.exists`: not `text.replace`. */
function isOfFiles(scope: Scope, callee: number): boolean {
  const { op, a } = scope.code;
  if (op[callee] !== Op.Attribute)
    return /^(open|exists|isfile|rename|basename|getmtime)$/.test(lastName(scope, callee));
  return /^(os|path|shutil)$/.test(lastName(scope, a[callee]!));
}

/** Whether a function says of a parameter that it is a name or a path: `:param auth_token: token name`. */
function isGivenName({ code, file }: Scope, { words }: Root): boolean {
  if (code.docstring < 0) return false;
  const { kind, text } = file.source.constants[code.docstring]!;
  if (kind !== ConstantKind.String) return false;
  return text.split('\n').some((line) => {
    const said = /^\s*(?:[:@]param\s+)?(?:\w+\s+)?(\w+)\s*(?:\([^)]*\))?\s*(?::|--?)\s*(.*)$/.exec(line);
    return said !== null && said[1] === words && namesOrPaths.test(said[2]!);
  });
}

const namesOrPaths =
  /^(the |a )?((?!(for|of|to|by|with)\b)\w+ ){0,3}((file ?)?name|(file ?)?path|id|identifier)( of\b| to\b| \(|[.,;]|\s*$)/i;

function lastPart(name: string): string {
  return name
    .replace(/ \(.*$/, '')
    .split('.')
    .at(-1)!;
}

const mayBeClaims = /(token|jwt|assertion)\b/i;
/** `decoded_token`: what was in it. */
const areClaims = /(^|[._])(decoded|parsed|unpacked)_/i;

/** Whether a function takes a token for a mapping: its claims. */
function readsClaims(scope: Scope, { words, scope: origin, at: root }: Root): boolean {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  const name = lastPart(words);
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Attribute || !/^(items|keys|claims|get)$/.test(names[b[at]!]!)) continue;
    if (names[b[at]!] === 'get') {
      if (scope.id === origin && a[at] === root) return true;
      continue;
    }
    if (lastPart(dottedName(scope, a[at]!)) === name) return true;
  }
  return false;
}

/** Whether a link comes back from a call whose own arguments rule out the branch that the value was given in:
 * `if key == 'api_key'` of a function that is asked for the timeout. */
function isAskedForOther(
  { program }: Analysis,
  path: readonly Link[],
  k: number,
  { step, scope: id, at }: Link,
): boolean {
  const from = path[k - 1];
  if (step !== StepKind.Returned || at < 0 || from === undefined || from.scope === id || from.at < 0)
    return false;
  const caller = program.scopes[id]!;
  const called = program.scopes[from.scope]!;
  if (caller.code.op[at] !== Op.Call) return false;
  return testsAround(called, from.at).some(({ test, holds }) => {
    const { op, a, b, c } = called.code;
    if (op[test] !== Op.Compare || c[test] !== (holds ? CompareOperator.Equal : CompareOperator.NotEqual))
      return false;
    const [name, text] = [a[test]!, literalText(called, b[test]!)];
    if (text === null || op[name] !== Op.Local) return false;
    const given = givenText(program, caller, at, called, a[name]!);
    return given !== null && given !== text;
  });
}

/** The literal that a call gives for a parameter; null for anything else. */
function givenText(
  program: Analysis['program'],
  caller: Scope,
  call: number,
  called: Scope,
  parameter: number,
): string | null {
  const { code, file } = called;
  if (parameter >= code.parameters.length) return null;
  const isBound = caller.code.op[caller.code.a[call]!] === Op.Attribute;
  const receives = isBound && called.owner >= 0 && bindingOf(program, called) !== Binding.Static;
  const name = file.source.names[code.slots[parameter]!];
  let place = receives ? 1 : 0;
  for (const { keyword, value } of callArguments(caller.code, call)) {
    if (keyword === Argument.Positional ? place++ === parameter : caller.file.source.names[keyword] === name)
      return literalText(caller, value);
  }
  return null;
}

const commands = /(^|\.)(command|argument|option|pass_\w+|subcommand|cli)$/;

/** Whether a command tells who runs it what it got for him: `Token: %s`. */
function isToldByCommand(analysis: Analysis, { use }: Flow): boolean {
  const { program } = analysis;
  const scope = program.scopes[use.scope]!;
  if (use.inner !== null || !/^(info|print|warning)$/.test(lastName(scope, scope.code.a[use.at]!)))
    return false;
  if (!decoratorNames(program, scope).some((name) => commands.test(name))) return false;
  return /^[\w ]{1,40}: *(%s|%r|\{\w*\})?\s*$/.test(messageText(analysis, use.scope, use.at));
}
