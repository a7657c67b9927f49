// Rule 204: a class shows a secret of its objects in `__repr__` or `__str__`, hand-written or made for it, so that every
// log call that is given such an object shows it. Made ones are reported only where an object of the class is logged.

import { EntityKind } from '../../flow/entities';
import { LabelKind, StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import type { Analysis } from '../../whole/analysis';
import { argumentPlace, nameAt, placeOf, tellPath } from '../flow-words';
import type { Place, Report, Rule } from '../rule';
import { logSites, shownValues } from './log-sites';
import { capitalized, originSentence, secretWords } from './secret-words';
import { isStillUnset } from './settled-failures';
import { type ShownField, shownFields } from './shown-fields';

export const rule: Rule = {
  number: 204,
  name: 'secret-in-repr',
  concern: 'logging',
  severity: 'warning',
  preview: true,
  cwe: [532],
  category: 'sensitive-logging',
  summary: 'The text that a class shows of its objects holds a secret, and objects of it are logged.',
  asks: () => [
    { sink: 'repr', labels: [LabelKind.Secret], bounds: { evidence: [SecretEvidence.Plain], calls: 0 } },
  ],
  check(analysis, report) {
    const logged = loggedClasses(analysis);
    for (const flow of writtenFlows(analysis)) {
      const owner = analysis.program.scopes[flow.use.scope]!.owner;
      report(ofWritten(analysis, flow, logged.get(owner)));
    }
    for (const [classScope, sites] of logged) {
      for (const field of shownFields(analysis, classScope)) report(ofField(analysis, field, sites));
    }
  },
};

/** A log call that is given an object. */
type Site = Place & { readonly message: string };

/** What `__repr__` and `__str__` return that is a secret, the surest of each method. */
function writtenFlows({ values, program }: Analysis): readonly Flow[] {
  const found = new Map<number, Flow>();
  for (const flow of values.flows) {
    const { kind, evidence } = values.origin(flow);
    if (flow.use.kind !== 'repr' || kind !== LabelKind.Secret || evidence !== SecretEvidence.Plain) continue;
    const { file } = program.scopes[flow.use.scope]!;
    if (!file.isTest && !found.has(flow.use.scope)) found.set(flow.use.scope, flow);
  }
  return [...found.values()];
}

/** Classes of which an object is given to a log call, bases included, and where. */
function loggedClasses(analysis: Analysis): ReadonlyMap<number, readonly Site[]> {
  const { resolver } = analysis;
  const { entities, classes } = resolver;
  const found = new Map<number, Site[]>();
  for (const { scope, at } of logSites(analysis)) {
    for (const value of shownValues(scope, at)) {
      if (isStillUnset(scope, value)) continue;
      for (const entity of resolver.denotes(scope.id, value)) {
        if (entities.kind[entity] !== EntityKind.Instance) continue;
        const own = entities.x[entity]!;
        const site = {
          ...placeOf(analysis, scope.id, value),
          message: `\`${nameAt(analysis, scope.id, at)}\` logs an object of the class.`,
        };
        for (const base of classes.order(own)) {
          if (entities.kind[base] !== EntityKind.Class) continue;
          const list = found.get(entities.x[base]!);
          if (list) list.push(site);
          else found.set(entities.x[base]!, [site]);
        }
      }
    }
  }
  return found;
}

function ofWritten(analysis: Analysis, flow: Flow, sites: readonly Site[] | undefined): Report {
  const scope = analysis.program.scopes[flow.use.scope]!;
  const secret = secretWords(analysis, flow);
  const steps = tellPath(
    analysis,
    flow,
    originSentence(analysis, flow),
    `\`${scope.name}\` puts it into the text.`,
  );
  return {
    ...argumentPlace(analysis, flow),
    message: `${capitalized(secret)} is part of what \`${scope.name}\` of \`${flow.use.words}\` shows: whoever logs the object gives it away.`,
    // `__str__` also serves to write files and statements.
    confidence: isFar(analysis, flow)
      ? 'low'
      : sites !== undefined
        ? 'high'
        : scope.name === '__repr__'
          ? 'medium'
          : 'low',
    symbol: scope.qualifiedName,
    stepsKind: 'path',
    steps: [...steps, ...(sites?.slice(0, 1) ?? [])],
  };
}

/** Whether it comes out of another function: what that masks, and when, is not told by its name. */
function isFar({ values }: Analysis, flow: Flow): boolean {
  return values.path(flow).some(({ step }) => step === StepKind.Passed || step === StepKind.Returned);
}

function ofField(analysis: Analysis, field: ShownField, sites: readonly Site[]): Report {
  const { scope, at, name, fixes } = field;
  return {
    ...analysis.program.span(scope, at),
    message: `The \`repr\` of \`${scope.name}\` shows the secret \`${name}\`, and an object of it is logged.`,
    confidence: scope.file.isTest ? 'low' : 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: sites.slice(0, 3),
    fixes,
  };
}
