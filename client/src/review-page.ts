// The page around a review: a content security policy that allows one style and nothing else, the editor's own
// colours, and links turned into what the editor can follow. Pure text work; escapes nothing, the body is escaped.

/** Gives the address of a place; line and column from 1. */
export type PlaceAddress = (uri: string, line: number, column: number) => string;

/** The whole page for the body that the server made. */
export function reviewPage(body: string, address: PlaceAddress): string {
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Review</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
${linkPlaces(body, address)}
</body>
</html>`;
}

function linkPlaces(body: string, address: PlaceAddress): string {
  return body.replace(/href="([^"]*?)#L(\d+),(\d+)"/g, (_, uri: string, line: string, column: string) => {
    const target = address(unescapeHtml(uri), Number(line), Number(column));
    return `href="${target.replace(/&/g, '&amp;').replace(/"/g, '&quot;')}"`;
  });
}

function unescapeHtml(text: string): string {
  const units: Readonly<Record<string, string>> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&amp;': '&',
  };
  return text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => units[entity]);
}

const style = `
body {
  max-width: 54rem;
  margin: 0 auto;
  padding: 1.5rem 2rem 4rem;
  color: var(--vscode-editor-foreground);
  background: var(--vscode-editor-background);
  font-family: var(--vscode-font-family);
  font-size: 14px;
  line-height: 1.55;
  overflow-wrap: anywhere;
}
h1 { font-size: 1.55em; font-weight: 600; margin: 0 0 0.6em; }
h2 {
  font-size: 1.2em;
  font-weight: 600;
  margin: 1.8em 0 0.4em;
  padding-bottom: 0.25em;
  border-bottom: 1px solid var(--vscode-panel-border, rgba(128, 128, 128, 0.35));
}
h3 { font-size: 1em; font-weight: 600; margin: 1.1em 0 0.2em; }
p { margin: 0.4em 0; }
ul, ol { margin: 0.3em 0; padding-left: 1.5em; }
li { margin: 0.25em 0; }
a { color: var(--vscode-textLink-foreground); text-decoration: none; }
a:hover, a:focus { color: var(--vscode-textLink-activeForeground); text-decoration: underline; }
code {
  font-family: var(--vscode-editor-font-family, monospace);
  font-size: 0.93em;
  padding: 0.05em 0.3em;
  border-radius: 3px;
  color: var(--vscode-textPreformat-foreground);
  background: var(--vscode-textPreformat-background, rgba(128, 128, 128, 0.15));
}
.verdict {
  margin: 0 0 0.4em;
  padding: 0.7em 1em;
  font-size: 1.08em;
  border-left: 4px solid var(--vscode-focusBorder, #0078d4);
  border-radius: 2px;
  background: var(--vscode-textBlockQuote-background, rgba(128, 128, 128, 0.1));
}
.facts { color: var(--vscode-descriptionForeground); }
.defect {
  list-style: none;
  margin: 0.7em 0 0.7em -1.5em;
  padding: 0.6em 0.9em;
  border-left: 3px solid var(--vscode-editorInfo-foreground, #3794ff);
  background: var(--vscode-editorWidget-background, rgba(128, 128, 128, 0.08));
  border-radius: 2px;
}
.defect.warning { border-left-color: var(--vscode-editorWarning-foreground, #cca700); }
.defect.error { border-left-color: var(--vscode-editorError-foreground, #f14c4c); }
details { margin: 2.2em 0 0; }
summary { cursor: pointer; font-weight: 600; color: var(--vscode-descriptionForeground); }
.fix { color: var(--vscode-descriptionForeground); }
`;
