// What speaks against a secret at a log where nothing proves that it is none: the program masks its logs, the value is a
// text made of other things, a name on the way says what it really is, it was made to be shown. Each moves a finding to
// low confidence.

import { EntityKind } from '../../flow/entities';
import { dottedName, lastName } from '../../flow/function-facts';
import type { Resolver } from '../../flow/resolver';
import { type Root, StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { CompareOperator, ConstantKind, Op } from '../../syntax/code';
import { elements, hasUnpacked, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { nameAt } from '../flow-words';
import { isCalledOtherwise } from './called-otherwise';
import { messageText } from './message-text';
import { isOtherKind } from './other-kinds';
import { isOfAnotherObject } from './own-objects';
import { isCaredFor } from './shown-on-purpose';
import { Switches } from './switched-off';
import { Wrappers } from './wrapped-secrets';

const masks = /redact|mask|sanitiz|scrub|obfuscat|censor|sensitive|\*{3}/i;
const handling = /^(format|filter|formatMessage|formatException|emit|process)$/;

/** Whether a formatter, filter or handler of the program takes secrets out of what is logged. */
export function masksItsLogs({ facts }: Analysis): boolean {
  return facts.all(maskersIn).length > 0;
}

const none: readonly Scope[] = [];

function maskersIn({ classes, entities }: Resolver, scope: Scope): readonly Scope[] {
  if (scope.owner < 0 || !handling.test(scope.name) || scope.file.isTest || !speaksOf(scope, masks))
    return none;
  const isOfLogging = classes
    .order(scope.owner)
    .some((base) => entities.kind[base] === EntityKind.Library && /^logging\./.test(entities.path(base)));
  return isOfLogging ? [scope] : none;
}

/** Whether a name or a text of a function is like this. */
function speaksOf({ code, file }: Scope, pattern: RegExp): boolean {
  const { names, constants } = file.source;
  for (let at = 0; at < code.op.length; at++) {
    switch (code.op[at] as Op) {
      case Op.Attribute:
        if (pattern.test(names[code.b[at]!]!)) return true;
        break;
      case Op.Global:
        if (pattern.test(names[code.a[at]!]!)) return true;
        break;
      case Op.Const:
        if (pattern.test(constants[code.a[at]!]!.text)) return true;
        break;
      default:
    }
  }
  return false;
}

/** Names that say of a value what it is: who it belongs to, where it lies. */
const otherNames = /(_id|Id|_ids|_name|_path|_file|_filename|_length|_hash|_type|_count|_claims)$/;
const generators =
  /^(token_hex|token_urlsafe|token_bytes|hexlify|urandom|uuid4|uuid1|getrandbits|choices?|sample|get_random_string|(generate|gen|make|random|create|new)_?(random_?)?(password|passwd|pw|pass|passphrase|token|key|string|secret)?)$/i;

/** What speaks against secrets of a program, for all rules that ask. */
export const secretDoubts = (analysis: Analysis): SecretDoubts => analysis.once(makeDoubts);

const makeDoubts = (analysis: Analysis) => new SecretDoubts(analysis);

/** What speaks against secrets of a program. */
export class SecretDoubts {
  private readonly switches: Switches;
  private readonly wrappers: Wrappers;

  constructor(private readonly analysis: Analysis) {
    this.switches = new Switches(analysis);
    this.wrappers = new Wrappers(analysis);
  }

  /** Whether a reader would have to look further before believing that a secret is written. */
  hold(flow: Flow): boolean {
    const { analysis, switches, wrappers } = this;
    return (
      isDoubtful(analysis, flow) ||
      switches.keepOff(flow) ||
      isMadeToBeShown(analysis, flow, analysis.values.origin(flow)) ||
      wrappers.wrap(flow)
    );
  }
}

function isDoubtful(analysis: Analysis, flow: Flow): boolean {
  const { program, values, library } = analysis;
  const root = values.origin(flow);
  const origin = program.scopes[root.scope]!;
  if (isCompound(origin, root.at) || isOfConfiguredFile(origin, root) || isHalfOfPair(origin, root))
    return true;
  if (isCaredFor(analysis, flow) || isOtherKind(analysis, flow)) return true;
  if (isOfAnotherObject(analysis, flow) || isCalledOtherwise(analysis, flow)) return true;
  for (const { step, scope: id, at } of values.path(flow)) {
    const scope = program.scopes[id]!;
    if (asksForSecretKey(analysis, scope)) return true;
    if (at < 0) continue;
    if (otherNames.test(nameAt(analysis, id, at))) return true;
    if (isNameOfPair(scope, at)) return true;
    if (scope.code.op[at] !== Op.Call) continue;
    // What is given to be decrypted is not readable yet.
    if (step === StepKind.Passed && decrypts.test(lastName(scope, scope.code.a[at]!))) return true;
    const key = isGetter(scope, at) ? textAt(scope, positional(scope.code, at, 0)) : null;
    if (key !== null && library.secretWords.judge(key) === SecretEvidence.None) return true;
    // Which function is called, and with what, only the caller knows.
    const called = scope.code.op[scope.code.a[at]!] as Op;
    if (hasUnpacked(scope.code, at) && (called === Op.Local || called === Op.Captured)) return true;
  }
  return false;
}

const decrypts = /(^|_)decrypt/i;

/** `user, password = line.split(':')`: the first half says who it is. */
function isNameOfPair({ code, file }: Scope, at: number): boolean {
  if (code.op[at] !== Op.StoreLocal || code.op[code.b[at]!] !== Op.Unpack) return false;
  return /^_?(u|usr|users?|user_?names?|logins?|hosts?|host_?names?)$/i.test(
    file.source.names[code.slots[code.a[at]!]!]!,
  );
}

function isGetter(scope: Scope, at: number): boolean {
  return /^(get|get_value|get_option|getitem)$/.test(lastName(scope, scope.code.a[at]!));
}

function textAt({ code, file }: Scope, at: number): string | null {
  if (at < 0 || code.op[at] !== Op.Const) return null;
  const { kind, text } = file.source.constants[code.a[at]!]!;
  return kind === ConstantKind.String ? text : null;
}

/** Of an API key and the API secret that is read beside it, the key says who it is. */
function isHalfOfPair({ code, file }: Scope, { at, words }: Root): boolean {
  const pair = /^_*(.*?)(api|app|consumer|client)[-_]?key$/i.exec(words.replace(/ .*$/, ''));
  if (pair === null || at < 0) return false;
  const other = new RegExp(`^_*${pair[1]!.replace(/\W/g, '.')}${pair[2]!}[-_]?secret$`, 'i');
  const { names, constants } = file.source;
  for (let k = 0; k < code.op.length; k++) {
    const op = code.op[k] as Op;
    if (op === Op.Attribute && other.test(names[code.b[k]!]!)) return true;
    if (op === Op.Const && other.test(constants[code.a[k]!]!.text)) return true;
    if (op === Op.Local && other.test(names[code.slots[code.a[k]!]!]!)) return true;
  }
  return false;
}

/** A text of several parts that is kept under a secret's name: the key of a mapping, most likely. */
function isCompound({ code }: Scope, at: number): boolean {
  if (at < 0 || code.op[at] !== Op.StoreLocal) return false;
  const value = code.b[at]!;
  if (code.op[value] !== Op.Format) return false;
  return [...elements(code, value)].filter((part) => code.op[part] !== Op.Const).length > 1;
}

/** A key that the configuration names is the path of its file. */
function isOfConfiguredFile(scope: Scope, { at, words }: Root): boolean {
  if (at < 0 || scope.code.op[at] !== Op.Attribute || !/(private|ssl|tls|cert)_?key/i.test(words))
    return false;
  return /^(self\._?)?(cfg\.)?conf(ig)?\b/i.test(dottedName(scope, at));
}

/** Whether a function asks for a secret by its key before it shows the mapping. */
function asksForSecretKey({ library }: Analysis, scope: Scope): boolean {
  const { op, a, c } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Compare || (c[at] !== CompareOperator.In && c[at] !== CompareOperator.NotIn)) continue;
    const key = textAt(scope, a[at]!);
    if (key !== null && library.secretWords.judge(key) === SecretEvidence.Plain) return true;
  }
  return false;
}

/** What a tool tells its user of an account that it made. */
const made = /\b(added|created|generated|changed|new|set)\b.*\b(password|passphrase|key|token|secret)\b/i;

/** Whether the program made the secret itself, where it says it: nobody would know it otherwise. */
function isMadeToBeShown(analysis: Analysis, { use }: Flow, root: Root): boolean {
  if (use.scope !== root.scope || use.inner !== null) return false;
  const scope = analysis.program.scopes[use.scope]!;
  const { op, a, b, c } = scope.code;
  if (!/^(info|warning|warn|critical|print)$/.test(lastName(scope, a[use.at]!))) return false;
  if (made.test(messageText(analysis, use.scope, use.at))) return true;
  for (let at = 0; at < use.at; at++) {
    const value = op[at] === Op.StoreLocal ? b[at]! : op[at] === Op.StoreAttribute ? c[at]! : -1;
    if (value < 0 || op[value] !== Op.Call) continue;
    const inner = positional(scope.code, value, 0);
    if (generators.test(lastName(scope, a[value]!))) return true;
    if (inner >= 0 && op[inner] === Op.Call && generators.test(lastName(scope, a[inner]!))) return true;
  }
  return false;
}
