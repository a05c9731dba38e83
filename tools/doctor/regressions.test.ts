import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { isInRange } from '../lab/version-range.ts';
import { broker, controller, found, jRaft, type Keys } from './cluster.fixture.ts';
import { ConfFile } from './conf-file.ts';
import { knownRegressions, type Regression } from './known-regressions.ts';
import { parseVersion } from './version.ts';

/** What a file sets besides, for the mistakes that only some set-ups have. */
const needs: Readonly<Record<string, Keys>> = {
  'CTL-REG-11': { fetchControllerAddrByDnsLookup: true, controllerAddr: 'controllers.example.com:9878' },
  'CTL-REG-19': { transientStorePoolEnable: true },
};

function affected({ requirement, role }: Regression, version: string): ConfFile {
  if (role === 'broker') return broker(0, needs[requirement], { version });
  if (requirement !== 'CTL-REG-16') return controller(0, {}, { version });
  return new ConfFile({ ...jRaft().facts, version: parseVersion(version)!, versionGiven: true });
}

for (const regression of knownRegressions) {
  const name = `D19/${regression.requirement.replace('CTL-', '').toLowerCase()}`;
  test(`${name}: told from ${regression.from} to ${regression.to}, and no further`, () => {
    const { from, to, fixed } = regression;
    for (const version of [from, to]) assert.ok(found([affected(regression, version)]).includes(name), version);
    const [major, minor, patch] = parseVersion(to)!;
    assert.ok(!found([affected(regression, `${major}.${minor}.${patch + 1}`)]).includes(name));
    if (parseVersion(fixed ?? '') !== null) assert.ok(!found([affected(regression, fixed!)]).includes(name));
    if (needs[regression.requirement]) assert.ok(!found([broker(0, {}, { version: to })]).includes(name));
  });
}

test('the doctor and the list of regressions know the same releases', () => {
  const file = new URL('../../matrix/regressions.yaml', import.meta.url);
  const listed = parse(readFileSync(file, 'utf8')) as { requirement: string; affected: string; fixed: string | null }[];
  for (const { requirement, from, to, fixed } of knownRegressions) {
    const known = listed.find((entry) => entry.requirement === requirement)!;
    assert.equal(fixed, known.fixed, requirement);
    for (const version of [from, to]) assert.ok(isInRange(version, known.affected), `${requirement} ${version}`);
    if (fixed !== null) assert.ok(!isInRange(fixed, known.affected), `${requirement} ${fixed}`);
  }
});

test('a version that nobody named tells no known mistakes', () => {
  assert.deepEqual(found([broker(0, {}, { version: '5.1.0', assumed: true })]), []);
});
