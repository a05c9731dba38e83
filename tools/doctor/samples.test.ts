import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { cases } from './cases.fixture.ts';
import { diagnose } from './diagnose.ts';
import { knownRegressions } from './known-regressions.ts';
import { readDeployment, type Request } from './read-deployment.ts';
import { rules } from './rules/index.ts';

interface Expected {
  /** As the command takes them. */
  readonly arguments: readonly string[];
  readonly findings: readonly { rule: string; case: string; file: string; line: number }[];
}

const samples = path.join(import.meta.dirname, 'samples');
const configs = path.resolve(import.meta.dirname, '../../configs/samples');
const nothing = { paths: ['.'], byRole: {}, stores: [], controllerStores: [], versions: [], hosts: [], probes: [] };

function read(base: string, args: Partial<Request> = {}) {
  const { deployment, passedOver } = readDeployment({ base, hostsByFolder: false, ...nothing, ...args });
  assert.deepEqual(passedOver, []);
  return diagnose(deployment).map(({ rule, caseName, file, line }) => ({ rule: rule.id, case: caseName, file, line }));
}

/** The options that samples use, each followed by its values. */
function optionsOf(args: readonly string[]): Partial<Request> {
  const options: Record<string, string[]> = {};
  let last: string[] = [];
  const names: Record<string, string> = {
    '--store': 'stores',
    '--controller-store': 'controllerStores',
    '--version': 'versions',
    '--probe': 'probes',
  };
  for (const arg of args) {
    if (arg.startsWith('--')) options[names[arg]!] = last = [];
    else last.push(arg);
  }
  return options;
}

function expectedOf(sample: string): Expected {
  return JSON.parse(readFileSync(path.join(samples, sample, 'expected.json'), 'utf8')) as Expected;
}

const folders = readdirSync(samples).sort();

test('every rule has a sample', () => {
  assert.deepEqual(
    folders,
    rules.map(({ id, name }) => `D${id.slice(1).padStart(2, '0')}-${name}`),
  );
});

for (const [i, folder] of folders.entries()) {
  test(`${folder}: the bad sample is found, the near-miss is silent`, () => {
    const bad = expectedOf(`${folder}/bad`);
    assert.ok(bad.findings.some(({ rule }) => rule === rules[i]!.id));
    assert.deepEqual(read(path.join(samples, folder, 'bad'), optionsOf(bad.arguments)), bad.findings);
    const nearMiss = expectedOf(`${folder}/near-miss`);
    assert.deepEqual(nearMiss.findings, []);
    assert.deepEqual(read(path.join(samples, folder, 'near-miss'), optionsOf(nearMiss.arguments)), []);
  });
}

test('every case of every rule is found in a sample, or in a cluster of its own', () => {
  const inSamples = folders.flatMap((folder) =>
    expectedOf(`${folder}/bad`).findings.map((it) => `${it.rule}/${it.case}`),
  );
  const seen = new Set([...inSamples, ...cases.flatMap(({ finds }) => finds)]);
  const regressions = knownRegressions.map(({ requirement }) => `D19/${requirement.replace('CTL-', '').toLowerCase()}`);
  const all = rules.flatMap(({ id, cases: own }) => Object.keys(own).map((name) => `${id}/${name}`));
  assert.deepEqual(
    all.filter((name) => !seen.has(name) && !regressions.includes(name)),
    [],
  );
});

test('nothing is found in the samples that users start from', () => {
  assert.deepEqual(read(configs, { paths: ['namesrv.conf', 'broker-0.conf', 'broker-1.conf'] }), []);
  assert.deepEqual(read(path.join(configs, 'production')), []);
  assert.deepEqual(read(path.join(configs, 'production-4.9'), { versions: ['4.9.7'] }), []);
});

test('the production samples are judged as what they are', () => {
  const { deployment } = readDeployment({ base: configs, hostsByFolder: false, ...nothing, paths: ['production'] });
  assert.equal(deployment.groups.length, 3);
  assert.equal(deployment.switchingBrokers.length, 6);
  assert.equal(deployment.controllerGroups.length, 1);
  assert.equal(deployment.namesrvs.length, 2);
  assert.ok(existsSync(path.join(configs, 'production-4.9/broker-c-1.conf')));
});
