// What speaks against a flow where nothing proves that it is harmless: who sends such a value, what the use is for, what
// the function that uses it is called. A doubt moves a finding to low confidence; it never takes one away.

import { annotationOf } from '../../flow/annotations';
import { decoratorNames, lastName } from '../../flow/function-facts';
import { Mask, type Root } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { Argument, ConstantKind, Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, keyword } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { goesFar } from '../flow-reports';
import { isAnswer } from './answers';
import { isAppliance } from './appliances';
import { isOtherUse } from './archive-names';
import { isFromGuardedForm, isOfOwnForm } from './forms';
import { isBehindGate } from './gates';
import { isBehindFixedStart, isRejoined } from './name-segments';
import { isRemovedOwn } from './own-names';
import { isAskedByItself } from './own-services';
import { isSentByOwn } from './own-transports';
import { isFromPrivileged } from './privileges';
import { isRefusal } from './refusals';
import { isMatchedByRoute, isOneSegment } from './route-segments';
import { keysOf } from './source-keys';
import { isAllowedBySetting, isSwitchedOn } from './switches';
import { isTestedOnTheWay } from './tested-on-the-way';
import { isUnrouted } from './unrouted';
import { isValidated } from './validated-parameters';

/** Fields of a page that runs beside its user, who may do what the program may; the whole of what a server hands on, in
 * which most is its own. */
const ownPage = /^(a field of the page|the request)$/;
const escapes = /(^|_)(escape|escaped|sanitize|quote|htmlify|to_fragment|clean)/i;

/** Kinds of use that do no harm to whom the whole service is for. */
const ofOneParty = new Set(['path', 'url', 'archive', 'regex', 'sql']);

/** Whether a reader would have to look further before believing a flow; `withTests`: tests on the way count, too. */
export function isDoubtful(analysis: Analysis, flow: Flow, withTests = true): boolean {
  const root = analysis.values.origin(flow);
  if (goesFar(analysis, flow)) return true;
  if (isPretended(analysis, root, flow) || isExample(analysis, root)) return true;
  if (isOtherUse(analysis, innermost(flow), root)) return true;
  const isOfOneParty = ofOneParty.has(flow.use.kind);
  if (isOfOneParty && (runsCode(analysis, root) || isAnswer(analysis, root) || isSwitchedOn(analysis, root)))
    return true;
  if (isFromPrivileged(analysis, root) || isValidated(analysis, flow, root)) return true;
  if (isBeside(analysis, flow, root) || (withTests && isTestedOnTheWay(analysis, flow))) return true;
  // These look through the whole program.
  if (isUnrouted(analysis, root)) return true;
  return isOfOneParty && (isAskedByItself(analysis, root) || isBehindGate(analysis, flow));
}

const pretended = /(^|_)(mock(ed|s)?|fake(d|s)?|dummy|stub(s|bed)?)(_|$)|^(Mock|Fake|Dummy|Stub)[A-Z]/;

/** Whether a function around the source or the use says that it only stands for the real one. */
function isPretended({ program }: Analysis, root: Root, flow: Flow): boolean {
  return [root.scope, flow.use.scope, innermost(flow).scope].some((from) => {
    for (let id = from; id >= 0; id = program.scopes[id]!.parent)
      if (pretended.test(program.scopes[id]!.name)) return true;
    return false;
  });
}

const examples = /(^|\/)\w*(examples?|samples|demos?|tutorials?|how_?tos?|docs|testing)\//i;

/** Whether a value comes in by code that shows how something is used. */
export function isExample({ program }: Analysis, root: Root): boolean {
  return examples.test(program.scopes[root.scope]!.file.path);
}

const runs = /(^|_)(run|exec(ute)?|eval(uate)?)_?(code|command|shell|python|script)s?$/;

/** Whether a handler beside the one where a value comes in runs the code that is sent to it. */
function runsCode({ program }: Analysis, root: Root): boolean {
  const { file } = program.scopes[root.scope]!;
  return file.source.codes.some((_, index) => {
    const scope = program.scopeOf(file, index);
    return runs.test(scope.name) && decoratorNames(program, scope).some((name) => /\./.test(name));
  });
}

