// The review of one file for the client: as data, as Markdown and as HTML, with links to the client's own URIs.

import { type CancellationToken, ErrorCodes, ResponseError } from 'vscode-languageserver';
import { relativeKey } from '../host/paths';
import type { Review } from '../project/protocol';
import { reviewToHtml } from '../report/review-html';
import { reviewToMarkdown } from '../report/review-markdown';
import type { Location } from '../rules/finding';
import type { Findings } from './findings';
import { readFiles, silentProgress } from './indexing';
import { methods, type ReviewAnswer, type ReviewRequest, reviewCommand } from './requests';
import { overtaken, responseTo, type Session } from './session';
import type { Upkeep } from './upkeep';

/** The rules that found something. */
function rulesOf({ sections }: Review): readonly string[] {
  return sections.flatMap(({ defects }) => defects.map(({ rule }) => rule));
}

/** Answers `airlock/review`, and the command that does the same. */
export function registerReview(session: Session, findings: Findings, upkeep: Upkeep): void {
  const { connection, documents, uris, projects } = session;
  const answer = async (params: ReviewRequest, token: CancellationToken): Promise<ReviewAnswer> => {
    try {
      const key = uris.keyOf(String(params?.uri));
      const project = projects.of(key);
      // A review speaks of the whole program, so it waits until all of it is known.
      await upkeep.settled(project);
      const document = documents.get(key);
      const version = document?.version;
      if (!document && !project.indexed.has(key)) await readFiles(session, project, [key], silentProgress);
      if (document) await findings.of(document, token);
      const pending = project.call('review', { path: key });
      const listener = token.onCancellationRequested(() => pending.cancel());
      const review = await pending.result.finally(() => listener.dispose());
      if (documents.get(key)?.version !== version) throw overtaken();
      const showPath = (path: string): string =>
        (project.root === null ? null : relativeKey(project.root, path)) ?? path.replace(/^untitled:/, '');
      const link = ({ path, range: { start } }: Location): string =>
        `${uris.uriOf(path)}#L${start.line + 1},${start.character + 1}`;
      const adviceOf = await session.pages.advice(rulesOf(review));
      const ruleLink = (rule: string) => session.pages.addressOf(rule);
      return {
        review,
        markdown: reviewToMarkdown(review, { showPath, link, adviceOf }),
        html: reviewToHtml(review, { showPath, link, ruleLink, adviceOf }),
      };
    } catch (error) {
      throw responseTo(error);
    }
  };
  connection.onRequest(methods.review, answer);
  // For clients that know commands alone: the review as Markdown.
  connection.onExecuteCommand(async ({ command, arguments: given }, token) => {
    if (command !== reviewCommand)
      throw new ResponseError(ErrorCodes.InvalidParams, `There is no command ${command}.`);
    return (await answer({ uri: String(given?.[0]) }, token)).markdown;
  });
}
