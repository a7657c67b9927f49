// Hover over a finding: how sure it is, the steps that show it as links, and where to read on. The message itself
// the editor shows already.

import { MarkupKind } from 'vscode-languageserver';
import { ruleAddress } from '../report/rule-address';
import type { Finding } from '../rules/finding';
import type { Findings } from './findings';
import { responseTo, type Session } from './session';

/** Answers `textDocument/hover`. */
export function registerHover(session: Session, findings: Findings): void {
  const { connection, documents, uris } = session;
  connection.onHover(async ({ textDocument, position }, token) => {
    try {
      const document = documents.get(uris.keyOf(textDocument.uri));
      if (!document) return null;
      const { findings: found } = await findings.of(document, token);
      const at = found.find(({ location: { range } }) => {
        const afterStart = range.start.line - position.line || range.start.character - position.character;
        const beforeEnd = position.line - range.end.line || position.character - range.end.character;
        return afterStart <= 0 && beforeEnd <= 0;
      });
      if (!at) return null;
      const value = describe(at, (key) => uris.uriOf(key));
      return { contents: { kind: MarkupKind.Markdown, value }, range: at.location.range };
    } catch (error) {
      throw responseTo(error);
    }
  });
}

function describe(finding: Finding, uriOf: (key: string) => string): string {
  const lines = [`**${finding.rule}** (${finding.confidence} confidence)`, ''];
  for (const { location, message } of finding.steps) {
    const line = location.range.start.line + 1;
    lines.push(`- [line ${line}](${uriOf(location.path)}#L${line}): ${escapeMarkdown(message)}`);
  }
  lines.push('', `[About this rule](${ruleAddress(finding.rule)})`);
  return lines.join('\n');
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+!|&-]/g, '\\$&');
}
