import type { RunReport, ScenarioResult } from './types.ts';

/** The command line that runs one scenario again, with the same target, guest, profile and seed. */
export function replayCommand(report: RunReport, scenario: ScenarioResult): string {
  const guest = report.guest === null ? '' : ` --guest ${report.guest}`;
  const roles = Object.entries(report.roles ?? {}).map(([role, target]) => ` --${role}-target ${target}`);
  return `npm run conformance -- --target ${report.target}${guest}${roles.join('')} --profile ${report.profile} --seed ${report.seed} ${scenario.uri}:${scenario.line}`;
}
