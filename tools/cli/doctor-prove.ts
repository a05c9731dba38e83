import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { Finding } from '../doctor/diagnose.ts';
import type { References } from '../doctor/references.ts';
import type { RunReport, ScenarioResult } from '../report/types.ts';
import { projectRoot } from './run.ts';

const run = 'doctor-prove';

/** Runs the scenarios of the findings through the conformance command, each once, and says what each showed. */
export async function prove(
  findings: readonly Finding[],
  references: References,
  say: (line: string) => void,
): Promise<void> {
  const claims = new Map<string, Set<string>>();
  for (const { rule, caseName, about } of findings) {
    const kind = `${rule.id}/${caseName}`;
    if (typeof about.proof === 'string') {
      say(`${kind}: no scenario: ${about.proof}`);
      continue;
    }
    const at = references.scenario(about.proof);
    claims.set(at, (claims.get(at) ?? new Set()).add(kind));
  }
  if (claims.size === 0) return;
  const report = await conformance([...claims.keys()], say);
  for (const [at, kinds] of claims) {
    const results = report?.scenarios.filter((result) => claimOf(result, [...claims.keys()]) === at) ?? [];
    say(`\n${[...kinds].join(', ')}: ${at}`);
    if (results.length === 0) say('  did not run: see the output above');
    for (const result of results) for (const line of shown(result)) say(`  ${line}`);
  }
}

async function conformance(scenarios: readonly string[], say: (line: string) => void): Promise<RunReport | null> {
  const file = path.join(projectRoot, 'test-results', run, 'report.json');
  rmSync(file, { force: true });
  say(`\nRunning ${scenarios.length} scenarios on the reference …`);
  // What the command prints is no part of the findings.
  await execa(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'tools/cli/conformance.ts', ...scenarios, '--name', run],
    { cwd: projectRoot, stdio: ['ignore', 2, 2], reject: false },
  );
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunReport) : null;
}

/** The claim that a result belongs to: the last one before it, as only those ran. The line of an outline's row is its own. */
function claimOf({ uri, line }: ScenarioResult, claims: readonly string[]): string | undefined {
  const lines = claims
    .filter((at) => at.startsWith(`${uri}:`))
    .map((at) => Number(at.slice(uri.length + 1)))
    .filter((start) => start <= line);
  return lines.length === 0 ? undefined : `${uri}:${Math.max(...lines)}`;
}

function shown({ name, verdict, durationMs, observations, failure }: ScenarioResult): string[] {
  const head = `${verdict}: ${name} (${(durationMs / 1000).toFixed(1)} s)`;
  const seen = observations.map(({ text }) => `  saw: ${text}`);
  return [head, ...seen, ...(failure === null ? [] : [`  ${failure.split('\n')[0]}`])];
}
