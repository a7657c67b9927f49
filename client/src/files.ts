// Files for a server that cannot read them itself: those of virtual workspaces, and the extension's own in the
// web. Reads through the editor, never writes.

import { FileType, RelativePattern, Uri, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { ListFilesRequest, ReadFileAnswer, ReadFileRequest } from '../../server/src/lsp/requests';

const python = '**/*.{py,pyw}';
const leftOut = new Set([
  ...['.git', '.hg', '.svn', '.venv', 'venv', '.tox', '.nox', '.eggs'],
  ...['__pycache__', '__pypackages__', 'site-packages', 'node_modules'],
]);
const mostFolders = 20_000;

/** Answers the server's requests for files. */
export function serveFiles(client: BaseLanguageClient, extension: Uri): void {
  client.onRequest('airlock/listFiles', async ({ folder }: ListFilesRequest) => {
    const root = Uri.parse(folder);
    const pattern = `**/{${[...leftOut].join(',')}}/**`;
    const found = await workspace.findFiles(new RelativePattern(root, python), pattern);
    // Not every virtual file system can be searched.
    return (found.length > 0 ? found : await walk(root)).map((uri) =>
      client.code2ProtocolConverter.asUri(uri),
    );
  });
  client.onRequest<ReadFileAnswer, unknown>(
    'airlock/readFile',
    async ({ uri }: ReadFileRequest): Promise<ReadFileAnswer> => {
      try {
        const own = /^dist:((?:rules\/)?[\w.-]+)$/.exec(uri)?.[1];
        const target = own ? Uri.joinPath(extension, 'dist', ...own.split('/')) : Uri.parse(uri);
        return { base64: toBase64(await workspace.fs.readFile(target)) };
      } catch (error) {
        return { reason: error instanceof Error ? error.message : String(error) };
      }
    },
  );
}

async function walk(root: Uri): Promise<Uri[]> {
  const files: Uri[] = [];
  const pending = [root];
  for (let count = 0; pending.length > 0 && count < mostFolders; count++) {
    const folder = pending.pop() as Uri;
    const entries = await Promise.resolve(workspace.fs.readDirectory(folder)).catch(() => []);
    for (const [name, type] of entries) {
      const entry = Uri.joinPath(folder, name);
      if (type === FileType.Directory && !leftOut.has(name)) pending.push(entry);
      else if (type === FileType.File && /\.pyw?$/i.test(name)) files.push(entry);
    }
  }
  return files;
}

function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(start, start + 8192)));
  }
  return btoa(pieces.join(''));
}
