import type { RunReport, ScenarioResult } from './types.ts';

/** The command line that runs one scenario again, with the same target, profile and seed. */
export function replayCommand(report: RunReport, scenario: ScenarioResult): string {
  return `npm run conformance -- --target ${report.target} --profile ${report.profile} --seed ${report.seed} ${scenario.uri}:${scenario.line}`;
}
