// Every setting of Airlock, once: the name in `pyproject.toml`, the name in the editor, type, default and text.
// The parser of configuration files, the editor's settings schema and the documentation are made from this table.

import type { Trust } from '../library/schema';
import type { Settings } from './protocol';

/** The form of a value, as in JSON schema. */
export type SettingType =
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly minimum: number }
  | {
      readonly type: 'string';
      readonly enum: readonly string[];
      readonly enumDescriptions?: readonly string[];
    }
  | { readonly type: 'strings'; readonly unique?: boolean; readonly enum?: readonly string[] }
  | { readonly type: 'table' };

/** One setting. */
export interface Setting {
  /** The key in `[tool.airlock]` and `airlock.toml`; absent for what only an editor has. */
  readonly key?: string;
  /** The field of `Settings` it fills. */
  readonly field?: keyof Settings;
  /** The key in the editor, below `airlock.`; absent for what only a project has. */
  readonly editorKey?: string;
  readonly value: SettingType;
  readonly default: unknown;
  /** Markdown, whole sentences. */
  readonly description: string;
  /** `resource` settings may differ between folders. */
  readonly scope?: 'resource' | 'window';
}

/** Where data may come from. */
export const trustLevels: readonly Trust[] = ['remote', 'message', 'local', 'environment', 'file'];

/** The levels that words of the setting `trust` mean: themselves, or all of them. */
export function trustOf(words: readonly string[]): readonly Trust[] {
  return words.includes('all') ? trustLevels : trustLevels.filter((level) => words.includes(level));
}

/** What holds when nothing is configured. */
export const defaultSettings: Settings = {
  minConfidence: 'medium',
  preview: false,
  disabled: [],
  trust: ['remote'],
  profile: 'default',
  maxFileSize: 1_048_576,
  exclude: [],
  library: {},
};

/** All settings, in the order of the documentation. */
export const settingsTable: readonly Setting[] = [
  {
    editorKey: 'enable',
    value: { type: 'boolean' },
    default: true,
    description: "Show Airlock's findings. Where it is off, only `Audit Current File` speaks.",
    scope: 'resource',
  },
  {
    key: 'min-confidence',
    field: 'minConfidence',
    editorKey: 'minConfidence',
    value: {
      type: 'string',
      enum: ['low', 'medium', 'high'],
      enumDescriptions: [
        'Everything Airlock suspects.',
        'What a reviewer would most likely agree with.',
        'Only what is proved.',
      ],
    },
    default: defaultSettings.minConfidence,
    description: 'Leave out findings less sure than this.',
    scope: 'resource',
  },
  {
    key: 'preview',
    field: 'preview',
    editorKey: 'preview',
    value: { type: 'boolean' },
    default: defaultSettings.preview,
    description:
      'Also run rules whose precision has not been measured to be good enough yet. A review of one file always does.',
    scope: 'resource',
  },
  {
    key: 'disable',
    field: 'disabled',
    editorKey: 'disabledRules',
    value: { type: 'strings', unique: true },
    default: defaultSettings.disabled,
    description: 'Names of rules that are switched off, such as `secret-in-log`.',
    scope: 'resource',
  },
  {
    key: 'trust',
    field: 'trust',
    editorKey: 'trust',
    value: {
      type: 'strings',
      unique: true,
      enum: [...trustLevels, 'all'],
    },
    default: defaultSettings.trust,
    description:
      'Where data must come from for the rules on inputs to be sure of a finding: `remote` (requests, sockets), ' +
      '`message` (queues, remote procedure calls), `local` (the command line, standard input), `environment`, ' +
      '`file`, or `all` of them. Data from anywhere else is reported at low confidence, and by some rules not at all.',
    scope: 'resource',
  },
  {
    key: 'profile',
    field: 'profile',
    editorKey: 'profile',
    value: {
      type: 'string',
      enum: ['default', 'audit'],
      enumDescriptions: [
        'Only outside data that is shown to arrive.',
        'Also every dangerous use of a value that is not constant, at low confidence, for a reviewer to look at.',
      ],
    },
    default: defaultSettings.profile,
    description: 'How much the rules on inputs report.',
    scope: 'resource',
  },
  {
    key: 'exclude',
    field: 'exclude',
    editorKey: 'exclude',
    value: { type: 'strings' },
    default: defaultSettings.exclude,
    description:
      'Files and folders left out, as patterns in the form of `.gitignore`, ' +
      'beside what `.gitignore` and the built-in list leave out.',
    scope: 'resource',
  },
  {
    key: 'max-file-size',
    field: 'maxFileSize',
    editorKey: 'maxFileSize',
    value: { type: 'integer', minimum: 1024 },
    default: defaultSettings.maxFileSize,
    description: 'Files larger than this many bytes are not analysed, and Airlock says so.',
    scope: 'resource',
  },
  {
    key: 'library',
    field: 'library',
    value: { type: 'table' },
    default: defaultSettings.library,
    description: "What Airlock should know about the project's own locks, sources and sinks.",
  },
  {
    editorKey: 'run',
    value: {
      type: 'string',
      enum: ['onType', 'onSave'],
      enumDescriptions: ['While you type.', 'When a file is opened or saved.'],
    },
    default: 'onType',
    description: 'When findings are renewed.',
    scope: 'window',
  },
  {
    editorKey: 'diagnosticScope',
    value: {
      type: 'string',
      enum: ['openFiles', 'workspace'],
      enumDescriptions: ['Files open in an editor.', 'Every Python file of the workspace.'],
    },
    default: 'openFiles',
    description: 'Which files show findings in the Problems view.',
    scope: 'window',
  },
  {
    editorKey: 'threads',
    value: { type: 'integer', minimum: 0 },
    default: 0,
    description:
      'How many threads may compile files at once when a workspace is read; 0 for one for each core, at most 4. The analysis itself runs in one thread here; the command line shares it among `--threads`.',
    scope: 'window',
  },
  {
    editorKey: 'cache',
    value: { type: 'boolean' },
    default: true,
    description: "Keep compiled files between sessions, in the user's folder for caches.",
    scope: 'window',
  },
  {
    editorKey: 'trace.server',
    value: { type: 'string', enum: ['off', 'messages', 'verbose'] },
    default: 'off',
    description: 'Log the messages between the editor and the language server.',
    scope: 'window',
  },
];
