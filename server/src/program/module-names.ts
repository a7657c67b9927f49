// From files to dotted module names and back: regular packages by their __init__.py, `src/` layouts and namespace
// packages by path. Decides which file an import means; knows nothing of what the file holds.

import type { Program, ProgramFile } from './program';

/** Files of which the nearest is meant; unless it is sure, one that is reachable from where the import stands. */
interface Meaning {
  readonly files: readonly ProgramFile[];
  readonly isSure: boolean;
}

const noMeanings: readonly Meaning[] = [];

/** The module table of a program. */
export class ModuleNames {
  /** File index -> dotted name as its own regular packages give it. */
  readonly names: readonly string[];
  private readonly byName = new Map<string, ProgramFile[]>();
  private readonly byPath = new Map<string, ProgramFile>();
  /** Dotted name -> what an import of it may mean, the likelier first. */
  private readonly meanings = new Map<string, readonly Meaning[]>();
  /** Last names of folders that hold modules but no __init__.py: what a namespace package may be called. */
  private readonly openFolders = new Set<string>();

  constructor(program: Program) {
    const packages = new Set<string>();
    for (const { path } of program.files) {
      if (path.endsWith('/__init__.py')) packages.add(path.slice(0, -'/__init__.py'.length));
    }
    this.names = program.files.map((file) => moduleName(file.path, packages));
    program.files.forEach((file, index) => {
      const name = this.names[index]!;
      const list = this.byName.get(name);
      if (list) list.push(file);
      else this.byName.set(name, [file]);
      this.byPath.set(file.path.replace(/\.pyi?$/, ''), file);
      for (let slash = file.path.lastIndexOf('/'); slash > 0; ) {
        const folder = file.path.slice(0, slash);
        if (packages.has(folder)) break;
        slash = folder.lastIndexOf('/');
        this.openFolders.add(folder.slice(slash + 1));
      }
    });
  }

  /** The file that an import of `dotted` with `level` leading dots means in `from`; null when it is none. */
  find(dotted: string, level: number, from: ProgramFile): ProgramFile | null {
    if (level === 0) return this.resolve(dotted, from);
    const folders = from.path.split('/').slice(0, -level);
    // A relative import goes by folders, whether they are packages or not.
    if (dotted !== '') folders.push(...dotted.split('.'));
    const path = folders.join('/');
    return this.byPath.get(path) ?? this.byPath.get(`${path === '' ? '' : `${path}/`}__init__`) ?? null;
  }

  /** The only file that a dotted path into a package without __init__.py can mean; null when it means none or several. */
  namespaced(dotted: string): ProgramFile | null {
    if (!this.openFolders.has(dotted.slice(0, dotted.indexOf('.')))) return null;
    const suffix = dotted.replaceAll('.', '/');
    for (let name = dotted; ; ) {
      const fitting = (this.byName.get(name) ?? []).filter((file) => endsWithModule(file.path, suffix));
      if (fitting.length > 0) return fitting.length === 1 ? fitting[0]! : null;
      const dot = name.indexOf('.');
      if (dot < 0) return null;
      name = name.slice(dot + 1);
    }
  }

  /** The file that `import dotted` means in `from`, or null when it is not of the program. */
  resolve(dotted: string, from: ProgramFile): ProgramFile | null {
    const meanings = this.meaningsOf(dotted);
    for (let k = 0; k < meanings.length; k++) {
      const { files, isSure } = meanings[k]!;
      const best = nearest(files, from.path);
      if (best && (isSure || reachable(best.path, from.path))) return best;
    }
    return null;
  }

  private meaningsOf(dotted: string): readonly Meaning[] {
    let found = this.meanings.get(dotted);
    if (!found) {
      found = this.findMeanings(dotted);
      this.meanings.set(dotted, found);
    }
    return found;
  }

  private findMeanings(dotted: string): readonly Meaning[] {
    const meanings: Meaning[] = [];
    for (let name = dotted, cut = 0; ; cut++) {
      const found = this.byName.get(name);
      if (found) {
        const suffix = dotted.replaceAll('.', '/');
        const files = cut === 0 ? found : found.filter((file) => endsWithModule(file.path, suffix));
        meanings.push({ files, isSure: cut > 0 || dotted.includes('.') });
      }
      const dot = name.indexOf('.');
      if (dot < 0) return meanings.length === 0 ? noMeanings : meanings;
      name = name.slice(dot + 1);
    }
  }

  /** The absolute dotted name of a possibly relative import. `level` counts the leading dots. */
  absolute(dotted: string, level: number, from: ProgramFile): string {
    if (level === 0) return dotted;
    const parts = this.names[from.index]!.split('.');
    const isPackage = from.path.endsWith('/__init__.py') || from.path === '__init__.py';
    const keep = parts.length - level + (isPackage ? 1 : 0);
    const base = parts.slice(0, Math.max(keep, 0));
    if (dotted !== '') base.push(dotted);
    return base.join('.');
  }
}

function moduleName(path: string, packages: ReadonlySet<string>): string {
  const parts = path.replace(/\.pyi?$/, '').split('/');
  let folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  let first = parts.length - 1;
  while (first > 0 && packages.has(folder)) {
    first--;
    folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0));
  }
  const own = parts.slice(first);
  if (own.length > 1 && own[own.length - 1] === '__init__') own.pop();
  return own.join('.');
}

function endsWithModule(path: string, suffix: string): boolean {
  const bare = path.replace(/(\/__init__)?\.pyi?$/, '');
  return bare === suffix || bare.endsWith(`/${suffix}`);
}

/** A module without a package is importable from its own folder and the folders beneath only. */
function reachable(path: string, from: string): boolean {
  if (path.endsWith('/__init__.py')) return true;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return from.startsWith(folder);
}

function nearest(files: readonly ProgramFile[], from: string): ProgramFile | null {
  if (files.length === 1) return files[0]!;
  let best: ProgramFile | null = null;
  let bestLength = -1;
  for (const file of files) {
    let length = 0;
    while (length < from.length && file.path.charCodeAt(length) === from.charCodeAt(length)) length++;
    if (length > bestLength) {
      best = file;
      bestLength = length;
    }
  }
  return best;
}
