// The commands of `airlock`, their options and their help. What they do is handed in, so that the help can be
// written into the documentation without running anything.

import { Command, InvalidArgumentError, Option } from 'commander';
import type { Trust } from '../library/schema';
import { trustLevels, trustOf } from '../project/settings';
import type { Confidence } from '../rules/finding';
import { type DumpKind, dumpKinds } from '../whole/dump';

/** Options of whatever runs an audit. */
export interface RunOptions {
  readonly minConfidence?: Confidence;
  readonly preview?: boolean;
  readonly trust?: readonly Trust[];
  readonly profile?: 'default' | 'audit';
  readonly threads?: number;
  readonly cache: boolean;
  /** Heed the baseline. */
  readonly baseline: boolean;
}

/** Options of `airlock audit` as given. */
export interface AuditOptions extends RunOptions {
  readonly format: 'text' | 'json' | 'sarif' | 'markdown';
  readonly output?: string;
  readonly review?: boolean;
  readonly with?: readonly string[];
  readonly stats?: boolean;
}

/** Options of `airlock explain` as given. */
export interface ExplainOptions {
  readonly dump: DumpKind;
  readonly with?: readonly string[];
}

/** Options of `airlock locks` as given. */
export interface LocksOptions {
  readonly format: 'text' | 'json' | 'markdown';
  readonly output?: string;
}

/** What the commands do; each resolves to the exit code. */
export interface Actions {
  audit(paths: readonly string[], options: AuditOptions): Promise<number>;
  baseline(paths: readonly string[], options: RunOptions): Promise<number>;
  explain(place: string, options: ExplainOptions): Promise<number>;
  locks(paths: readonly string[], options: LocksOptions): Promise<number>;
  rule(name: string): Promise<number>;
  lsp(): Promise<number>;
}

/** The program. `finish` gets the exit code of the command that ran. */
export function createProgram(version: string, actions: Actions, finish: (code: number) => void): Command {
  const program = new Command('airlock')
    .description('Finds races, leaked secrets and unchecked inputs in Python code, offline.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`airlock: ${oneLine(text)}${missingHint(text)}\n`),
    });

  withRunOptions(program.command('audit'))
    .description(
      'Audit files and folders. Files that are named are audited even if .gitignore leaves them out.',
    )
    .argument('<path...>', 'Python files, or folders to look for them')
    .addOption(
      new Option('--format <format>', 'form of the report')
        .choices(['text', 'json', 'sarif', 'markdown'])
        .default('text'),
    )
    .option('--output <file>', 'write the report to this file instead of standard output')
    .option('--no-baseline', 'also tell what the baseline leaves out')
    .option('--review', 'print the full review of one file, by all rules, as text, Markdown or JSON')
    .option(
      '--with <path...>',
      'for --review, after the file: files and folders of the same program (the project of the file, unless given)',
    )
    .option('--stats', 'also tell what is known of the calls, and what the audit cost')
    .helpOption('-h, --help', 'print this help')
    .action(async (paths: string[], options: AuditOptions) => finish(await actions.audit(paths, options)));

  withRunOptions(program.command('baseline'))
    .description(
      'Write down what an audit finds now in airlock-baseline.json, so that audits, here and in the editor, tell only what is new.',
    )
    .argument('<path...>', 'Python files, or folders to look for them')
    .helpOption('-h, --help', 'print this help')
    .action(async (paths: string[], options: RunOptions) => finish(await actions.baseline(paths, options)));

  program
    .command('locks')
    .description(
      'Print the lock map: which lock guards which state, on how many accesses, where not, and who takes it.',
    )
    .argument('<path...>', 'Python files, or folders to look for them')
    .addOption(
      new Option('--format <format>', 'form of the map')
        .choices(['text', 'json', 'markdown'])
        .default('text'),
    )
    .option('--output <file>', 'write the map to this file instead of standard output')
    .helpOption('-h, --help', 'print this help')
    .action(async (paths: string[], options: LocksOptions) => finish(await actions.locks(paths, options)));

  program
    .command('explain')
    .description(
      'Print what was found at a line, also what audits leave out, and what Airlock knows of the function around it: why a finding is there, or is not.',
    )
    .argument('<place>', 'the line, as FILE:LINE')
    .addOption(
      new Option(
        '--dump <facts>',
        'which facts: the code as it is understood, what its calls reach, the places where it touches state and under which locks, the locks it holds, or a summary',
      )
        .choices([...dumpKinds])
        .default('summary' satisfies DumpKind),
    )
    .option(
      '--with <path...>',
      'after the place: files and folders of the same program (the project of the file, unless given)',
    )
    .helpOption('-h, --help', 'print this help')
    .action(async (place: string, options: ExplainOptions) => finish(await actions.explain(place, options)));

  program
    .command('rule')
    .description('Print the page of a rule: what it reports, why, examples, how to fix.')
    .argument('<name>', 'name of the rule')
    .helpOption('-h, --help', 'print this help')
    .action(async (name: string) => finish(await actions.rule(name)));

  program
    .command('lsp')
    .description('Run the language server for an editor.')
    .requiredOption('--stdio', 'speak over standard input and output')
    .helpOption('-h, --help', 'print this help')
    .action(async () => finish(await actions.lsp()));

  return program;
}

/** The options of whatever runs an audit. */
function withRunOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--min-confidence <level>',
        'leave out findings less sure than this (medium, unless configured)',
      ).choices(['low', 'medium', 'high']),
    )
    .option('--preview', 'also run rules that are still in preview')
    .option(
      '--trust <levels>',
      'data from where counts fully, as a list with commas: remote, message, local, environment, file, or all',
      trustWords,
    )
    .addOption(
      new Option(
        '--profile <profile>',
        'audit: also every dangerous use of a value that is not constant, at low confidence',
      ).choices(['default', 'audit']),
    )
    .option(
      '--threads <n>',
      'how many threads may compile files, and from two on share the audit (one a core, at most 4, above 8 MB of source)',
      wholeNumber,
    )
    .option('--no-cache', 'compile every file anew and keep nothing for the next run');
}

/** An argument that `--with` swallowed looks missing. */
function missingHint(text: string): string {
  const swallowed = text.includes('missing required argument') && process.argv.includes('--with');
  return swallowed ? ': put it before --with, which takes all paths that follow' : '';
}

function oneLine(text: string): string {
  return text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ');
}

function trustWords(text: string): readonly Trust[] {
  const words = text.split(',').map((each) => each.trim());
  for (const word of words) {
    if (word !== 'all' && !trustLevels.includes(word as Trust))
      throw new InvalidArgumentError(
        `It must be all, or some of ${trustLevels.join(', ')} with commas between.`,
      );
  }
  return trustOf(words);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw new InvalidArgumentError('It must be a whole number from 1 to 999.');
  return Number(text);
}

/** The help of every command, for the documentation. */
export function commandHelps(): { readonly title: string; readonly text: string }[] {
  const nothing = {
    audit: async () => 0,
    baseline: async () => 0,
    explain: async () => 0,
    locks: async () => 0,
    rule: async () => 0,
    lsp: async () => 0,
  };
  const program = createProgram('', nothing, () => {});
  return [program, ...program.commands].map((command) => ({
    title: command === program ? 'airlock' : `airlock ${command.name()}`,
    text: command.configureHelp({ helpWidth: 100 }).helpInformation(),
  }));
}
