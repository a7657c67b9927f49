// The pages of the rules, shown as rendered Markdown when the code of a finding is clicked. The editor follows
// `command:` addresses of codes, so nothing leaves the editor and nobody is asked.

import { commands, type Disposable, Uri, ViewColumn, window } from 'vscode';

/** The command that shows the page of a rule. */
export const showRule = 'airlock.showRule';

/** The address of the page of a rule for the language server: a command with the rule as its argument. */
export const rulePages = `command:${showRule}?${encodeURIComponent('["')}{rule}${encodeURIComponent('"]')}`;

/** Shows the pages of the extension in this folder. */
export function registerRulePages(extension: Uri): Disposable {
  return commands.registerCommand(showRule, async (rule: unknown) => {
    if (typeof rule !== 'string' || !/^[a-z0-9-]+$/.test(rule)) return;
    const page = Uri.joinPath(extension, 'dist', 'rules', `${rule}.md`);
    try {
      await commands.executeCommand('markdown.showPreviewToSide', page);
    } catch {
      // The editor's own preview of Markdown can be switched off.
      await window.showTextDocument(page, { preview: true, viewColumn: ViewColumn.Beside });
    }
  });
}
