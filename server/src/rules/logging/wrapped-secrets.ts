// Programs that wrap their passwords in a class whose text is stars: what is shown there is the wrapper, unless somebody
// takes the password out of it on the way. Which values are wrapped is not proved: where nothing says what a value is, its
// name must say that it is what such a class is for.

import { isBuiltinType } from '../../flow/builtin-members';
import { EntityKind } from '../../flow/entities';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence, wordsOf } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { hides } from './shown-on-purpose';

/** A class that shows stars in its secret's place. */
interface Wrapper {
  readonly scope: number;
  /** Words of its name. */
  readonly words: ReadonlySet<string>;
  /** The fields in which it keeps what it is given. */
  readonly fields: readonly string[];
}

/** Words for one and the same. */
const passwords = new Set(['password', 'passwords', 'passwd', 'pwd', 'pass', 'passphrase']);

/** The wrappers of a program: found when they are first asked for. */
export class Wrappers {
  private found: readonly Wrapper[] | null = null;

  constructor(private readonly analysis: Analysis) {}

  /** Whether a secret is of a kind that the program wraps, and nothing on the way reads what is wrapped. */
  wrap(flow: Flow): boolean {
    this.found ??= wrappersOf(this.analysis);
    const { program, values } = this.analysis;
    const fitting = this.found.filter((wrapper) => this.isFor(wrapper, flow));
    if (fitting.length === 0) return false;
    const fields = new Set(fitting.flatMap((wrapper) => wrapper.fields));
    const ways = new Set([values.origin(flow).scope, ...values.path(flow).map(({ scope }) => scope)]);
    for (let use: Flow['use'] | null = flow.use; use !== null; use = use.inner) ways.add(use.scope);
    return ![...ways].some((id) => {
      const { code, file } = program.scopes[id]!;
      return code.op.some((op, at) => op === Op.Attribute && fields.has(file.source.names[code.b[at]!]!));
    });
  }

  /** Whether a secret is an object of such a class, or may be one by its name. */
  private isFor({ scope, words }: Wrapper, flow: Flow): boolean {
    const { resolver, values, library } = this.analysis;
    const { entities } = resolver;
    const root = values.origin(flow);
    const known = root.at < 0 ? [] : resolver.denotes(root.scope, root.at);
    const objects = known.filter((one) => entities.kind[one] === EntityKind.Instance);
    if (objects.some((one) => entities.x[one] === scope)) return true;
    if (objects.length > 0 || known.some((one) => isBuiltinType(library, entities.path(one)))) return false;
    // A class for any secret says so: `SecretText`.
    if (words.has('secret') || words.has('secrets') || words.has('sensitive')) return true;
    return wordsOf(root.words).some(
      (word) => words.has(word) || (passwords.has(word) && [...passwords].some((one) => words.has(one))),
    );
  }
}

function wrappersOf({ program, library }: Analysis): readonly Wrapper[] {
  const found: Wrapper[] = [];
  for (const scope of program.scopes) {
    if (scope.owner < 0 || scope.name !== '__str__' || scope.file.isTest) continue;
    const owner = program.scopes[scope.owner]!;
    if (library.secretWords.judge(owner.name) !== SecretEvidence.Plain || !hides(scope)) continue;
    const fields = keptFields(program.scopes, scope);
    if (fields.length > 0) found.push({ scope: scope.owner, words: new Set(wordsOf(owner.name)), fields });
  }
  return found;
}

function keptFields(scopes: readonly Scope[], method: Scope): readonly string[] {
  const start = scopes.find(
    (scope) => scope.owner === method.owner && scope.name === '__init__' && scope.file === method.file,
  );
  if (start === undefined) return [];
  const { code, file } = start;
  const found: string[] = [];
  for (let at = 0; at < code.op.length; at++) {
    if (code.op[at] === Op.StoreAttribute && code.op[code.c[at]!] === Op.Local)
      found.push(file.source.names[code.b[at]!]!);
  }
  return found;
}
