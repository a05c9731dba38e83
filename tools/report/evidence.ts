import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Attempt, Violation } from '../check/ledger.ts';
import type { AskedSetting } from '../lab/asked-settings.ts';
import { evidenceFolder } from '../lab/evidence-folder.ts';
import { type Recovery, recoveryFile } from '../lab/recovery.ts';
import type { Timed } from '../lab/timeline.ts';
import { violationsFile } from '../lab/violations.ts';
import type { LedgerSummary, ScenarioResult } from './types.ts';

/** What a scenario left in its folder, read back. Files that are not there are empty: a scenario may end before them. */
export interface Evidence {
  /** Absolute path. */
  readonly folder: string;
  readonly timeline: readonly Timed[];
  readonly attempts: readonly Attempt[];
  readonly violations: readonly Violation[];
  /** Names of the log files. */
  readonly logs: readonly string[];
}

/** Null when the scenario left no evidence. */
export function readEvidence(runFolder: string, { evidence }: ScenarioResult): Evidence | null {
  if (evidence === null) return null;
  const folder = path.join(runFolder, evidence);
  if (!existsSync(folder)) return null;
  return {
    folder,
    timeline: readLines<Timed>(path.join(folder, 'timeline.ndjson')),
    attempts: readLines<Attempt>(path.join(folder, 'attempts.jsonl')),
    violations: (readJson(path.join(folder, violationsFile)) as Violation[] | null) ?? [],
    logs: logsIn(folder),
  };
}

/** What the processes printed, and of a distribution, which prints little, the log of each server. */
function logsIn(folder: string): string[] {
  const printed = readdirSync(folder).filter((file) => file.endsWith('.log'));
  const written = globSync('*-logs/**/{broker,controller,namesrv}.log', { cwd: folder });
  return [...printed, ...written].sort();
}

/** The result with what its evidence says: where it is, the ledger in numbers, broken invariants, settings, recovery. */
export function withEvidence(result: ScenarioResult, runFolder: string): ScenarioResult {
  const evidence = evidenceFolder(result);
  const found = readEvidence(runFolder, { ...result, evidence });
  if (found === null) return result;
  const cluster = readJson(path.join(found.folder, 'cluster.json')) as { asked?: readonly AskedSetting[] } | null;
  const recovery = readJson(path.join(found.folder, recoveryFile)) as Recovery | null;
  return {
    ...result,
    ...(recovery === null ? {} : { recovery }),
    evidence,
    ledger: ledgerSummary(found.attempts, countLines(path.join(found.folder, 'deliveries.jsonl'))),
    broken: found.violations.map(({ check, text }) => ({ check, text })),
    asked: cluster?.asked ?? [],
  };
}

function ledgerSummary(attempts: readonly Attempt[], delivered: number): LedgerSummary | null {
  if (attempts.length === 0) return null;
  const count = (outcome: string) => attempts.filter((row) => row.outcome === outcome).length;
  const [acknowledged, refused, unknown] = [count('SEND_OK'), count('refused'), count('unknown')];
  const stored = attempts.length - acknowledged - refused - unknown;
  return { attempts: attempts.length, acknowledged, stored, refused, unknown, delivered };
}

function readLines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  // Whoever was killed while writing leaves half a line at the end, which says nothing.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as T);
}

function readJson(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

function countLines(file: string): number {
  if (!existsSync(file)) return 0;
  let count = 0;
  for (const byte of readFileSync(file)) if (byte === 0x0a) count++;
  return count;
}
