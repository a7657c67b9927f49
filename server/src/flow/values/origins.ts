// Whether the code of one scope brings a label in by itself: it reads a source or calls one, or a name or text of it says
// "secret". Asks what things denote, so that a name that is also a source's name (`get`, `path`) does not count.

import type { Library } from '../../library/library';
import type { Scope } from '../../program/program';
import { type Constant, ConstantKind, Op } from '../../syntax/code';
import { EntityKind } from '../entities';
import { dottedName } from '../function-facts';
import type { Resolver } from '../resolver';
import type { Demand } from './demand';
import { LabelKind } from './labels';

/** What a name may bring in. */
export const enum Origin {
  None = 0,
  /** Nothing by itself; what it denotes may be a source. */
  Possible = 1,
  /** A label, whatever it denotes. */
  Sure = 2,
}

/** What the library and the project say of names and texts. */
export class Origins {
  private readonly sourceNames: ReadonlySet<string>;
  private readonly secrets: boolean;
  private readonly weak: boolean;

  constructor(
    private readonly resolver: Resolver,
    private readonly library: Library,
    private readonly demand: Demand,
  ) {
    this.secrets = demand.asks(LabelKind.Secret);
    this.weak = demand.asks(LabelKind.Weak);
    this.sourceNames = library.sourceLastNames();
  }

  /** What a name shows. What a project declares is found by more ways than by what an expression denotes. */
  ofName(name: string): Origin {
    const { library } = this;
    if (this.isSecret(name) || library.own?.names.has(name)) return Origin.Sure;
    return this.sourceNames.has(name) ? Origin.Possible : Origin.None;
  }

  /** What a text shows: a key that names a secret, or a message with a placeholder behind such a name. */
  ofConstant({ kind, text }: Constant): Origin {
    if (!this.secrets || kind !== ConstantKind.String || text.length > 300) return Origin.None;
    if (text.length <= 40 && this.isSecret(text)) return Origin.Sure;
    if (!text.includes('%') && !text.includes('{')) return Origin.None;
    for (const found of text.matchAll(/([A-Za-z][\w-]*)['"]?\s*(?:[:=]|is)/g)) {
      if (this.isSecret(found[1]!)) return Origin.Sure;
    }
    return Origin.None;
  }

  /** Whether an instruction under a possible name reads a source, or is one that is called. */
  isSource(scope: Scope, at: number): boolean {
    const { resolver, library } = this;
    const { entities } = resolver;
    let isKnown = false;
    for (const entity of resolver.denotes(scope.id, at)) {
      if (entities.kind[entity] !== EntityKind.Library) continue;
      if (this.isSourcePath(entities.path(entity))) return true;
      isKnown = true;
    }
    if (isKnown) return false;
    const name = dottedName(scope, at);
    const named = library.sourceNames.get(name.split('.').slice(-2).join('.'));
    if (scope.code.op[at] === Op.Attribute && named && this.demand.asksOutside(named.trust)) return true;
    return this.isSourcePath(name);
  }

  private isSecret(name: string): boolean {
    return this.secrets && this.demand.asksSecrets(this.library.secretWords.judge(name));
  }

  private isSourcePath(path: string): boolean {
    const { library, demand } = this;
    const source = library.find(library.sources, path);
    return (
      (source !== undefined && demand.asksOutside(source.trust)) ||
      (this.secrets && library.secretSources.get(path) !== undefined) ||
      (this.weak && library.find(library.weaknesses, path) !== undefined)
    );
  }
}
