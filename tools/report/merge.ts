import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from '../lab/setup-error.ts';
import { messagesFile } from './messages.ts';
import { byPlace } from './scenario-names.ts';
import type { RunReport } from './types.ts';

/** A report and the folder of its run. */
export interface FoundRun {
  readonly report: RunReport;
  readonly folder: string;
}

/** What all shards of a run have in common. */
const shared = ['schema', 'target', 'guest', 'roles', 'labDefect', 'profile', 'seed', 'selection', 'versions'] as const;

/**
 * One report of all shards of a run. Throws `SetupError` when they are not all shards of one run, each there once: a report
 * that lacks one would look whole.
 */
export function mergeReports(reports: readonly RunReport[], run: string): RunReport {
  const [first] = reports;
  if (first === undefined) throw new SetupError('Name the runs to merge.');
  for (const report of reports) {
    const other = shared.find((key) => JSON.stringify(report[key]) !== JSON.stringify(first[key]));
    if (other === undefined) continue;
    const values = `${JSON.stringify(first[other])} and ${JSON.stringify(report[other])}`;
    throw new SetupError(`${first.run} and ${report.run} are of different runs: ${other} is ${values}.`);
  }
  assertAllShards(reports);
  const scenarios = reports.flatMap((report) => report.scenarios).sort(byPlace);
  const twice = scenarios.find((scenario, i) => i > 0 && byPlace(scenario, scenarios[i - 1]!) === 0);
  if (twice !== undefined) throw new SetupError(`${twice.uri}:${twice.line} is in two of these runs.`);
  return {
    ...first,
    run,
    shard: null,
    startedMs: Math.min(...reports.map(({ startedMs }) => startedMs)),
    durationMs: reports.reduce((sum, { durationMs }) => sum + durationMs, 0),
    scenarios,
  };
}

/** Throws `SetupError` unless these are all shards of something, each once. */
export function assertAllShards(reports: readonly Pick<RunReport, 'run' | 'shard'>[]): void {
  const whole = reports.find(({ shard }) => shard === null);
  if (whole) throw new SetupError(`${whole.run} is no shard: run it with --shard i/n, or give the shards alone.`);
  const of = reports[0]!.shard!.of;
  const indexes = reports.map(({ shard }) => shard!.index);
  const wrong = reports.find(({ shard }) => shard!.of !== of);
  if (wrong)
    throw new SetupError(`${wrong.run} is shard ${wrong.shard!.index} of ${wrong.shard!.of}, others are of ${of}.`);
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((index) => !indexes.includes(index));
  if (missing.length > 0) throw new SetupError(`Shard ${missing.join(', ')} of ${of} is missing.`);
  if (indexes.length > of) throw new SetupError(`A shard is there twice: ${indexes.join(', ')} of ${of}.`);
}

/** Copies what the shards left into the folder of the merged run. */
export function joinEvidence(runs: readonly FoundRun[], runFolder: string): void {
  for (const { folder, report } of runs) {
    const evidence = path.join(folder, 'scenarios');
    if (existsSync(evidence)) cpSync(evidence, path.join(runFolder, 'scenarios'), { recursive: true });
    for (const file of [messagesFile, 'settings.json']) {
      if (!existsSync(path.join(folder, file))) continue;
      const { name, ext } = path.parse(file);
      cpSync(path.join(folder, file), path.join(runFolder, `${name}-${report.shard!.index}${ext}`));
    }
  }
}
