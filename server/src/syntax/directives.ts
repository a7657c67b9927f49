// Reads Airlock's directives, and the suppressions of bandit and ruff, from the comments that the lowering kept.
// Decides what is written, with exact spans; whether a rule of that name exists, what it silences and whether
// anybody believes it is decided elsewhere.

import type { Span } from '../text/span';
import type { Comment, SourceFile } from './code';
import { type DirectiveArgument, type DirectiveName, directiveWords } from './directive-words';

/** A word with its absolute UTF-16 span. */
export interface SpannedWord extends Span {
  readonly text: string;
}

interface Written {
  /** The comment that holds the directive. */
  readonly comment: Comment;
  /** Absolute span of the directive, from its `#` to its last character. */
  readonly span: Span;
}

/** `# airlock: ignore[rule, other] reason` and `# airlock: ignore-file[...] reason`. */
export interface IgnoreDirective extends Written {
  readonly kind: 'ignore' | 'ignore-file';
  /** The names as written; empty when the brackets are missing or empty. */
  readonly rules: readonly SpannedWord[];
  /** Trimmed; empty when none is given. */
  readonly reason: string;
}

/** `guarded-by(expression)` and `requires(expression)`. */
export interface LockDirective extends Written {
  readonly kind: 'guarded-by' | 'requires';
  /** The expression as written, trimmed; empty when it is missing. */
  readonly expression: string;
}

/** `atomic-ok(reason)`. */
export interface AtomicDirective extends Written {
  readonly kind: 'atomic-ok';
  readonly reason: string;
}

/** `thread-confined`, `trusted`, `secret`. */
export interface MarkDirective extends Written {
  readonly kind: 'thread-confined' | 'trusted' | 'secret';
}

/** `# airlock: something-else`. */
export interface UnknownDirective extends Written {
  readonly kind: 'unknown';
  readonly word: SpannedWord;
  /** True when an argument in brackets or parentheses follows, as after a directive. */
  readonly hasArgument: boolean;
}

/** `# nosec`, `# nosec B602`, `# noqa: S602`. */
export interface ForeignDirective extends Written {
  readonly kind: 'foreign';
  readonly tool: 'bandit' | 'ruff';
  /** Upper-case codes; empty means all of the tool's. */
  readonly codes: readonly string[];
}

/** A directive of any kind. */
export type Directive =
  | IgnoreDirective
  | LockDirective
  | AtomicDirective
  | MarkDirective
  | UnknownDirective
  | ForeignDirective;

const argumentOf: ReadonlyMap<string, DirectiveArgument> = new Map(
  directiveWords.map(({ word, argument }) => [word, argument]),
);

// Where one pragma of a comment ends and the next begins: `# type: ignore  # airlock: trusted`.
const pragmaStart =
  /#\s*(?=airlock:|nosec\b|noqa\b|type:|pylint:|pragma:|fmt:|isort:|mypy:|pyright:|ruff:)/gi;

/** All directives of a file, in source order. */
export function parseDirectives(source: Pick<SourceFile, 'comments'>): Directive[] {
  return source.comments.flatMap(directivesOf);
}

function directivesOf(comment: Comment): Directive[] {
  const whole = `#${comment.text}`;
  const starts = [...whole.matchAll(pragmaStart)].map((match) => match.index);
  const found: Directive[] = [];
  starts.forEach((start, index) => {
    const text = whole.slice(start, starts[index + 1]).trimEnd();
    const directive = readPragma(comment, comment.start + start, text);
    if (directive) found.push(directive);
  });
  return found;
}

function readPragma(comment: Comment, at: number, text: string): Directive | undefined {
  const written: Written = { comment, span: { start: at, end: at + text.length } };
  const airlock = /^#\s*airlock:\s*([\w-]+)/i.exec(text);
  if (airlock) return readAirlock(written, text, airlock[1] as string, airlock[0].length);
  const nosec = /^#\s*nosec\b:?([^#]*)/i.exec(text);
  if (nosec)
    return {
      ...written,
      kind: 'foreign',
      tool: 'bandit',
      codes: codesIn(nosec[1] as string, /\bB\d{3}\b/gi),
    };
  const noqa = /^#\s*noqa\s*:([^#]*)/i.exec(text);
  if (!noqa) return undefined;
  // A bare `# noqa` is mostly about style, so only the security codes of ruff count.
  const codes = codesIn(noqa[1] as string, /\bS\d{3}\b/gi);
  return codes.length > 0 ? { ...written, kind: 'foreign', tool: 'ruff', codes } : undefined;
}

function codesIn(text: string, pattern: RegExp): string[] {
  return (text.match(pattern) ?? []).map((code) => code.toUpperCase());
}

function readAirlock(written: Written, text: string, word: string, wordEnd: number): Directive {
  const rest = text.slice(wordEnd);
  const argument = argumentOf.get(word);
  const start = written.span.start + wordEnd - word.length;
  if (!argument) {
    const spanned = { text: word, start, end: start + word.length };
    return { ...written, kind: 'unknown', word: spanned, hasArgument: /^\s*[[(]/.test(rest) };
  }
  const kind = word as DirectiveName;
  switch (kind) {
    case 'ignore':
    case 'ignore-file':
      return { ...written, kind, ...readRules(rest, written.span.start + wordEnd) };
    case 'guarded-by':
    case 'requires':
      return { ...written, kind, expression: parenthesized(rest) };
    case 'atomic-ok':
      return { ...written, kind, reason: parenthesized(rest) };
    default:
      return { ...written, kind };
  }
}

function readRules(rest: string, at: number): { rules: readonly SpannedWord[]; reason: string } {
  const brackets = /^\s*\[([^\]]*)\]?/.exec(rest);
  if (!brackets) return { rules: [], reason: trimReason(rest) };
  const inside = at + brackets[0].indexOf('[') + 1;
  const rules = [...(brackets[1] as string).matchAll(/[^\s,]+/g)].map((match) => ({
    text: match[0],
    start: inside + match.index,
    end: inside + match.index + match[0].length,
  }));
  return { rules, reason: trimReason(rest.slice(brackets[0].length)) };
}

function trimReason(text: string): string {
  return text.replace(/^[\s:–—-]+/, '').trim();
}

/** What stands between the first parenthesis and the one that closes it; to the end when none does. */
function parenthesized(text: string): string {
  const open = /^\s*\(/.exec(text);
  if (!open) return '';
  let depth = 1;
  for (let index = open[0].length; index < text.length; index++) {
    if (text[index] === '(') depth++;
    if (text[index] === ')') depth--;
    if (depth === 0) return text.slice(open[0].length, index).trim();
  }
  return text.slice(open[0].length).trim();
}
