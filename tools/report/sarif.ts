import type { Log, ReportingDescriptor, Result } from 'sarif';
import { reportName } from './report-name.ts';
import type { Family } from './requirements.ts';
import type { RunReport, ScenarioResult } from './types.ts';

/** Rule of a scenario that belongs to no requirement. */
const withoutRequirement = { id: 'SCENARIO', shortDescription: { text: 'A scenario that belongs to no requirement' } };

/** SARIF 2.1.0, for code scanning: a rule per requirement, a result per requirement that a scenario did not meet. */
export function renderSarif(report: RunReport, families: readonly Family[]): string {
  const results = report.scenarios.filter(({ verdict }) => verdict !== 'pass').flatMap(resultsOf);
  const used = new Set(results.map(({ ruleId }) => ruleId));
  const requirements = families.flatMap((family) => family.requirements).filter(({ id }) => used.has(id));
  const rules = requirements.map(
    ({ id, text, page }): ReportingDescriptor => ({ id, shortDescription: { text }, properties: { page } }),
  );
  if (used.has(withoutRequirement.id)) rules.push(withoutRequirement);
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'switchlab conformance', rules } },
        automationDetails: { id: `conformance/${reportName(report)}` },
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 1)}\n`;
}

function resultsOf(scenario: ScenarioResult): Result[] {
  const { requirements, name, uri, line, deviation, failure, verdict } = scenario;
  const broke = verdict === 'fail' || verdict === 'deviates';
  const text = `${name}: ${deviation ?? failure?.split('\n    at ')[0] ?? verdict}`;
  const ruleIds = requirements.length > 0 ? requirements : [withoutRequirement.id];
  return ruleIds.map((ruleId) => ({
    ruleId,
    // What is inconclusive says nothing of the target; a listed deviation is known and accepted.
    kind: broke ? 'fail' : 'open',
    level: verdict === 'fail' ? 'error' : broke ? 'note' : 'none',
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine: Math.max(1, line) } } }],
    suppressions: deviation === null ? [] : [{ kind: 'external', justification: deviation }],
  }));
}
