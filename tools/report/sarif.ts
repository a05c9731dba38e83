import type { Family } from './requirements.ts';
import type { RunReport, ScenarioResult } from './types.ts';

/** SARIF 2.1.0, for code scanning: a rule per requirement, a result per requirement that a scenario did not meet. */
export function renderSarif(report: RunReport, families: readonly Family[]): string {
  const results = report.scenarios.filter(({ verdict }) => verdict !== 'pass').flatMap(resultsOf);
  const used = new Set(results.map(({ ruleId }) => ruleId));
  const requirements = families.flatMap((family) => family.requirements).filter(({ id }) => used.has(id));
  const rules = requirements.map(({ id, text, page }) => ({
    id,
    shortDescription: { text },
    properties: { page },
  }));
  const driver = { name: 'Switchlab', rules };
  const run = { tool: { driver }, automationDetails: { id: `conformance/${report.target}` }, results };
  const sarif = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(sarif, null, 1)}\n`;
}

function resultsOf(scenario: ScenarioResult) {
  const { requirements, name, uri, line, deviation, failure, verdict } = scenario;
  // A listed deviation is known and accepted; what is inconclusive says nothing of the target.
  const level = verdict === 'fail' ? 'error' : 'note';
  const text = `${name}: ${deviation ?? failure?.split('\n    at ')[0] ?? verdict}`;
  const physicalLocation = { artifactLocation: { uri }, region: { startLine: Math.max(1, line) } };
  const suppressions = deviation === null ? [] : [{ kind: 'external', justification: deviation }];
  return requirements.map((ruleId) => ({
    ruleId,
    kind: verdict === 'fail' || verdict === 'deviates' ? 'fail' : 'open',
    level: verdict === 'fail' || verdict === 'deviates' ? level : 'none',
    message: { text },
    locations: [{ physicalLocation }],
    suppressions,
  }));
}
