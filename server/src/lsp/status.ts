// What the server tells of itself: busy or idle, how many files it knows, how long the last answer took, and what
// needs the user's attention. Notifications only; clients that do not know them ignore them.

import { configurationFilesOf } from './project-settings';
import { methods, type StatusNotification } from './requests';
import type { Session } from './session';

const mostProblems = 20;

/** Tells the client how things are. */
export class Status {
  private readonly work = new Set<{ readonly text: string }>();
  private ms: number | null = null;
  private sent = '';

  constructor(private readonly session: Session) {}

  /** Something long begins; `text` is one sentence. Answers with the way to end it. */
  begin(text: string): () => void {
    const work = { text };
    this.work.add(work);
    this.send();
    return () => {
      this.work.delete(work);
      this.send();
    };
  }

  /** An answer was given. */
  answered(milliseconds: number): void {
    this.ms = Math.round(milliseconds);
    this.send();
  }

  send(): void {
    const projects = this.session.projects.all();
    const open = this.session.documents
      .all()
      .filter(({ key }) => !this.session.projects.of(key).indexed.has(key));
    const files = projects.reduce((sum, { indexed }) => sum + indexed.size, open.length);
    const problems = projects.flatMap((project) => [
      ...configurationFilesOf(project.settings).flatMap(({ key, configuration }) =>
        configuration.problems.map(
          ({ message, line }) => `${key}${line ? `, line ${line}` : ''}: ${message}`,
        ),
      ),
      ...[...project.setAside].map(([path, reason]) => `${path}: ${reason}`),
      ...[...project.unread].map(([path, reason]) => `${path}: ${reason}.`),
    ]);
    const busy = [...this.work].at(-1)?.text;
    const status: StatusNotification = {
      state: busy !== undefined ? 'busy' : problems.length > 0 ? 'warning' : 'idle',
      text: busy ?? (problems.length > 0 ? 'Ready; some files or settings need attention.' : 'Ready.'),
      files,
      ms: this.ms,
      problems: problems.slice(0, mostProblems),
    };
    const text = JSON.stringify(status);
    if (text === this.sent) return;
    this.sent = text;
    void this.session.connection.sendNotification(methods.status, status);
  }
}