/** Doubts of one kind of sink. */
function isBeside(analysis: Analysis, flow: Flow, root: Root): boolean {
  if (root.at < 0 && (isMatchedByRoute(analysis, root) || isOneOfSome(analysis, root))) return true;
  const isPart = (flow.mask & (Mask.Inserted | Mask.Later)) !== 0;
  const sink = innermost(flow);
  switch (flow.use.kind) {
    case 'path':
      return (
        ownPage.test(root.words) ||
        isBytes(analysis, root) ||
        isOpened(analysis, flow) ||
        isNameForStorage(analysis, flow) ||
        isOneSegment(analysis, root) ||
        isBehindFixedStart(analysis, flow) ||
        isRejoined(analysis, flow, root) ||
        makesLittle.test(sink.words) ||
        onlyAsks.test(sink.words) ||
        isRemovedOwn(analysis, flow, sink) ||
        (lesserPath.test(sink.words) && !isLesserAlone(analysis, flow, root))
      );
    case 'url':
      return (
        ownPage.test(root.words) ||
        isAllowedBySetting(analysis.program.scopes[sink.scope]!, sink.at) ||
        isSentByOwn(analysis, sink) ||
        isAppliance(analysis)
      );
    case 'command':
      return ownPage.test(root.words) || (isPart && isSplit(analysis, sink));
    case 'sql':
      // A whole statement from outside is what a console is for.
      return !isPart && isAskedFor(analysis, root, statement);
    case 'code':
      return !isPart && isForCode(analysis, flow);
    case 'regex':
      return isAskedFor(analysis, root, asksForPattern);
    case 'deserialization':
      if (choosesClasses(analysis, sink)) return true;
      // A part of a file's name says which of our files is read.
      return (
        (isPart || isNamedPath(analysis, sink)) &&
        /`(pandas\.read_pickle|joblib\.load|torch\.load|shelve\.open|numpy\.load)/.test(sink.words)
      );
    case 'html':
      return (
        isFromGuardedForm(analysis, root) || isFromOwnHeader(analysis, root) || isOtherContent(analysis, flow)
      );
    case 'redirect':
      return (
        (flow.mask & Mask.Inserted) !== 0 || isOfOwnForm(analysis, root) || isFromOwnHeader(analysis, root)
      );
    default:
      return false;
  }
}

/** `image: bytes`: what is in a file, not where one lies. */
function isBytes({ program }: Analysis, root: Root): boolean {
  if (root.at >= 0) return false;
  const scope = program.scopes[root.scope]!;
  const annotation = annotationOf(program, scope, -1 - root.at);
  return annotation >= 0 && lastName(program.scopes[scope.parent]!, annotation) === 'bytes';
}

/** `Popen(shlex.split(line))` without a shell: what stands later in the line is an argument of a program that is not chosen. */
function isSplit({ program }: Analysis, { scope: id, argument, words }: Flow['use']): boolean {
  const scope = program.scopes[id]!;
  const { op, a } = scope.code;
  if (/in a shell/.test(words) || op[argument] !== Op.Call) return false;
  return lastName(scope, a[argument]!) === 'split';
}

function isNamedPath({ program }: Analysis, { scope: id, argument }: Flow['use']): boolean {
  const scope = program.scopes[id]!;
  return /path|name|file$|dir/i.test(lastName(scope, argument));
}

/** Whether the type of a parameter is a name of the program for a few texts: `Unit = Literal['hour', 'day']`. */
function isOneOfSome({ program }: Analysis, root: Root): boolean {
  const scope = program.scopes[root.scope]!;
  const annotation = annotationOf(program, scope, -1 - root.at);
  const name = annotation < 0 ? '' : lastName(program.scopes[scope.parent]!, annotation);
  if (name === '') return false;
  return program.files.some((file) => {
    const module = program.scopeOf(file, 0);
    const { op, a, b } = module.code;
    return op.some((one, at) => {
      if (one !== Op.StoreGlobal || file.source.names[a[at]!] !== name || op[b[at]!] !== Op.Item)
        return false;
      return lastName(module, a[b[at]!]!) === 'Literal';
    });
  });
}

/** Whether what is given for a path is a file that is open already, `upload.file`, or the name of a temporary one. */
function isOpened({ program, resolver }: Analysis, flow: Flow): boolean {
  for (let use: Flow['use'] | null = flow.use; use !== null; use = use.inner) {
    const { code, file } = program.scopes[use.scope]!;
    const { argument } = use;
    if (code.op[argument] !== Op.Attribute || file.source.names[code.b[argument]!] !== 'name') continue;
    const made = resolver.denotes(use.scope, code.a[argument]!);
    if (made.some((entity) => /^tempfile\./.test(resolver.entities.path(entity)))) return true;
  }
  const { scope, argument } = innermost(flow);
  const { code, file } = program.scopes[scope]!;
  const open = (at: number): boolean =>
    code.op[at] === Op.Attribute && /^(file|stream|fp|raw)$/.test(file.source.names[code.b[at]!]!);
  return open(argument);
}

/** `field.file.save(name, content)` of Django, which takes the folders off a name, and not `upload.save(path)`. */
function isNameForStorage({ program }: Analysis, flow: Flow): boolean {
  const { scope, at } = innermost(flow);
  const { code, file } = program.scopes[scope]!;
  if (code.op[at] !== Op.Call || lastName(program.scopes[scope]!, code.a[at]!) !== 'save') return false;
  return keyword(code, at, file.source.names.indexOf('save')) >= 0 || isContent(program.scopes[scope]!, at);
}

function isContent({ code }: Scope, call: number): boolean {
  if (argumentCount(code, call) < 2 || argumentKeyword(code, call, 1) !== Argument.Positional) return false;
  return code.op[argumentValue(code, call, 1)] !== Op.Const;
}

/** Whether something is there, no more. */
const onlyAsks = /looks whether it is there$/;
const makesLittle = /^`(os\.(mkdir|makedirs)|Path\.(mkdir|touch))\(\)` takes it as a path$/;

/** Words of uses of a path by which only what is there comes out, or a folder or file with nothing in it is made. */
export const lesserPath = new RegExp(
  `looks whether it is there$|^\`(os\\.(chdir|listdir|scandir|walk)|glob\\.i?glob|Path\\.(iterdir|r?glob))\\(\\)\`|${makesLittle.source}`,
);

/** Whether a function itself gives what it was sent to a lesser sink, and not to something that refuses what is wrong. */
function isLesserAlone({ program }: Analysis, flow: Flow, root: Root): boolean {
  const { scope, at: sink } = innermost(flow);
  if (scope !== root.scope || isRefusal(program.scopes[scope]!, sink, false, true)) return false;
  const { op, a } = program.scopes[scope]!.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call) continue;
    if (
      /^(send_from_directory|safe_join|serve_file|static_file)$/.test(
        lastName(program.scopes[scope]!, a[at]!),
      )
    )
      return false;
  }
  return true;
}

