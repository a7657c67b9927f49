// Which regular expressions let only harmless text through: anchored at both ends, made of letters, digits and a few
// signs that mean nothing to a shell, a path list or a query. A conservative reader, not a regex engine.

/** Verdicts on patterns, remembered. */
export class Patterns {
  private readonly verdicts = new Map<string, boolean>();

  /** Whether a text that matches is harmless. `whole`: the call matches the whole text (`fullmatch`). `atStart`: it
   * begins at the start (`match`). */
  isSafe(pattern: string, whole: boolean, atStart: boolean): boolean {
    const key = `${whole ? 'w' : atStart ? 's' : 'f'}${pattern}`;
    let verdict = this.verdicts.get(key);
    if (verdict === undefined) {
      verdict = harmless(pattern, whole, atStart);
      this.verdicts.set(key, verdict);
    }
    return verdict;
  }
}

const safeSign = /[A-Za-z0-9_\-.,:@=+%]/;
const maximumLength = 300;

function harmless(pattern: string, whole: boolean, atStart: boolean): boolean {
  if (pattern.length > maximumLength) return false;
  let body = pattern;
  const anchoredStart = /^(\^|\\A)/.exec(body);
  if (anchoredStart) body = body.slice(anchoredStart[0].length);
  else if (!whole && !atStart) return false;
  const anchoredEnd = /(\\Z|\\z|(?<!\\)\$)$/.exec(body);
  if (anchoredEnd) body = body.slice(0, -anchoredEnd[0].length);
  else if (!whole) return false;
  // An alternation outside of groups would be anchored at one end only.
  if (!whole && topLevelBar(body)) return false;
  return onlySafe(body);
}

function topLevelBar(body: string): boolean {
  let depth = 0;
  let inClass = false;
  for (let at = 0; at < body.length; at++) {
    const sign = body[at];
    if (sign === '\\') at++;
    else if (inClass) inClass = sign !== ']';
    else if (sign === '[') inClass = true;
    else if (sign === '(') depth++;
    else if (sign === ')') depth--;
    else if (sign === '|' && depth === 0) return true;
  }
  return false;
}

function onlySafe(body: string): boolean {
  for (let at = 0; at < body.length; ) {
    const rest = body.slice(at);
    const skip =
      // A look ahead or behind lets less through, never more.
      /^\((\?:|\?P<\w+>|\?<?[!=])?/.exec(rest) ??
      /^\)/.exec(rest) ??
      /^\|/.exec(rest) ??
      /^[*+?]/.exec(rest) ??
      /^\{\d*,?\d*\}/.exec(rest) ??
      /^\\[dwbB.\-_:@+=%,]/.exec(rest) ??
      safeClass(rest);
    if (skip !== null) {
      at += skip[0].length;
      continue;
    }
    if (!safeSign.test(rest[0]!) || rest[0] === '.') return false;
    at++;
  }
  return true;
}

function safeClass(rest: string): readonly [string] | null {
  const found = /^\[((?:\\.|[^\]\\])+)\]/.exec(rest);
  if (found === null || found[1]!.startsWith('^')) return null;
  const members = found[1]!.replace(/A-Z|a-z|0-9|A-F|a-f|\\[dw]/g, '').replace(/\\([-._:@+=%,])/g, '$1');
  return [...members].every((sign) => safeSign.test(sign)) ? [found[0]] : null;
}
