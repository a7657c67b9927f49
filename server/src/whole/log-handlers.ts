// Which code of the program runs where something is logged: handlers and filters of its own that are attached to the root
// logger, or to a logger whose name says that the record comes there. A handler with a level of its own gets what is at
// least as grave, as far as the level is a constant. Configuration by dictionaries and files is not read.

import { definitionOf } from '../flow/definitions';
import { EntityKind } from '../flow/entities';
import { lastName } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import type { ProgramFile, Scope } from '../program/program';
import { ConstantKind, Op } from '../syntax/code';
import { keyword, positional } from '../syntax/code-reader';
import type { Edge } from './call-graph';
import type { ScopeFacts } from './scope-facts';

/** A log call of a scope. */
interface LogCall {
  readonly at: number;
  readonly level: number;
}

/** A function that gets the records of a logger and of those below it. */
interface Attached {
  readonly callee: number;
  /** '' for the root logger. */
  readonly logger: string;
  readonly level: number;
  /** A filter of a logger sees what is logged by that logger itself. */
  readonly below: boolean;
}

const levels: ReadonlyMap<string, number> = new Map([
  ['debug', 10],
  ['info', 20],
  ['warning', 30],
  ['warn', 30],
  ['error', 40],
  ['exception', 40],
  ['critical', 50],
  ['fatal', 50],
]);
const noCalls: readonly LogCall[] = [];
const noEdges: readonly Edge[] = [];

/** Handlers of the program, by the log calls that run them. */
export class LogHandlers {
  private attached: readonly Attached[] | null = null;
  private byCallee: ReadonlyMap<number, readonly Edge[]> | null = null;

  constructor(
    private readonly resolver: Resolver,
    private readonly facts: ScopeFacts,
  ) {}

  /** The log calls that run a function. */
  of(callee: Scope): readonly Edge[] {
    if (callee.owner < 0 || !entries.has(callee.name)) return noEdges;
    this.byCallee ??= this.sum();
    return this.byCallee.get(callee.id) ?? noEdges;
  }

  /** What the log calls of a function run, in source order. */
  from(scope: Scope): readonly Edge[] {
    this.attached ??= this.attachments();
    if (this.attached.length === 0 || scope.file.isTest) return noEdges;
    const found: Edge[] = [];
    for (const { at, level } of this.facts.of(logCalls, scope)) {
      const logger = this.loggerOf(scope, scope.code.a[scope.code.a[at]!]!);
      for (const one of this.attached)
        if (level >= one.level && gets(one, logger)) found.push({ caller: scope.id, at, callee: one.callee });
    }
    return found.length === 0 ? noEdges : found;
  }

  private sum(): ReadonlyMap<number, readonly Edge[]> {
    const found = new Map<number, Edge[]>();
    for (const scope of this.resolver.program.scopes) {
      for (const edge of this.from(scope)) {
        const list = found.get(edge.callee);
        if (list) list.push(edge);
        else found.set(edge.callee, [edge]);
      }
    }
    return found;
  }

  private attachments(): readonly Attached[] {
    const { program } = this.resolver;
    const found: Attached[] = [];
    for (const file of program.files) {
      const { names, codes } = file.source;
      const handler = names.indexOf('addHandler');
      const filter = names.indexOf('addFilter');
      if (file.isTest || (handler < 0 && filter < 0)) continue;
      for (let index = 0; index < codes.length; index++) {
        const scope = program.scopes[file.firstScope + index]!;
        const { op, a, b } = scope.code;
        for (let at = 0; at < op.length; at++) {
          if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
          const name = b[a[at]!]!;
          if (name >= 0 && (name === handler || name === filter)) found.push(...this.attachedBy(scope, at));
        }
      }
    }
    return found;
  }

