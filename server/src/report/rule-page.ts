// The short form of a rule's page: what is wrong, why it matters, what to do, a sentence or two each, as Markdown.
// Takes the page as text; does not know where pages lie.

/** The heads of a rule's page. */
export interface RuleExplanation {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

const mostSentences = 2;
const adviceLength = 160;

/**
 * The heads of a page; a section that the page does not have is empty. Each has one sentence, and one more while it
 * has at most `length` characters.
 */
export function explanationOf(page: string, length = Number.POSITIVE_INFINITY): RuleExplanation {
  return {
    what: headOf(page, 'What it reports', length),
    why: headOf(page, 'Why it matters', length),
    fix: headOf(page, 'How to fix', length),
  };
}

/** How to mend what the rule of a page finds, in a line of plain words; undefined where it takes more. */
export function adviceOf(page: string): string | undefined {
  const { fix } = explanationOf(page, adviceLength);
  return fix === '' || /\n|\]\(/.test(fix) ? undefined : fix;
}

/** The heads as three paragraphs of Markdown; those that are missing are left out. */
export function explanationToMarkdown({ what, why, fix }: RuleExplanation): string {
  const parts = [what, why && `**Why it matters.** ${why}`, fix && `**How to fix.** ${fix}`];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The heads as plain text. */
export function explanationToText({ what, why, fix }: RuleExplanation): string {
  const parts = [what, why && `Why it matters: ${why}`, fix && `How to fix: ${fix}`];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The first sentences of a section; with the list, where they end in one. */
function headOf(page: string, title: string, length: number): string {
  const lines = page.split(/\r?\n/);
  const start = lines.indexOf(`## ${title}`);
  if (start < 0) return '';
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  const blocks = rest
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim()
    .split(/\n{2,}/);
  const [first = '', second] = blocks;
  if (first.endsWith(':') && second !== undefined) return `${joined(first)}\n\n${second}`;
  const [sentence = '', ...others] = sentencesOf(joined(first)).slice(0, mostSentences);
  return others.reduce(
    (all, other) => (all.length + other.length < length ? `${all} ${other}` : all),
    sentence,
  );
}

function joined(block: string): string {
  return block.replace(/\s*\n\s*/g, ' ');
}

/** Splits at full stops, but not within code. */
function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  let pending = '';
  for (const piece of text.split(/(?<=[.!?]) (?=[A-Z`'"(])/)) {
    pending = pending === '' ? piece : `${pending} ${piece}`;
    if ((pending.match(/`/g)?.length ?? 0) % 2 === 1) continue;
    sentences.push(pending);
    pending = '';
  }
  if (pending !== '') sentences.push(pending);
  return sentences;
}
