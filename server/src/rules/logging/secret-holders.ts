// Variables and fields that hold a secret among other things, by what the program does with them elsewhere: it reads a
// member that is called a password, takes the password out of an address, connects with them, or masks them before
// showing them. Names tie the places together: within a file, or within a function where the name says little.

import type { Resolver } from '../../flow/resolver';
import { SecretEvidence } from '../../library/secret-words';
import type { ProgramFile, Scope } from '../../program/program';
import { Argument, ConstantKind, Op } from '../../syntax/code';
import { callArguments, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { connectionAddresses } from './connection-addresses';
import { calledName, literalText } from './literals';

/** How it is known that something holds a secret. */
export type HolderKind = 'member' | 'address' | 'connection' | 'arguments' | 'masked';

/** The place that shows it. */
export interface Holder {
  readonly kind: HolderKind;
  /** The member that is read, or the function that masks. */
  readonly word: string;
  readonly scope: Scope;
  readonly at: number;
  /** What is opened with it, where that is known. */
  readonly value?: number;
}

const maximumCalls = 4;

/** Names that anything may have. */
const generic =
  /^_?(self|cls|args?|kwargs?|kw|params?|options?|opts?|data|body|payload|result|results|res|resp|response|request|req|config|conf|cfg|settings|values?|info|item|items|obj|object|entry|row|doc|ret|output|out|content|text|line|msg|message|key|name|x|d|v|k|url|uri|path|env|spec|state|context|ctx|node|element|attrs?|fields?|props|properties|meta|metadata|json|form|parameters|arguments|ctxt)$/;

/** Everything that is known to hold a secret in a program. */
export const secretHolders = (analysis: Analysis): SecretHolders => analysis.once(makeHolders);

const makeHolders = (analysis: Analysis) => new SecretHolders(analysis);

/** What is known to hold a secret. */
export class SecretHolders {
  private readonly byFile = new Map<number, Map<string, Holder[]>>();
  /** Evidence of all files for names of several words, which mean the same in all of a program. */
  private readonly everywhere = new Map<string, Holder>();
  private readonly kinds = new Set<HolderKind>();

  constructor(private readonly analysis: Analysis) {
    for (const file of analysis.program.files) {
      if (!file.isTest && mayHold(analysis, file)) this.collect(file);
    }
    for (const { scope, at, value, word } of connectionAddresses(analysis))
      this.note(scope, value, { kind: 'connection', word, scope, at, value });
  }

  /** Whether anything is known to hold a secret in this way. */
  hasAny(kind: HolderKind): boolean {
    return this.kinds.has(kind);
  }

  /** What shows that the value read by an instruction holds a secret; null when nothing does. */
  of(scope: Scope, at: number, kinds: readonly HolderKind[]): Holder | null {
    const name = nameOf(scope, at);
    if (name === '') return null;
    const near = (this.byFile.get(scope.file.index)?.get(name) ?? []).filter(
      (holder) =>
        kinds.includes(holder.kind) &&
        (!generic.test(name) || holder.scope.id === scope.id || holder.kind === 'masked'),
    );
    if (near.length > 0) return near.find((holder) => holder.scope.id === scope.id) ?? near[0]!;
    const far = generic.test(name) ? undefined : this.everywhere.get(name);
    return far !== undefined && kinds.includes(far.kind) && name.includes('_') ? far : null;
  }

  private collect(file: ProgramFile): void {
    const { program, facts } = this.analysis;
    const scopes = file.source.codes.map((_, index) => program.scopeOf(file, index));
    const inward = new Map<string, number>();
    for (const scope of scopes) {
      for (const { value, holder, inwardAt } of facts.of(notesIn, scope)) {
        this.note(scope, value, holder);
        if (inwardAt !== null) inward.set(scope.name, inwardAt);
      }
    }
    for (let round = 0; inward.size > 0 && round < maximumCalls; round++) {
      const known = inward.size;
      for (const scope of scopes) this.handsInward(scope, inward);
      if (inward.size === known) break;
    }
    // A function that takes the password out of an address that it is given.
    for (const scope of inward.size > 0 ? scopes : []) {
      const { code } = scope;
      for (let at = 0; at < code.op.length; at++) {
        if (code.op[at] !== Op.Call) continue;
        const place = inward.get(calledName(scope, at));
        const argument = place === undefined ? -1 : positional(code, at, place);
        if (argument >= 0) this.note(scope, argument, { kind: 'address', word: 'password', scope, at });
      }
    }
  }

  /** Notes a function that hands an address on to one that takes the password out of it. */
  private handsInward(scope: Scope, inward: Map<string, number>): void {
    const { code } = scope;
    if (inward.has(scope.name)) return;
    const { number } = this.analysis.resolver.numberings.of(scope);
    for (let at = 0; at < code.op.length; at++) {
      if (code.op[at] !== Op.Call) continue;
      const place = inward.get(calledName(scope, at));
      const argument = place === undefined ? -1 : positional(code, at, place);
      const given = argument < 0 ? -1 : number[argument]! - code.op.length;
      if (given < 0 || given >= code.parameters.length) continue;
      inward.set(scope.name, scope.owner >= 0 ? given - 1 : given);
      return;
    }
  }

  private note(scope: Scope, value: number, holder: Holder): void {
    const name = nameOf(scope, value);
    if (name === '') return;
    this.kinds.add(holder.kind);
    const file = this.byFile.get(scope.file.index) ?? new Map<string, Holder[]>();
    this.byFile.set(scope.file.index, file);
    const list = file.get(name) ?? [];
    file.set(name, list);
    list.push(holder);
    if (holder.kind === 'member' && !this.everywhere.has(name)) this.everywhere.set(name, holder);
  }
}

/** Something that a scope shows to hold a secret. */
interface Note {
  readonly value: number;
  readonly holder: Holder;
  /** The place of the parameter that it is, where callers hand an address in. */
  readonly inwardAt: number | null;
}

const none: readonly Note[] = [];

function notesIn(resolver: Resolver, scope: Scope): readonly Note[] {
  const { code, file } = scope;
  const { names } = file.source;
  let found: Note[] | null = null;
  const put = (value: number, holder: Holder, inwardAt: number | null = null): void => {
    found ??= [];
    found.push({ value, holder, inwardAt });
  };
  for (let at = 0; at < code.op.length; at++) {
    switch (code.op[at] as Op) {
      case Op.Item:
      case Op.StoreItem:
        noteMember(resolver, scope, at, code.a[at]!, code.b[at]!, put);
        break;
      case Op.Attribute:
        if (names[code.b[at]!] === 'password') noteAddress(resolver, scope, at, put);
        break;
      case Op.Call:
        noteCall(resolver, scope, at, put);
        break;
      default:
    }
  }
  return found ?? none;
}

type Put = (value: number, holder: Holder, inwardAt?: number | null) => void;

function noteMember(
  { library }: Resolver,
  scope: Scope,
  at: number,
  object: number,
  index: number,
  put: Put,
): void {
  const key = literalText(scope, index);
  if (key === null || library.secretWords.judge(key) !== SecretEvidence.Plain) return;
  if (!isKeptAsId(scope, at) && !isReadEncrypted(scope, at))
    put(object, { kind: 'member', word: key, scope, at });
}

/** `urlparse(url).password`. */
function noteAddress(resolver: Resolver, scope: Scope, at: number, put: Put): void {
  const { code } = scope;
  const { number } = resolver.numberings.of(scope);
  const parsed = number[code.a[at]!]!;
  if (parsed < 0 || parsed >= code.op.length || code.op[parsed] !== Op.Call) return;
  if (!/^(urlparse|urlsplit|parse_url|make_url)$/.test(calledName(scope, parsed))) return;
  const argument = positional(code, parsed, 0);
  if (argument < 0) return;
  const given = number[argument]! - code.op.length;
  const isParameter = given >= 0 && given < code.parameters.length;
  const holder: Holder = { kind: 'address', word: 'password', scope, at };
  put(argument, holder, isParameter ? given - Number(scope.owner >= 0) : null);
}

function noteCall(resolver: Resolver, scope: Scope, at: number, put: Put): void {
  const { code } = scope;
  const name = calledName(scope, at);
  const callee = code.a[at]!;
  const first = positional(code, at, 0);
  if (code.op[callee] === Op.Attribute && /^(get|pop)$/.test(name) && first >= 0)
    noteMember(resolver, scope, at, code.a[callee]!, first, put);
  if (/^(connect|create_connection|create_engine)$/.test(name)) {
    for (const { keyword, value } of callArguments(code, at)) {
      if (keyword === Argument.DoubleStar) put(value, { kind: 'arguments', word: name, scope, at });
    }
  }
  if (first >= 0 && maskers.test(name)) put(first, { kind: 'masked', word: name, scope, at });
}

/** `answer['password']['encrypted_password']`, or a test for it: there is no other form of it in there. */
function isReadEncrypted(scope: Scope, read: number): boolean {
  const { op, a, b } = scope.code;
  const end = Math.min(op.length, read + 4);
  for (let at = read + 1; at < end; at++) {
    const key =
      op[at] === Op.Item && a[at] === read ? b[at]! : op[at] === Op.Compare && b[at] === read ? a[at]! : -1;
    if (key >= 0 && /^encrypted(_|$)/i.test(literalText(scope, key) ?? '')) return true;
  }
  return false;
}

/** `session_id = payload.get('sessionKey')`: what is read is taken for an id. */
function isKeptAsId({ code, file }: Scope, read: number): boolean {
  const { op, a, b, slots } = code;
  const end = Math.min(op.length, read + 4);
  for (let at = read + 1; at < end; at++) {
    if (op[at] === Op.StoreLocal && b[at] === read)
      return /(^|_)(id|ids|uuid|name|ref|number|index)$/i.test(file.source.names[slots[a[at]!]!]!);
  }
  return false;
}

/** Functions that hide what is secret in a text; not what takes an event of a protocol back, nor masks of pictures. */
const maskers =
  /(^|_)(mask|redact|scrub|censor|obfuscate|hide|sanitize|strip|remove)(ed)?_(\w+_)?(auth|passw\w*|passwords?|secrets?|cred\w*|tokens?|sensitive|private|url|uri|dsn|cmd|command|args|argv|headers?|env|dict|str|string|text|value|data|info|config|params?)(_|$)|^_*(mask|scrub|censor|obfuscate)$/;

/** The name by which an instruction reads a variable or a field; '' for anything else. */
export function nameOf({ code, file }: Scope, at: number): string {
  const { names } = file.source;
  switch (code.op[at] as Op) {
    case Op.Local:
      return names[code.slots[code.a[at]!]!]!;
    case Op.Global:
    case Op.Captured:
      return names[code.a[at]!]!;
    case Op.Attribute:
      return names[code.b[at]!]!;
    default:
      return '';
  }
}

const mightShow = /mask|redact|scrub|censor|obfuscate|hide|sanitize|urlparse|urlsplit|connect|remove_|strip_/;

/** Whether a file says anything at all that could show it. */
function mayHold({ library, program }: Analysis, file: ProgramFile): boolean {
  return (
    program.mentions(file, mightShow) ||
    file.source.constants.some(
      ({ kind, text }) =>
        kind === ConstantKind.String &&
        text.length <= 40 &&
        library.secretWords.judge(text) === SecretEvidence.Plain,
    )
  );
}
