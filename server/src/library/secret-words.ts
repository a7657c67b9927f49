// Judges whether an identifier names a secret, by its word parts and nothing else: `admin_password` does,
// `password_hash`, `token_count`, `has_password` and `secret_name` do not. Values are judged elsewhere.

import type { SecretVocabulary } from './schema';

/** The words of an identifier, lower case: `apiKey2`, `API_KEY_2` and `api-key-2` are `api`, `key`, `2`. */
export function wordsOf(name: string): string[] {
  if (plain.test(name)) return name.split('_').filter((word) => word !== '');
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Most names are written so that only underscores part their words. */
const plain = /^[a-z0-9_]*$/;

/** `always_require_api_keys`, `user_can_edit_password`: whether there must be one, who may do what with it. */
const tellsOfNeed =
  /^(requires?|requiring|needs|supports|uses|has|is|without|can|cannot|may|must|should|disabled?|enabled?|allow)$/;

const longest = 64;

/** How plainly a name says that its value is secret. */
export const enum SecretEvidence {
  /** Not a secret, but about a person (`passport_number`). */
  Personal = -1,
  None = 0,
  /** A word that now and then means a secret (`credentials`). */
  Weak,
  /** A word that is often but not always a secret (`token`). */
  Likely,
  Plain,
}

/** The vocabulary, with verdicts remembered per name. */
export class SecretWords {
  private readonly phrases = new Set<string>();
  private readonly likely = new Set<string>();
  private readonly weak = new Set<string>();
  private readonly personal = new Set<string>();
  private readonly connectors = new Set<string>();
  private readonly neutralLast = new Set<string>();
  private readonly neutralFirst = new Set<string>();
  private readonly neutralPhrases: string[] = [];
  /** Matches every name that holds the last word of a phrase, and few others: most names are done with here. */
  private readonly stems: RegExp;
  private readonly verdicts = new Map<string, SecretEvidence>();
  private readonly neutral = new Map<string, boolean>();
  private readonly possible = new Map<string, boolean>();

  constructor(layers: readonly SecretVocabulary[]) {
    for (const layer of layers) {
      for (const phrase of layer.phrases ?? []) this.phrases.add(phrase);
      for (const phrase of layer.likely ?? []) this.likely.add(phrase);
      for (const phrase of layer.weak ?? []) this.weak.add(phrase);
      for (const phrase of layer.personal ?? []) this.personal.add(phrase);
      for (const word of layer.connectors ?? []) this.connectors.add(word);
      for (const word of layer.neutralLast ?? []) this.neutralLast.add(word);
      for (const word of layer.neutralFirst ?? []) this.neutralFirst.add(word);
      this.neutralPhrases.push(...(layer.neutralPhrases ?? []));
    }
    this.stems = stemsOf([...this.phrases, ...this.likely, ...this.weak, ...this.personal]);
  }

  /** Whether a name holds the last word of any phrase: false settles it at once. */
  mayName(name: string): boolean {
    let may = this.possible.get(name);
    if (may === undefined) {
      may = this.stems.test(name);
      this.possible.set(name, may);
    }
    return may;
  }

  /** The verdict on a name; the same for every spelling of its words. */
  judge(name: string): SecretEvidence {
    let verdict = this.verdicts.get(name);
    if (verdict === undefined) {
      // A long text is asked for once.
      if (name.length > longest && !this.stems.test(name)) return SecretEvidence.None;
      verdict = this.stems.test(name) ? this.decide(wordsOf(name)) : SecretEvidence.None;
      this.verdicts.set(name, verdict);
    }
    return verdict;
  }

  /** Whether a name ends in a word that makes it something other than a secret. */
  isNeutral(name: string): boolean {
    let verdict = this.neutral.get(name);
    if (verdict === undefined) {
      const words = wordsOf(name);
      verdict = words.length === 0 || this.neutralLast.has(words[words.length - 1] as string);
      this.neutral.set(name, verdict);
    }
    return verdict;
  }

  private decide(all: readonly string[]): SecretEvidence {
    const connector = all.findIndex((word, at) => at > 0 && this.connectors.has(word));
    const words = connector < 0 ? all : all.slice(0, connector);
    if (words.length === 0 || words.length > 8) return SecretEvidence.None;
    let last = words.length;
    if (last > 1 && /^[0-9]+$/.test(words[last - 1] as string)) last--;
    const end = (words[last - 1] as string).replace(/[0-9]+$/, '');
    if (this.neutralFirst.has(words[0] as string) && last > 1) return SecretEvidence.None;
    if (words.slice(0, last - 1).some((word) => tellsOfNeed.test(word))) return SecretEvidence.None;
    const joined = [...words.slice(0, last - 1), end].join('_');
    for (const phrase of this.neutralPhrases) {
      if (joined === phrase || joined.endsWith(`_${phrase}`)) return SecretEvidence.None;
    }
    if (this.neutralLast.has(end))
      return this.isPersonal(words, last, end) ? SecretEvidence.Personal : SecretEvidence.None;
    for (let from = 0; from < last; from++) {
      const phrase = [...words.slice(from, last - 1), end].join('_');
      if (this.phrases.has(phrase)) return SecretEvidence.Plain;
      if (this.likely.has(phrase)) return SecretEvidence.Likely;
      if (this.weak.has(phrase)) return SecretEvidence.Weak;
    }
    return this.isPersonal(words, last, end) ? SecretEvidence.Personal : SecretEvidence.None;
  }

  private isPersonal(words: readonly string[], last: number, end: string): boolean {
    for (let from = 0; from < last; from++) {
      if (this.personal.has([...words.slice(from, last - 1), end].join('_'))) return true;
    }
    return false;
  }
}

function stemsOf(phrases: readonly string[]): RegExp {
  const words = new Set(phrases.map((phrase) => phrase.slice(phrase.lastIndexOf('_') + 1)));
  // A word that another one is part of is found by that one.
  const all = [...words].filter((word) => word !== '' && /^[a-z0-9]+$/.test(word)).sort();
  const needed = all.filter((word) => !all.some((other) => other !== word && word.includes(other)));
  return new RegExp(needed.length > 0 ? needed.join('|') : '(?!)', 'i');
}
