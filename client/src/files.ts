// Files for a server that cannot read them itself: those of virtual workspaces, and the extension's own in the
// web. Reads through the editor, never writes.

import { RelativePattern, Uri, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { ListFilesRequest, ReadFileAnswer, ReadFileRequest } from '../../server/src/lsp/requests';

const python = '**/*.{py,pyw}';
const leftOut =
  '**/{.git,.hg,.svn,.venv,venv,.tox,.nox,.eggs,__pycache__,__pypackages__,site-packages,node_modules}/**';

/** Answers the server's requests for files. */
export function serveFiles(client: BaseLanguageClient, extension: Uri): void {
  client.onRequest('airlock/listFiles', async ({ folder }: ListFilesRequest) => {
    const found = await workspace.findFiles(new RelativePattern(Uri.parse(folder), python), leftOut);
    return found.map((uri) => client.code2ProtocolConverter.asUri(uri));
  });
  client.onRequest<ReadFileAnswer, unknown>(
    'airlock/readFile',
    async ({ uri }: ReadFileRequest): Promise<ReadFileAnswer> => {
      try {
        const own = /^dist:([\w.-]+)$/.exec(uri)?.[1];
        const target = own ? Uri.joinPath(extension, 'dist', own) : Uri.parse(uri);
        return { base64: toBase64(await workspace.fs.readFile(target)) };
      } catch (error) {
        return { reason: error instanceof Error ? error.message : String(error) };
      }
    },
  );
}

function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(start, start + 8192)));
  }
  return btoa(pieces.join(''));
}
