import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Log } from 'sarif';
import { broker, controller, file } from './cluster.fixture.ts';
import { Deployment } from './deployment.ts';
import { diagnose } from './diagnose.ts';
import type { References } from './references.ts';
import { renderGithub, renderJson } from './render-machine.ts';
import { renderSarif } from './render-sarif.ts';
import { renderText } from './render-text.ts';
import { severities } from './rule.ts';

const references: References = {
  requirement: (id) => ({ id, text: 'what it says', page: 'deploy', url: 'https://example.com/deploy' }),
  scenario: ({ scenario }) => `features/x.feature:7 ${scenario}`.slice(0, 20),
};
const secrets = { adminPassword: 'hunter22', acessKey: 'AKIA1234', innerClientAuthenticationCredentials: '{hidden' };
const deployment = new Deployment([
  controller(0),
  broker(0, { controllerAddr: '10.0.0.1:9878,10.0.0.2:9878' }),
  broker(1, { controllerAddr: '10.0.0.1:9878,10.0.0.2:9878' }),
  file(
    'odd, 100%: broker.conf',
    'broker',
    { brokerName: 'b', unheardOf: 1, secretKey: 'one', listenPort: '1x', ...secrets },
    {
      more: [
        { key: 'secretKey', value: 'two', line: 20 },
        { key: 'adminPassword', value: 'hunter33', line: 21 },
      ],
    },
  ),
]);
const findings = diagnose(deployment);
const plain = { colour: false, columns: 100 };
const text = renderText(deployment, findings, ['x.properties'], references, plain);

test('people read findings by file, and each kind explained once', () => {
  assert.match(text, /^broker-0\.conf {2}\(broker 5\.3\.3\)\n {5}8 {2}error {3}D4 commas in controllerAddr = /m);
  assert.equal(text.split('Separate the controllers by semicolons.').length, 2);
  assert.equal(text.split('D4 commas').length, 3);
  assert.match(text, /Not judged, its role is unknown: x\.properties/);
  assert.match(text, /4 files, 23 rules: \d+ errors, \d+ warnings\.$/);
  assert.ok(text.split('\n').every((line) => line.length <= 101));
});

test('colours are asked for', () => {
  assert.ok(!text.includes('\u001B['));
  assert.ok(renderText(deployment, findings, [], references, { ...plain, colour: true }).includes('\u001B[31m'));
});

test('no output holds the value of a secret', () => {
  const outputs = [
    text,
    renderJson(deployment, findings, [], references),
    renderGithub(findings),
    renderSarif(findings, references),
  ];
  for (const output of outputs) {
    assert.match(output, /secretKey/);
    assert.doesNotMatch(output, /hunter|AKIA1234|hidden|= one|= two/);
  }
});

test('GitHub annotations escape what would end a property', () => {
  const line = renderGithub(findings)
    .split('\n')
    .find((command) => command.includes('unheardOf'))!;
  assert.match(
    line,
    /^::warning file=odd%2C 100%25%3A broker\.conf,line=2,title=D6 No key or value .+?::no release up to/,
  );
});

test('JSON has every finding with its requirement and its proof', () => {
  const report = JSON.parse(renderJson(deployment, findings, [], references)) as Record<string, never> & {
    findings: { rule: string; requirement: { url: string }; proof: object }[];
    counts: Record<string, number>;
  };
  assert.equal(report.findings.length, findings.length);
  assert.equal(report.findings[0]!.requirement.url, 'https://example.com/deploy');
  assert.equal(
    Object.values(report.counts).reduce((sum, count) => sum + count),
    findings.length,
  );
});

test('SARIF 2.1.0 has what its schema requires', () => {
  const log = JSON.parse(renderSarif(findings, references)) as Log;
  assert.equal(log.version, '2.1.0');
  assert.match(log.$schema!, /sarif-schema-2\.1\.0\.json$/);
  const [run] = log.runs;
  const { name, rules } = run!.tool.driver;
  assert.ok(name);
  assert.equal(new Set(rules!.map(({ id }) => id)).size, rules!.length);
  for (const rule of rules!) {
    assert.ok(rule.shortDescription!.text && rule.fullDescription!.text && rule.help!.text, rule.id);
    assert.ok(severities.some((severity) => severity === rule.defaultConfiguration!.level));
    assert.ok(URL.canParse(rule.helpUri!));
  }
  assert.equal(run!.results!.length, findings.length);
  for (const result of run!.results!) {
    assert.equal(rules![result.ruleIndex!]!.id, result.ruleId);
    assert.ok(result.message.text);
    const { artifactLocation, region } = result.locations![0]!.physicalLocation!;
    assert.match(artifactLocation!.uri!, /^[\w./%:-]+$/);
    assert.ok(region!.startLine! >= 1);
  }
});
