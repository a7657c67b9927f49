// Runs the examples of a page on the engine: do the findings match the claims, and does every fix parse, remove
// its finding, add none, read as the page says, and change nothing when it is applied again?

import { defaultSettings } from '../../server/src/project/configuration';
import type { EngineMethods } from '../../server/src/project/dispatch';
import type { FileEdit, FileFindings } from '../../server/src/project/protocol';
import type { Confidence, Finding } from '../../server/src/rules/finding';
import type { Example } from './page';

type Files = ReadonlyMap<string, string>;

/** What is wrong with an example, one sentence each; empty when nothing is. */
export function tryExample(createEngine: () => EngineMethods, rule: string, example: Example): string[] {
  const findings = audit(createEngine(), example, example.files);
  const problems = compareClaims(rule, example, findings);
  if (problems.length > 0) return problems;
  if (example.kind !== 'bad') return [];
  return tryFixes(createEngine, rule, example, findings);
}

function audit(engine: EngineMethods, example: Example, files: Files): Finding[] {
  const { options, library } = example;
  const settings = {
    ...defaultSettings,
    library,
    preview: options.get('preview') !== 'false',
    minConfidence: (options.get('min-confidence') ?? 'low') as Confidence,
  };
  engine.configure({ settings });
  engine.setFiles({ files: [...files].map(([path, text]) => ({ path, text })) });
  return engine.audit({}).files.flatMap((file: FileFindings) => file.findings);
}

function compareClaims(rule: string, example: Example, findings: readonly Finding[]): string[] {
  const problems: string[] = [];
  const open = [...example.claims];
  for (const finding of findings) {
    const line = finding.location.range.start.line + 1;
    const index = open.findIndex(
      (claim) =>
        claim.path === finding.location.path &&
        claim.line === line &&
        claim.rule === finding.rule &&
        finding.message.includes(claim.message),
    );
    if (index >= 0) {
      open.splice(index, 1);
      continue;
    }
    // Other rules at low confidence have their own pages to be exact on.
    if (finding.rule !== rule && finding.confidence === 'low') continue;
    problems.push(`${finding.location.path}:${line}: not claimed: ${finding.rule} "${finding.message}"`);
  }
  for (const claim of open) {
    problems.push(`${claim.path}:${claim.line}: claimed, not found: ${claim.rule} "${claim.message}"`);
  }
  if (example.kind === 'bad' && !example.claims.some((claim) => claim.rule === rule)) {
    problems.push(`a bad example claims no finding of ${rule}`);
  }
  if (example.kind !== 'bad' && example.claims.some((claim) => claim.rule === rule)) {
    problems.push(`a ${example.kind} example claims a finding of ${rule}`);
  }
  return problems;
}

function tryFixes(
  createEngine: () => EngineMethods,
  rule: string,
  example: Example,
  findings: readonly Finding[],
): string[] {
  const problems: string[] = [];
  const fixable = findings.filter((finding) => finding.rule === rule && finding.fixes.length > 0);
  if (fixable.length === 0) {
    if (example.fixed.size > 0) problems.push('a fixed text is given, but no finding offers a fix');
    else if (!example.noFix) problems.push('there is no fix, and no sentence "No fix: ..." says why');
    return problems;
  }
  for (const finding of fixable) {
    finding.fixes.forEach((_, index) => {
      problems.push(...tryFix(createEngine, example, findings, finding, index));
    });
  }
  if (example.fixed.size === 0)
    return [...problems, 'a fix is offered, but no "Fixed" block shows its outcome'];
  const after = applyAll(createEngine, rule, example);
  for (const [path, text] of after) {
    const expected = example.fixed.get(path) ?? example.files.get(path);
    if (text !== expected)
      problems.push(`${path}: after its fix the text is\n${text}\nand should be\n${expected}`);
  }
  return problems;
}

function tryFix(
  createEngine: () => EngineMethods,
  example: Example,
  before: readonly Finding[],
  finding: Finding,
  index: number,
): string[] {
  const name = `fix "${finding.fixes[index].title}"`;
  const { fingerprint, location } = finding;
  const engine = createEngine();
  audit(engine, example, example.files);
  const edits = engine.fix({ path: location.path, fingerprint, index });
  if (!edits) return [`${name}: gives no edits`];
  const files = applyEdits(example.files, edits);
  if ([...files].every(([path, text]) => example.files.get(path) === text))
    return [`${name}: changes nothing`];
  const again = createEngine();
  const after = audit(again, example, files);
  const problems: string[] = [];
  const countOf = (list: readonly Finding[], like: Finding) =>
    list.filter((each) => each.rule === like.rule && each.location.path === like.location.path).length;
  if (countOf(after, finding) >= countOf(before, finding))
    problems.push(`${name}: its finding is still there`);
  const reported = new Set<string>();
  for (const each of after) {
    if (countOf(after, each) <= countOf(before, each) || reported.has(each.rule)) continue;
    reported.add(each.rule);
    const what = each.rule === 'not-analysed' ? 'leaves text that does not parse' : `adds ${each.rule}`;
    problems.push(`${name}: ${what}: "${each.message}"`);
  }
  const repeated = again.fix({ path: location.path, fingerprint, index });
  const changed =
    repeated && [...applyEdits(files, repeated)].some(([path, text]) => files.get(path) !== text);
  if (changed && !after.some((each) => each.fingerprint === fingerprint)) {
    problems.push(`${name}: applied twice, it changes the text again`);
  }
  return problems;
}

/** Applies the first fix of the first finding of the rule that has one, until none has. */
function applyAll(createEngine: () => EngineMethods, rule: string, example: Example): Files {
  let files: Files = example.files;
  for (let round = 0; round < 20; round++) {
    const engine = createEngine();
    const next = audit(engine, example, files).find((each) => each.rule === rule && each.fixes.length > 0);
    const edits = next && engine.fix({ path: next.location.path, fingerprint: next.fingerprint, index: 0 });
    if (!edits) return files;
    files = applyEdits(files, edits);
  }
  return files;
}

function applyEdits(files: Files, changes: readonly FileEdit[]): Files {
  const result = new Map(files);
  for (const { path, edits } of changes) {
    const text = result.get(path) ?? '';
    result.set(
      path,
      edits.reduceRight(
        (after, edit) => after.slice(0, edit.start) + edit.text + after.slice(edit.end),
        text,
      ),
    );
  }
  return result;
}
