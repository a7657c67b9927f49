// Whether code may go on in the next line though it could end here. The grammar takes a line break for white space where it
// hopes for more: behind a comma that may stand in a list of targets, and behind words that are both names and statements.
// Knows lines only.

const hopeful = /(?:[,\\]|\b(?:print|exec|async|await|match|type))\s*$/;

/** Whether the last line with code, of a text or of what comes before an offset, may go on behind it. */
export function maySpill(text: string, end = text.length): boolean {
  let to = end;
  while (to > 0) {
    const from = to === 1 ? 0 : text.lastIndexOf('\n', to - 2) + 1;
    const line = text.slice(from, to);
    to = from;
    if (/^\s*(?:#|$)/.test(line)) continue;
    // Which of several signs begins a comment is not known here.
    for (let at = line.indexOf('#'); at >= 0; at = line.indexOf('#', at + 1))
      if (hopeful.test(line.slice(0, at))) return true;
    return hopeful.test(line);
  }
  return false;
}