/** The sink itself, behind the calls that hand on to it. */
export function innermost({ use }: Flow): Flow['use'] {
  let inner = use;
  while (inner.inner !== null) inner = inner.inner;
  return inner;
}

const statement =
  /^(raw_?)?(sql|query|queries|statement|stmt|command|code|expression)s?(_?(text|string|str|query))?$/i;

const asksForPattern = /regexp?|pattern|glob/i;

/** Whether what comes in is asked for as what it is used as: it is kept under such a name, or is read by one. */
function isAskedFor({ program }: Analysis, root: Root, named: RegExp): boolean {
  const scope = program.scopes[root.scope]!;
  const { code, file } = scope;
  if (root.at < 0) return named.test(file.source.names[code.slots[-1 - root.at]!]!);
  return keysOf(scope, root.at).some((key) => named.test(key));
}

const forCode =
  /(^|_)(repl|console|interactive|interpreter|shell|debugger|kernel)(_|$)|REPL|Repl([A-Z]|$)|Console|Shell|Interpreter|Debugger|Kernel/;

/** Whether the function that runs a whole text as code, or its class, says that running code is what it is for. */
function isForCode({ program }: Analysis, flow: Flow): boolean {
  for (let id = innermost(flow).scope; id >= 0; id = program.scopes[id]!.parent)
    if (forCode.test(program.scopes[id]!.name)) return true;
  return false;
}

