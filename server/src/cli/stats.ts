// The figures of `airlock audit --stats`: what was looked at, what is known of its calls, and what it cost. Owns the
// only clock of an audit; nothing it measures decides a finding.

import type { AuditResult } from '../project/protocol';
import type { Supervisor } from '../project/supervisor';

/** The figures by name, as in the member `stats` of the JSON report. */
export interface Stats {
  readonly files: number;
  readonly lines: number;
  /** Counts from the engine: calls, resolved, modelled, unresolved, places, functions, followed. */
  readonly counts: Readonly<Record<string, number>>;
  readonly threads: number;
  /** Files whose compiled form was kept from an earlier run. */
  readonly cached: number;
  /** Milliseconds by phase, in order: list, read (reading and compiling), analyse, rules, report. */
  readonly milliseconds: Readonly<Record<string, number>>;
  /** Milliseconds by rule. What a rule is the first to need counts as its own. */
  readonly rules: Readonly<Record<string, number>>;
  /** Most memory the process held, in megabytes. */
  readonly memory: number;
}

const rulePrefix = 'rule ';

/** Measures one audit. */
export class Stopwatch {
  private readonly phases = new Map<string, number>();
  private readonly rules = new Map<string, number>();
  private phase = 'list';
  private since = performance.now();

  /** Ends the phase that runs, and begins another one. */
  begin(phase: string): void {
    const now = performance.now();
    const isRule = this.phase.startsWith(rulePrefix);
    const name = isRule ? 'rules' : this.phase;
    this.phases.set(name, (this.phases.get(name) ?? 0) + now - this.since);
    if (isRule) this.rules.set(this.phase.slice(rulePrefix.length), now - this.since);
    this.phase = phase;
    this.since = now;
  }

  async stats(result: AuditResult, host: Supervisor, threads: number): Promise<Stats> {
    this.begin('end');
    const milliseconds = rounded(this.phases);
    const rules = rounded(this.rules);
    return {
      files: result.fileCount,
      lines: result.lineCount,
      counts: await host.call('figures', {}).result,
      threads,
      cached: host.preparation?.counts.cached ?? 0,
      milliseconds,
      rules,
      memory: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  }
}

/** The figures as lines of text. */
export function statsToText(stats: Stats): string {
  const {
    calls = 0,
    resolved = 0,
    modelled = 0,
    unresolved = 0,
    places = 0,
    functions = 0,
    followed = 0,
  } = stats.counts;
  const part = (count: number) => (calls === 0 ? '' : ` (${((100 * count) / calls).toFixed(1)} %)`);
  const slowest = Object.entries(stats.rules)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 5);
  const times = (entries: readonly (readonly [string, number])[]) =>
    entries.map(([name, time]) => `${name} ${time} ms`).join(', ');
  const lines = [
    `files      ${stats.files}, ${stats.cached} of them compiled in an earlier run`,
    `lines      ${stats.lines}`,
    `calls      ${calls}: resolved ${resolved}${part(resolved)}, modelled ${modelled}${part(modelled)}, ` +
      `unresolved ${unresolved}${part(unresolved)}`,
    `places     ${places}`,
    `values     followed through ${followed} of ${functions} functions`,
    `threads    ${stats.threads}`,
    `time       ${times(Object.entries(stats.milliseconds))}`,
    ...(slowest.length > 0 ? [`rules      ${times(slowest)}`] : []),
    `memory     ${stats.memory} MB at most`,
  ];
  return `${lines.join('\n')}\n`;
}

function rounded(times: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...times].map(([name, time]) => [name, Math.round(time)]));
}
