import { existsSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { processRegistry } from '../lab/process-registry.ts';
import { SetupError } from '../lab/setup-error.ts';
import type { Targets } from '../lab/targets.ts';
import type { PlannedLineUp } from '../matrix/work.ts';
import { withEvidence } from '../report/evidence.ts';
import { messagesFile, readScenarioResults } from '../report/messages.ts';
import type { ScenarioResult } from '../report/types.ts';
import { readReport } from '../report/write.ts';
import { runFolderOf } from './finish.ts';
import { judgeOf } from './judge-results.ts';
import { projectRoot } from './run.ts';

export interface PlayOptions {
  /** Name of the conformance run, below that of the matrix. */
  readonly run: string;
  readonly feature: string;
  readonly requirements: readonly string[];
  readonly profile: string;
  readonly seed: number;
  readonly parallel: number;
  /** Ends it before its time. */
  readonly stop: AbortSignal;
  /** Say nothing on standard output. */
  readonly quiet: boolean;
}

/** A child that winds down ends its processes first; Java takes its time. */
const windDownMs = 60_000;

/**
 * Plays some cells of a line-up by a conformance run of their own, whose scenarios appear on standard output as they end.
 * Stopped, it resolves with what had ended by then. Throws `SetupError` when the run refused to start.
 */
export async function playLineUp(lineUp: PlannedLineUp, options: PlayOptions): Promise<ScenarioResult[]> {
  const { run, feature, requirements, profile, seed, parallel, stop, quiet } = options;
  const roles = Object.entries(lineUp.roles).flatMap(([role, list]) => [`--${role}-target`, list]);
  const client = lineUp.client === null ? [] : ['--client-target', lineUp.client];
  const child = execa(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      path.join(projectRoot, 'tools/cli/conformance.ts'),
      feature,
      '--target',
      lineUp.target,
      ...roles,
      ...client,
      '--tags',
      requirements.map((id) => `@${id}`).join(' or '),
      '--profile',
      profile,
      '--seed',
      String(seed),
      '--parallel',
      String(parallel),
      '--name',
      run,
    ],
    {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
      buffer: false,
      reject: false,
      cancelSignal: stop,
      forceKillAfterDelay: windDownMs,
    },
  );
  if (child.pid !== undefined) (await processRegistry()).add(child.pid);
  let stoppedMs = Number.POSITIVE_INFINITY;
  stop.addEventListener('abort', () => (stoppedMs = Date.now()), { once: true });
  // What follows the first empty line sums up that run alone.
  let summary = false;
  for await (const line of createInterface({ input: child.stdout })) {
    summary ||= line === '';
    if (!summary && !quiet) console.log(`  ${line}`);
  }
  const { exitCode } = await child;
  const folder = runFolderOf(run);
  const isReported = existsSync(path.join(folder, 'report.json'));
  if (stop.aborted && !isReported) return await resultsSoFar(folder, lineUp.targets, stoppedMs);
  if (exitCode === 3 || !isReported)
    throw new SetupError(`${lineUp.name}: the run ended with ${exitCode} and left no report; see above.`);
  return [...readReport(folder).report.scenarios];
}

/** Of a run that was cut short: what had ended before, whatever it came to. */
async function resultsSoFar(folder: string, targets: Targets, stoppedMs: number): Promise<ScenarioResult[]> {
  const messages = path.join(folder, messagesFile);
  if (!existsSync(messages)) return [];
  // Its writer may have been killed in the middle of a line.
  truncateSync(messages, readFileSync(messages).lastIndexOf('\n') + 1);
  const results = await readScenarioResults(messages);
  const ended = results.filter(({ startedMs, durationMs }) => durationMs > 0 && startedMs + durationMs < stoppedMs);
  return judgeOf(targets)(ended).map((result) => withEvidence(result, folder));
}
