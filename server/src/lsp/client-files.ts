// Files that are on no disk of this machine, asked of the client: virtual workspaces, and everything in the web.

import type { Connection } from 'vscode-languageserver';
import type { FileRead, Listing } from '../host/node/files';
import type { ClientFeatures } from './features';
import type { ServerHost } from './host';
import { type ListFilesRequest, methods, type ReadFileAnswer, type ReadFileRequest } from './requests';
import { wordsOf } from './session';
import { isPathKey, type UriTable } from './uris';

/** The host with the client's files beside its own. */
export function withClientFiles(
  host: ServerHost,
  connection: Connection,
  features: ClientFeatures,
  uris: UriTable,
): ServerHost {
  const isOwn = (key: string): boolean => !features.servesFiles || (isPathKey(key) && !host.isWeb);
  return {
    ...host,
    listFiles: async (root, options) => {
      if (isOwn(root)) return host.listFiles(root, options);
      const request: ListFilesRequest = { folder: uris.uriOf(root) };
      const listed = await connection.sendRequest<readonly string[]>(methods.listFiles, request);
      const files = listed.map((uri) => uris.keyOf(uri)).sort();
      const listing: Listing = { files, skipped: [], ignored: [] };
      return listing;
    },
    readFile: async (key, maxSize) =>
      isOwn(key) ? host.readFile(key, maxSize) : readFromClient(connection, uris.uriOf(key), maxSize),
  };
}

/** Asks the client for the bytes of a file. Never rejects. */
export async function readFromClient(
  connection: Connection,
  uri: string,
  maxSize: number,
): Promise<FileRead> {
  try {
    const request: ReadFileRequest = { uri };
    const answer = await connection.sendRequest<ReadFileAnswer>(methods.readFile, request);
    if ('reason' in answer) return answer;
    const bytes = Uint8Array.from(atob(answer.base64), (unit) => unit.charCodeAt(0));
    return bytes.length > maxSize ? { reason: 'larger than the limit' } : { bytes };
  } catch (error) {
    return { reason: wordsOf(error) };
  }
}
