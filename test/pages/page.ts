// Reads a rule's page: its sections, and its examples as small projects with the findings they claim and the
// text that the fix must give. The form is described in docs/rule-pages.md.

/** What an example claims. */
export type ExampleKind = 'bad' | 'good' | 'near miss';

/** `# finding: rule "part of the message"` on a line of a file. */
export interface Claim {
  readonly path: string;
  /** Line of the file as it is analysed, from 1. */
  readonly line: number;
  readonly rule: string;
  /** Part of the message; empty when the page does not say. */
  readonly message: string;
}

/** One fenced project. */
export interface Example {
  readonly kind: ExampleKind;
  readonly title: string;
  /** Line of the page where its first block begins, from 1. */
  readonly pageLine: number;
  readonly files: ReadonlyMap<string, string>;
  readonly claims: readonly Claim[];
  /** The files that the fix changes, as they must read after it. */
  readonly fixed: ReadonlyMap<string, string>;
  /** The page says why there is no fix. */
  readonly noFix: boolean;
  /** `min-confidence=` and `preview=` of the first block. */
  readonly options: ReadonlyMap<string, string>;
  /** The page's block marked `json library`: the project's own knowledge in all its examples. */
  readonly library: Readonly<Record<string, unknown>>;
}

/** A rule's page. */
export interface Page {
  readonly title: string;
  /** Second-level headings. */
  readonly sections: ReadonlyMap<string, string>;
  readonly examples: readonly Example[];
}

interface Block {
  readonly headings: readonly string[];
  readonly info: ReadonlyMap<string, string>;
  readonly text: string;
  readonly line: number;
  /** Prose between this block and the one before, or the heading. */
  readonly before: string;
}

interface OpenExample {
  kind: ExampleKind;
  title: string;
  headings: string;
  pageLine: number;
  files: Map<string, string>;
  claims: Claim[];
  fixed: Map<string, string>;
  noFix: boolean;
  options: ReadonlyMap<string, string>;
}

/** Parses a page. */
export function parsePage(markdown: string): Page {
  const { blocks, sections, title, prose, library } = scan(markdown.replaceAll('\r\n', '\n'));
  const noFixAnywhere = /\bNo fix:/.test(sections.get('How to fix') ?? '');
  const examples: OpenExample[] = [];
  for (const block of blocks) {
    const role = roleOf(block);
    if (!role) continue;
    const last = examples.at(-1);
    if (role === 'fixed') {
      if (last?.kind !== 'bad') throw new Error(`line ${block.line}: a "Fixed" block follows no "Bad" block`);
      const path = block.info.get('file') ?? [...last.files.keys()][0];
      last.fixed.set(path, block.text);
      continue;
    }
    const headings = block.headings.join(' / ');
    const path = block.info.get('file') ?? 'example.py';
    const joins =
      last?.headings === headings && block.info.has('file') && !last.files.has(path) && last.fixed.size === 0;
    const paths = block.headings.map((_, index) => block.headings.slice(0, index + 1).join(' / '));
    const noFix = paths.some((each) => /\bNo fix:/.test(prose.get(each) ?? ''));
    const example = joins ? last : open(block, role, headings, noFix || noFixAnywhere);
    if (example !== last) examples.push(example);
    const { text, claims } = takeClaims(block.text, path);
    example.files.set(path, text);
    example.claims.push(...claims);
  }
  const own = library === '' ? {} : (JSON.parse(library) as Readonly<Record<string, unknown>>);
  return { title, sections, examples: examples.map((example) => ({ ...example, library: own })) };
}

function open(block: Block, kind: ExampleKind, headings: string, noFix: boolean): OpenExample {
  const title = block.headings.at(-1) ?? kind;
  return {
    kind,
    title,
    headings,
    pageLine: block.line,
    files: new Map(),
    claims: [],
    fixed: new Map(),
    noFix,
    options: block.info,
  };
}

/** The kind of a block, from the nearest heading that names one, or from a line "Fixed:" right above it. */
function roleOf(block: Block): ExampleKind | 'fixed' | undefined {
  if (/(^|\n)\W*fixed\b\W*$/i.test(block.before.trim())) return 'fixed';
  for (const heading of block.headings.toReversed()) {
    const found = /^(bad|good|near[ -]miss(?:es)?|fixed)\b/i.exec(heading)?.[1].toLowerCase();
    if (found === 'bad' || found === 'good' || found === 'fixed') return found;
    if (found) return 'near miss';
  }
  return undefined;
}

function scan(markdown: string) {
  const blocks: Block[] = [];
  const sections = new Map<string, string>();
  const prose = new Map<string, string>();
  let title = '';
  let library = '';
  let headings: { level: number; text: string }[] = [];
  let before: string[] = [];
  let fence: { mark: string; info: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    if (fence) {
      if (line.trimEnd() === fence.mark) {
        const [language, ...options] = fence.info.split(/\s+/);
        if (language === 'python') {
          const info = new Map(options.map((option) => option.split('=', 2) as [string, string]));
          const text = fence.lines.map((each) => `${each}\n`).join('');
          const texts = headings.filter(({ level }) => level > 1).map((each) => each.text);
          blocks.push({ headings: texts, info, text, line: fence.line, before: before.join('\n') });
        }
        if (language === 'json' && options[0] === 'library') library = fence.lines.join('\n');
        before = [];
        fence = undefined;
      } else {
        fence.lines.push(line);
      }
      continue;
    }
    const opening = /^(`{3,}|~{3,})(.*)$/.exec(line);
    const heading = /^(#{1,6})\s+(.*?)\s*$/.exec(line);
    if (opening) {
      fence = { mark: opening[1], info: opening[2].trim(), line: index + 1, lines: [] };
    } else if (heading) {
      const level = heading[1].length;
      if (level === 1) title = heading[2];
      headings = [...headings.filter((each) => each.level < level), { level, text: heading[2] }];
      before = [];
    } else {
      before.push(line);
    }
    const section = headings.find(({ level }) => level === 2)?.text;
    if (section !== undefined) sections.set(section, `${sections.get(section) ?? ''}${line}\n`);
    const key = headings
      .filter(({ level }) => level > 1)
      .map(({ text }) => text)
      .join(' / ');
    if (!heading && !opening) prose.set(key, `${prose.get(key) ?? ''}${line}\n`);
  }
  if (fence) throw new Error(`line ${fence.line}: this fence is never closed`);
  return { blocks, sections, title, prose, library };
}

const claimPattern = /#\s*finding([+-]\d+)?:\s*([\w-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*/g;

/** The text without claims, since a comment may mean something to a rule, and the claims with their lines in it. */
function takeClaims(text: string, path: string): { text: string; claims: Claim[] } {
  const kept: string[] = [];
  const claims: Claim[] = [];
  for (const line of text.split('\n')) {
    const stripped = line.replace(claimPattern, '');
    const alone = stripped !== line && stripped.trim() === '';
    if (!alone) kept.push(stripped === line ? line : stripped.trimEnd());
    for (const [, offset, rule, message = ''] of line.matchAll(claimPattern)) {
      claims.push({
        path,
        line: kept.length + Number(offset ?? 0),
        rule,
        message: message.replace(/\\(.)/g, '$1'),
      });
    }
  }
  return { text: kept.join('\n'), claims };
}
