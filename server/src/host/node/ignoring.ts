// Which paths a walk leaves out, and by whose word: the built-in list, the settings' `exclude`, `.gitignore` files
// (those above the root too, up to the repository's top). Knows nothing of Python or of how folders are read.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Patterns that are left out everywhere: version control, environments, caches, installed packages. */
export const builtinExcludes: readonly string[] = [
  '.bzr/',
  '.git/',
  '.hg/',
  '.svn/',
  '.direnv/',
  '.venv/',
  'venv/',
  '.tox/',
  '.nox/',
  '__pypackages__/',
  'site-packages/',
  '.eggs/',
  '*.egg-info/',
  '__pycache__/',
  '.mypy_cache/',
  '.pytest_cache/',
  '.pytype/',
  '.ruff_cache/',
  '.ipynb_checkpoints/',
  '.pants.d/',
  'buck-out/',
  'node_modules/',
];

interface Layer {
  readonly base: string;
  readonly rules: Ignore;
  readonly reason: string;
}

/** Answers why a path is left out; grows by the `.gitignore` of each folder that the walk enters. */
export interface Ignoring {
  /** Reads the folder's own `.gitignore`, if it has one. */
  enter(folder: string): void;
  /** The reason in words, or null when the path stays. */
  reasonFor(path: string, isFolder: boolean): string | null;
}

/** Prepares the rules for a walk that starts at the absolute folder `root`. `exclude` counts from `excludeRoot`. */
export function createIgnoring(
  root: string,
  exclude: readonly string[],
  excludeRoot: string,
  gitignore: boolean,
): Ignoring {
  const firm: Layer[] = [
    {
      base: root,
      rules: ignore().add([...builtinExcludes]),
      reason: 'left out by default',
    },
  ];
  if (exclude.length > 0) {
    firm.push({
      base: excludeRoot,
      rules: ignore().add([...exclude]),
      reason: "left out by the setting 'exclude'",
    });
  }
  const git: Layer[] = [];
  const enter = (folder: string): void => {
    if (!gitignore) return;
    const text = readText(join(folder, '.gitignore'));
    if (text !== null) git.push(gitLayer(folder, text));
  };
  if (gitignore) for (const layer of layersAbove(root)) git.push(layer);
  return {
    enter,
    reasonFor(path, isFolder) {
      for (const layer of firm) {
        const inside = relativeTo(layer.base, path, isFolder);
        if (inside !== null && layer.rules.ignores(inside)) return layer.reason;
      }
      // The nearest .gitignore that has a word on the path decides, as in git.
      for (let i = git.length - 1; i >= 0; i--) {
        const layer = git[i]!;
        const inside = relativeTo(layer.base, path, isFolder);
        if (inside === null) continue;
        const verdict = layer.rules.test(inside);
        if (verdict.ignored) return layer.reason;
        if (verdict.unignored) return null;
      }
      return null;
    },
  };
}

function gitLayer(base: string, text: string): Layer {
  return { base, rules: ignore().add(text), reason: 'left out by .gitignore' };
}

/** The `.gitignore` files above `root`, from the repository's top downwards; none outside a repository. */
function layersAbove(root: string): Layer[] {
  const folders: string[] = [];
  let folder = resolve(root);
  while (!existsSync(join(folder, '.git'))) {
    const parent = dirname(folder);
    if (parent === folder) return [];
    folders.unshift(parent);
    folder = parent;
  }
  const layers: Layer[] = [];
  const local = readText(join(folder, '.git', 'info', 'exclude'));
  if (local !== null) layers.push(gitLayer(folder, local));
  for (const above of folders) {
    const text = readText(join(above, '.gitignore'));
    if (text !== null) layers.push(gitLayer(above, text));
  }
  return layers;
}

function relativeTo(base: string, path: string, isFolder: boolean): string | null {
  const inside = relative(base, path);
  if (inside === '' || inside.startsWith('..') || resolve(inside) === inside) return null;
  const slashed = sep === '/' ? inside : inside.split(sep).join('/');
  return isFolder ? `${slashed}/` : slashed;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