/** Whether the reader of a format is told which classes it may look up: `reader.find_global = allowed`. */
function choosesClasses({ program }: Analysis, { scope, at }: Flow['use']): boolean {
  const { code, file } = program.scopes[scope]!;
  const { op, a, b } = code;
  if (op[at] !== Op.Call) return false;
  for (let k = at + 1; k < op.length; k++) {
    if (
      op[k] === Op.StoreAttribute &&
      /^(find_(class|global)|dispatch_table)$/.test(file.source.names[b[k]!]!)
    )
      return op[a[k]!] === Op.Local || a[k] === at;
  }
  return false;
}

function textOf({ code, file }: Scope, at: number): string | null {
  if (code.op[at] !== Op.Const) return null;
  const { kind, text } = file.source.constants[code.a[at]!]!;
  return kind === ConstantKind.String ? text : null;
}

/** Whether a header is one that no page can make another's browser send. */
function isFromOwnHeader(analysis: Analysis, root: Root): boolean {
  if (!/header/.test(root.words) || root.at < 0) return false;
  const keys = keysOf(analysis.program.scopes[root.scope]!, root.at);
  return (
    keys.length > 0 && keys.every((key) => /^x-|^(authorization|accept|host|origin|user-agent)/i.test(key))
  );
}

const otherContent = /^(application\/(?!xhtml|x-www-form)|text\/(?!html)|image\/(?!svg)|audio\/|video\/)/;
const contentNames = new Set(['headers', 'content_type', 'mimetype', 'media_type']);

/** Whether the function that sends a page escapes itself, or one on the way says that something else is sent. */
function isOtherContent(analysis: Analysis, flow: Flow): boolean {
  const { scopes } = analysis.program;
  const sink = innermost(flow);
  if (escapes.test(scopes[sink.scope]!.name) || takesContentType(scopes[sink.scope]!)) return true;
  if (isTakenApart(scopes[sink.scope]!, sink.at)) return true;
  const path = analysis.values.path(flow);
  if (path.some(({ scope, at }) => isEscaped(scopes[scope]!, at))) return true;
  const on = new Set(path.map(({ scope }) => scope));
  for (let use: Flow['use'] | null = flow.use; use !== null; use = use.inner) {
    on.add(use.scope);
    const { code } = scopes[use.scope]!;
    if (
      code.op[use.argument] === Op.Call &&
      escapes.test(lastName(scopes[use.scope]!, code.a[use.argument]!))
    )
      return true;
  }
  return [...on].some((id) => makesOther(scopes[id]!));
}

/** Whether what is kept here was escaped, if only for some of its types. */
function isEscaped(scope: Scope, at: number): boolean {
  const { op, a, b } = scope.code;
  if (at < 0 || op[at] !== Op.StoreLocal) return false;
  const value = b[at]!;
  return op[value] === Op.Call && escapes.test(lastName(scope, a[value]!));
}

/** Whether a page is only made to take its text out again, or the call is one of a response that is there. */
function isTakenApart(scope: Scope, call: number): boolean {
  const { op, a, b } = scope.code;
  if (op[call] !== Op.Call) return false;
  if (op[a[call]!] === Op.Local) return true;
  const { names } = scope.file.source;
  for (let at = call + 1; at < op.length; at++) {
    if (op[at] === Op.Attribute && a[at] === call && /^(unescape|striptags)$/.test(names[b[at]!]!))
      return true;
  }
  return false;
}

function makesOther(scope: Scope): boolean {
  const { op, a } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Const && otherContent.test(textOf(scope, at) ?? '')) return true;
    if (op[at] === Op.Call && /dumps|jsonify|(^|_)json(_|$)/i.test(lastName(scope, a[at]!))) return true;
  }
  return false;
}

/** Whether the headers of what a function sends come from its caller. */
function takesContentType({ code, file }: Scope): boolean {
  const { op, a, b, c } = code;
  const { names } = file.source;
  const isGiven = (value: number) => op[value] === Op.Local && a[value]! < code.parameters.length;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreAttribute && contentNames.has(names[b[at]!]!) && isGiven(c[at]!)) return true;
    if (op[at] !== Op.Call) continue;
    for (let k = 0; k < argumentCount(code, at); k++) {
      const keyword = argumentKeyword(code, at, k);
      if (keyword >= 0 && contentNames.has(names[keyword]!) && isGiven(argumentValue(code, at, k)))
        return true;
    }
  }
  return false;
}
