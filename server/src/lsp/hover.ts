// Hover over a finding: how sure it is, what its rule is about and how to fix it. The message and the steps the
// editor shows already.

import { MarkupKind } from 'vscode-languageserver';
import { confidenceWords } from '../report/wording';
import type { Finding } from '../rules/finding';
import { type Findings, isShown } from './findings';
import { responseTo, type Session } from './session';

/** Answers `textDocument/hover`. */
export function registerHover(session: Session, findings: Findings): void {
  const { connection, documents, uris } = session;
  connection.onHover(async ({ textDocument, position }, token) => {
    try {
      const document = documents.get(uris.keyOf(textDocument.uri));
      if (!document || !isShown(session, document)) return null;
      const { findings: found } = await findings.soon(document, token);
      const under = found.filter(({ location: { range } }) => {
        const afterStart = range.start.line - position.line || range.start.character - position.character;
        const beforeEnd = position.line - range.end.line || position.character - range.end.character;
        return afterStart <= 0 && beforeEnd <= 0;
      });
      if (under.length === 0) return null;
      // Two findings of one rule at one place need one explanation.
      const byRule = new Map(under.map((finding) => [finding.rule, finding]));
      const parts = await Promise.all([...byRule.values()].map((finding) => describe(session, finding)));
      const value = parts.join('\n\n---\n\n');
      return { contents: { kind: MarkupKind.Markdown, value }, range: under[0].location.range };
    } catch (error) {
      throw responseTo(error);
    }
  });
}

async function describe({ pages, features }: Session, finding: Finding): Promise<string> {
  const head = `**${finding.rule}** · ${confidenceWords(finding)}`;
  const address = features.linksCodes ? undefined : pages.addressOf(finding.rule);
  const more = address ? `[About this rule](${address})` : '';
  const parts = [head, await pages.explain(finding.rule), more];
  return parts.filter((part) => part !== '').join('\n\n');
}
