import { reportName } from './report-name.ts';
import type { RunReport, ScenarioResult } from './types.ts';

// Characters that XML 1.0 cannot hold at all are dropped, the rest is escaped.
// oxlint-disable-next-line no-control-regex -- exactly these characters are what must go
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
const escape = (text: string) =>
  text
    .replaceAll(unprintable, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

function testCase(scenario: ScenarioResult): string {
  const name = escape(`${scenario.name} [${scenario.requirements.join(' ')}] line ${scenario.line}`);
  const open = `    <testcase classname="${escape(scenario.feature)}" name="${name}" time="${(scenario.durationMs / 1000).toFixed(3)}"`;
  if (scenario.verdict === 'pass') return `${open}/>`;
  const text = escape(scenario.deviation ?? scenario.failure ?? '');
  const [tag, message] =
    scenario.verdict === 'fail'
      ? ['failure', 'fail']
      : scenario.verdict === 'inconclusive'
        ? ['error', 'inconclusive']
        : ['skipped', scenario.verdict];
  return `${open}>\n      <${tag} message="${message}">${text}</${tag}>\n    </testcase>`;
}

/** `junit.xml`: one test case per outline row, made from our own results because Cucumber's loses the rows. */
export function renderJUnit(report: RunReport): string {
  const count = (verdict: string) => report.scenarios.filter((scenario) => scenario.verdict === verdict).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${escape(`conformance ${reportName(report)}`)}" tests="${report.scenarios.length}" failures="${count('fail')}" errors="${count('inconclusive')}" skipped="${count('deviates') + count('unsupported')}" time="${(report.durationMs / 1000).toFixed(3)}">`,
    ...report.scenarios.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
