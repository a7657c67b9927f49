// The language status item: what Airlock is doing, what its last answer took, what needs attention.

import { type Disposable, type DocumentSelector, LanguageStatusSeverity, languages } from 'vscode';
import type { StatusNotification } from '../../server/src/lsp/requests';

/** Shows the server's status beside the language of a Python document. */
export class StatusItem implements Disposable {
  private readonly item;

  constructor(selector: DocumentSelector) {
    this.item = languages.createLanguageStatusItem('airlock.status', selector);
    this.item.name = 'Airlock';
    this.item.command = { command: 'airlock.showLog', title: 'Show Log' };
    this.item.text = 'Airlock: starting';
    this.item.busy = true;
  }

  show({ state, text, files, ms, problems }: StatusNotification): void {
    const count = files === 1 ? '1 file' : `${files.toLocaleString('en')} files`;
    const took = ms === null ? '' : `, last answer in ${ms.toLocaleString('en')} ms`;
    this.item.busy = state === 'busy';
    this.item.severity =
      problems.length > 0 ? LanguageStatusSeverity.Warning : LanguageStatusSeverity.Information;
    this.item.text = state === 'busy' ? 'Airlock: working' : 'Airlock';
    this.item.detail = [`${text} ${count}${took}.`, ...problems].join('\n');
  }

  restarting(): void {
    this.item.busy = true;
    this.item.text = 'Airlock: restarting';
  }

  fail(reason: string): void {
    this.item.busy = false;
    this.item.severity = LanguageStatusSeverity.Error;
    this.item.text = 'Airlock: not running';
    this.item.detail = reason;
  }

  dispose(): void {
    this.item.dispose();
  }
}
