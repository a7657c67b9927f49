// The full-file audit: what was looked at, what is done well and where, what is wrong, what could not be decided.
// Every sentence is made from facts that the rules use as well; nothing is praised that was not checked.

import type { Finding } from '../rules/finding';
import { rules } from '../rules/registry';
import type { RuleDescription } from '../rules/rule';
import type { Analysis } from '../whole/analysis';
import { lineCountOf, type ProjectFile } from './positions';
import type { FileFindings, Review, ReviewSection, Statement } from './protocol';
import { reviewData } from './review-data';
import { reviewErrors } from './review-errors';
import type { Facts } from './review-facts';
import { reviewInputs } from './review-inputs';
import { reviewLogging } from './review-logging';
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

const nothingFound = 'No defect was found by the rules that ran.';

const chapters: Readonly<Record<string, (analysis: Analysis, file: ProjectFile) => Facts>> = {
  synchronization: reviewSynchronization,
  logging: reviewLogging,
  inputs: reviewInputs,
  errors: reviewErrors,
  data: reviewData,
};

/** The review of one file. `reason` tells why it was set aside, if it was; `ran` are the rules that spoke of it. */
export function reviewFile(
  analysis: Analysis,
  file: ProjectFile | undefined,
  path: string,
  { findings, silenced = [] }: FileFindings,
  reason: string | undefined,
  ran: readonly RuleDescription[] = rules.filter(({ preview }) => !preview),
): Review {
  if (!file) {
    const verdict = reason
      ? `This file was not analysed. ${reason}`
      : 'This file is not known to the engine.';
    return {
      path,
      lineCount: 0,
      verdict,
      sections: [],
      recommendations: [],
      notChecked: ['Everything in this file.'],
    };
  }
  const sections: ReviewSection[] = [];
  const notChecked: string[] = [];
  for (const [concern, title] of Object.entries(titles)) {
    const own = rules.filter((rule) => rule.concern === concern);
    const chapter = chapters[concern];
    if (own.length === 0) {
      notChecked.push(`${title}: no rule of this concern exists yet.`);
      if (!chapter) continue;
    }
    const defects = findings.filter((finding) => own.some((rule) => rule.name === finding.rule));
    const checked = checkedOf(own, ran);
    const facts = chapter ? chapter(analysis, file) : { good: [], undecided: [] };
    const quiet = silenced.filter((finding) => own.some((rule) => rule.name === finding.rule));
    if (concern === 'housekeeping' && defects.length + quiet.length === 0) continue;
    const noted = [...(facts.noted ?? []), ...silencedStatements(quiet)];
    sections.push({ title, checked, defects, ...facts, noted });
  }
  return {
    path,
    lineCount: lineCountOf(file.source),
    verdict: verdictOf(file, findings, silenced.length),
    sections,
    recommendations: findings.flatMap((finding) => recommendationOf(finding)),
    notChecked,
  };
}

/** Which rules of a concern spoke, or why none did. */
function checkedOf(own: readonly RuleDescription[], ran: readonly RuleDescription[]): string {
  if (own.length === 0) return 'No rule of this concern exists yet; this is what the code does.';
  const names = own.filter((rule) => ran.includes(rule)).map(({ name }) => name);
  const silent = own.length - names.length;
  const rest =
    silent === 1 ? '1 rule in preview or switched off' : `${silent} rules in preview or switched off`;
  if (names.length === 0) return `Not checked: ${rest}. This is what the code does.`;
  return `Checked: ${names.join(', ')}.${silent > 0 ? ` Not checked: ${rest}.` : ''}`;
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

function verdictOf(file: ProjectFile, findings: readonly Finding[], silenced: number): string {
  const broken =
    file.source.errors.length > 0
      ? ` ${file.source.errors.length} ${file.source.errors.length === 1 ? 'place' : 'places'} could not be read as Python 3 and were left out.`
      : '';
  const quiet =
    silenced > 0 ? ` ${silenced} more ${silenced === 1 ? 'is' : 'are'} silenced by comments.` : '';
  if (findings.length === 0) {
    const found = silenced > 0 ? 'No defect was found that is not silenced by a comment.' : nothingFound;
    return `${found}${broken}`;
  }
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const list = [...counts].map(([rule, count]) => (count === 1 ? rule : `${count} × ${rule}`)).join(', ');
  return `${findings.length} ${findings.length === 1 ? 'defect' : 'defects'}: ${list}.${quiet}${broken}`;
}

function recommendationOf(finding: Finding): readonly Statement[] {
  const title = finding.fixes[0]?.title;
  return title ? [{ text: `${title} (${finding.rule}).`, locations: [finding.location] }] : [];
}
