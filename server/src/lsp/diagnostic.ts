// A Finding as the protocol's Diagnostic. Pure: the same finding gives the same diagnostic.

import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import type { Finding, Location, Severity } from '../rules/finding';

/** What a diagnostic carries so that a later request can name its finding. */
export interface DiagnosticData {
  readonly fingerprint: string;
}

/** What decides the form of a diagnostic. */
export interface DiagnosticForm {
  readonly relatedInformation: boolean;
  readonly uriOf: (key: string) => string;
  /** The URI of a rule's page, or undefined. */
  readonly addressOf: (rule: string) => string | undefined;
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** The diagnostic of a finding. */
export function diagnosticOf(finding: Finding, form: DiagnosticForm): Diagnostic {
  const data: DiagnosticData = { fingerprint: finding.fingerprint };
  const diagnostic: Diagnostic = {
    range: finding.location.range,
    severity: severities[finding.severity],
    source: finding.preview ? 'airlock preview' : 'airlock',
    code: finding.rule,
    message: finding.message,
    data,
  };
  const href = form.addressOf(finding.rule);
  if (href !== undefined) diagnostic.codeDescription = { href };
  if (finding.rule === 'unused-suppression') diagnostic.tags = [DiagnosticTag.Unnecessary];
  if (form.relatedInformation && finding.steps.length > 0) {
    diagnostic.relatedInformation = finding.steps.map(({ location, message }) => ({
      location: protocolLocation(location, form.uriOf),
      message,
    }));
  }
  return diagnostic;
}

/** A location with the client's URI. */
export function protocolLocation(location: Location, uriOf: (key: string) => string) {
  return { uri: uriOf(location.path), range: location.range };
}
