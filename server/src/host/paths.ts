// The canonical key of a file: what the engine knows a file by. Forward slashes, Windows drive letters in lower
// case, UNC paths as `//server/share/...`. Pure text work: reads no disk and resolves no links.

/** The canonical key of an absolute path of this or another system. */
export function keyOfPath(path: string): string {
  const windows = /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\\\');
  const slashed = windows ? path.replace(/\\/g, '/') : path;
  return slashed.replace(/^([A-Z]):/, (_, drive: string) => `${drive.toLowerCase()}:`);
}

/** The path of `key` as seen from `folder` (a key too), or null when it lies outside. '' is the folder itself. */
export function relativeKey(folder: string, key: string): string | null {
  if (key === folder) return '';
  const prefix = folder.endsWith('/') ? folder : `${folder}/`;
  return key.startsWith(prefix) ? key.slice(prefix.length) : null;
}

/** The key of the folder that holds `key`; the root's is itself. */
export function folderOf(key: string): string {
  const slash = key.lastIndexOf('/');
  if (slash < 0) return key;
  const above = key.slice(0, slash);
  if (above === '') return '/';
  return /^[a-z]:$/.test(above) ? `${above}/` : above;
}

/** True for the name or path of a file that Airlock takes for Python source. */
export function isPythonPath(path: string): boolean {
  return /\.pyw?$/i.test(path);
}