  /** `logger.addHandler(Ring())`, `logger.addFilter(Counting())`. */
  private attachedBy(scope: Scope, at: number): readonly Attached[] {
    const { a } = scope.code;
    const { entities, classes } = this.resolver;
    const given = positional(scope.code, at, 0);
    const logger = given < 0 ? null : this.loggerOf(scope, a[a[at]!]!);
    const level = given < 0 ? null : this.levelOf(scope, given);
    if (logger === null || level === null) return [];
    const found: Attached[] = [];
    const isHandler = lastName(scope, a[at]!) === 'addHandler';
    for (const entity of this.resolver.denotes(scope.id, given)) {
      if (entities.kind[entity] !== EntityKind.Instance) continue;
      const owner = entities.x[entity]!;
      for (const name of isHandler ? handling : filtering) {
        const callee = classes.method(owner, name);
        if (callee >= 0) found.push({ callee, logger, level, below: isHandler });
      }
    }
    return found;
  }

  /** The name of the logger that a value is; null where it is not known. */
  private loggerOf(scope: Scope, value: number): string | null {
    const { op, a, b } = scope.code;
    const { names } = scope.file.source;
    const { number } = this.resolver.numberings.of(scope);
    const made = op[value] === Op.Local ? number[value]! : value;
    if (made < 0 || made >= op.length) return null;
    if (op[made] === Op.Call) return this.madeBy(scope, made);
    const path = this.resolver.libraryPath(scope.id, made);
    if (path === 'logging') return '';
    if (op[made] === Op.Attribute && names[b[made]!] === 'root' && /^logging\./.test(path)) return '';
    return op[made] === Op.Global ? this.loggerNamed(scope.file, names[a[made]!]!) : null;
  }

  private loggerNamed(from: ProgramFile, as: string): string | null {
    const { file, name } = definitionOf(this.resolver, from, as);
    const bound = this.resolver.bindings.of(file.firstScope, name);
    if (bound.length !== 1) return null;
    const body = this.resolver.program.scopes[bound[0]!.scope]!;
    const { value } = bound[0]!;
    return value >= 0 && body.code.op[value] === Op.Call ? this.madeBy(body, value) : null;
  }

  /** `logging.getLogger(__name__)`. */
  private madeBy(scope: Scope, call: number): string | null {
    const { code, file } = scope;
    if (!/(^|\.)getLogger$/.test(this.resolver.libraryPath(scope.id, code.a[call]!))) return null;
    const first = positional(code, call, 0);
    const given = first >= 0 ? first : keyword(code, call, file.source.names.indexOf('name'));
    if (given < 0) return '';
    if (code.op[given] === Op.Global && file.source.names[code.a[given]!] === '__name__')
      return this.resolver.modules.names[file.index]!;
    if (code.op[given] !== Op.Const) return null;
    const { kind, text } = file.source.constants[code.a[given]!]!;
    return kind === ConstantKind.String ? text : kind === ConstantKind.None ? '' : null;
  }

  /** The level from which on a handler takes records; null where that is not plain. */
  private levelOf(scope: Scope, handler: number): number | null {
    const { op, a, b } = scope.code;
    const { number } = this.resolver.numberings.of(scope);
    const set = scope.file.source.names.indexOf('setLevel');
    let level = 0;
    for (let at = 0; set >= 0 && at < op.length; at++) {
      if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute || b[a[at]!] !== set) continue;
      if (number[a[a[at]!]!] !== number[handler]) continue;
      const given = positional(scope.code, at, 0);
      const known = given < 0 ? undefined : levels.get(lastName(scope, given).toLowerCase());
      if (known === undefined) return null;
      level = known;
    }
    return level;
  }
}

const handling = ['emit', 'filter', 'format'];
const filtering = ['filter'];
const entries = new Set(handling);

function gets({ logger, below }: Attached, from: string | null): boolean {
  if (logger === '' && below) return true;
  return from === logger || (below && (from ?? '').startsWith(`${logger}.`));
}

/** Calls of loggers, and of the module's functions. */
function logCalls(resolver: Resolver, scope: Scope): readonly LogCall[] {
  const { op, a } = scope.code;
  const found: LogCall[] = [];
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    const level = levels.get(lastName(scope, a[at]!));
    if (level === undefined) continue;
    if (/^logging\.(Logger\.)?\w+$/.test(resolver.libraryPath(scope.id, a[at]!))) found.push({ at, level });
  }
  return found.length === 0 ? noCalls : found;
}
