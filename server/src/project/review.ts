// The full-file audit: what was looked at, what is done well and where, what is wrong, what could not be decided.
// Every sentence is made from facts that the rules use as well; nothing is praised that was not checked.

import type { Finding } from '../rules/finding';
import { rules } from '../rules/registry';
import type { RuleDescription } from '../rules/rule';
import type { Analysis } from '../whole/analysis';
import { linesInError } from './left-out';
import { lineCountOf, type ProjectFile } from './positions';
import type { FileFindings, Review, ReviewSection, Statement } from './protocol';
import { reviewData } from './review-data';
import { reviewDependencies } from './review-dependencies';
import { reviewErrors } from './review-errors';
import { countOf, type Facts, listOf } from './review-facts';
import { reviewInputs } from './review-inputs';
import { reviewLogging } from './review-logging';
import { reviewResources } from './review-resources';
import { reviewSynchronization } from './review-synchronization';

const titles: Readonly<Record<string, string>> = {
  synchronization: 'Synchronization',
  logging: 'Logging',
  inputs: 'Inputs',
  errors: 'Error handling',
  resources: 'Resources',
  data: 'Data handling',
  dependencies: 'Dependencies',
  housekeeping: 'Suppressions and coverage',
};

const chapters: Readonly<Record<string, (analysis: Analysis, file: ProjectFile) => Facts>> = {
  synchronization: reviewSynchronization,
  logging: reviewLogging,
  inputs: reviewInputs,
  errors: reviewErrors,
  resources: reviewResources,
  data: reviewData,
  dependencies: reviewDependencies,
};

const none: Facts = { good: [], undecided: [] };

/** The review of one file. `reason` tells why it was set aside, if it was; `ran` are the rules that spoke of it. */
export function reviewFile(
  analysis: Analysis,
  file: ProjectFile | undefined,
  path: string,
  { findings, silenced = [] }: FileFindings,
  reason: string | undefined,
  ran: readonly RuleDescription[],
): Review {
  if (!file) return unknownFile(path, reason);
  const sections: ReviewSection[] = [];
  const unasked: string[] = [];
  for (const [concern, title] of Object.entries(titles)) {
    const own = rules.filter((rule) => rule.concern === concern);
    const isOwn = (finding: Finding) => own.some((rule) => rule.name === finding.rule);
    if (own.length === 0) unasked.push(title);
    const defects = findings.filter(isOwn);
    const quiet = silenced.filter(isOwn);
    const facts = chapters[concern]?.(analysis, file) ?? none;
    const noted = [...(facts.noted ?? []), ...silencedStatements(quiet)];
    const said = [facts.good, noted, facts.undecided, defects].some((list) => list.length > 0);
    // A section tells of every rule that was asked: together they are as many as the verdict says.
    if (!said && own.length === 0) continue;
    const asked = own.filter((rule) => ran.includes(rule)).map(({ name, preview }) => ({ name, preview }));
    sections.push({ title, checked: checkedWords(own.length, asked), asked, defects, ...facts, noted });
  }
  return {
    path,
    lineCount: lineCountOf(file.source),
    otherFiles: analysis.program.files.length - 1,
    verdict: verdictOf(file, findings, silenced.length, ran.length),
    sections,
    notChecked:
      unasked.length === 0
        ? []
        : [`${sentenceOf(unasked)}: no rule asks about these yet; the review tells what the code does.`],
  };
}

/** "Error handling and resources". */
function sentenceOf(titles: readonly string[]): string {
  return listOf(titles.map((title, index) => (index === 0 ? title : title.toLowerCase())));
}

function unknownFile(path: string, reason: string | undefined): Review {
  const verdict = reason ? `This file was not analysed. ${reason}` : 'This file is not known to the engine.';
  const notChecked = ['Everything in this file.'];
  return { path, lineCount: 0, otherFiles: 0, verdict, sections: [], notChecked };
}

/** How many rules of a concern were asked, and why not all. */
function checkedWords(all: number, asked: ReviewSection['asked']): string {
  if (all === 0) return '';
  const preview = asked.filter((rule) => rule.preview).length;
  const ofThem =
    preview === 0 ? '' : preview === asked.length ? ', in preview' : `, ${preview} of them in preview`;
  const off = all - asked.length;
  const silent = off === 0 ? '' : ` ${off} switched off.`;
  return `${countOf(asked.length, 'rule was', 'rules were')} asked${ofThem}.${silent}`;
}

/** "2 findings of some-rule are silenced by comments", for each rule. */
function silencedStatements(silenced: readonly Finding[]): readonly Statement[] {
  return [...new Set(silenced.map(({ rule }) => rule))].map((rule) => {
    const locations = silenced.filter((finding) => finding.rule === rule).map(({ location }) => location);
    const many = locations.length;
    const text =
      many === 1
        ? `1 finding of ${rule} is silenced by a comment`
        : `${many} findings of ${rule} are silenced by comments`;
    return { text, locations };
  });
}

function verdictOf(file: ProjectFile, findings: readonly Finding[], silenced: number, asked: number): string {
  const places = file.source.errors.length;
  const broken =
    places > 0
      ? ` ${countOf(places, 'place', 'places')} could not be read as Python 3 and ${places === 1 ? 'was' : 'were'} left out: ${linesInError(file.source)}.`
      : '';
  if (findings.length === 0) {
    const by = countOf(asked, 'rule that was', 'rules that were');
    const rest = silenced > 0 ? ' that is not silenced by a comment' : '';
    return `The ${by} asked found nothing${rest}.${broken}`;
  }
  const quiet = silenced > 0 ? ` ${countOf(silenced, 'more is', 'more are')} silenced by comments.` : '';
  const preview = findings.filter((finding) => finding.preview).length;
  const ofThem =
    preview === 0 ? '' : preview === findings.length ? ', in preview' : `, ${preview} in preview`;
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const list = [...counts].map(([rule, count]) => (count === 1 ? rule : `${count} × ${rule}`)).join(', ');
  return `${countOf(findings.length, 'finding', 'findings')}${ofThem}: ${list}.${quiet}${broken}`;
}
