import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../folders.ts';
import { readProfile } from '../profile.ts';
import { SetupError } from '../setup-error.ts';
import { referenceTarget } from '../targets/reference.ts';
import type { Target } from '../targets/target.ts';
import { type ClusterSite, prepareClusterSite, type SiteShape } from './cluster-site.ts';
import { planNames, readPlan } from './plan-file.ts';
import { type ScriptStep, scriptOf } from './script.ts';
import type { Site } from './site.ts';
import { isInRange } from '../version-range.ts';

/** Something that plays this version, as far as a plan looks. */
function targetOf(version: string): Target {
  const isOld = version.startsWith('4.');
  return { ...referenceTarget(isOld ? 'old' : 'new'), name: `some:${version}`, version };
}

/** A site as the plan begins, with nothing running. */
async function prepared(name: string, shape: SiteShape, folder: string): Promise<ClusterSite> {
  const plan = readPlan(name);
  const from = ['4.9.7', '5.1.0', '5.1.4', '5.3.3'].find((version) => isInRange(version, plan.from))!;
  const options = {
    profile: readProfile('tuned'),
    seed: 1,
    toxiproxyUrl: null,
    evidenceFolder: path.join(folder, name),
  };
  return await prepareClusterSite({ plan, shape, from: targetOf(from), to: targetOf('5.3.3'), cluster: options });
}

const mastersIn = (site: Site) =>
  new Map(site.groups(false).map((group) => [group, site.replicas(group)[0]!] as const));
const namesOf = ({ members }: ScriptStep) => members.map(({ name }) => name).join(' ');

test('every plan fits a site of its kind, of any size, and leaves no placeholder in a sentence', async () => {
  await using folder = await temporaryFolder();
  for (const name of planNames()) {
    await using clusterSite = await prepared(
      name,
      { namesrvs: 3, controllers: 3, groups: 2, replicas: 3 },
      folder.path,
    );
    const { site } = clusterSite;
    const script = scriptOf(readPlan(name), site, mastersIn(site));
    const sentences = script.flatMap(({ hand, rollback }) => [...hand, ...(rollback?.hand ?? [])]);
    assert.ok(script.length > 0, name);
    assert.deepEqual(
      sentences.filter((sentence) => /\{[\w.]+\}/.test(sentence)),
      [],
      name,
    );
  }
});

test('groups go one after another, the slaves of each before its master', async () => {
  await using folder = await temporaryFolder();
  const shape = { namesrvs: 1, controllers: 1, groups: 2, replicas: 3 };
  await using clusterSite = await prepared('master-slave-aligned', shape, folder.path);
  const { site } = clusterSite;
  const script = scriptOf(readPlan('master-slave-aligned'), site, mastersIn(site));
  assert.deepEqual(script.filter(({ action }) => action.verb === 'stop').map(namesOf), [
    'broker-a-1 broker-a-2',
    'broker-a-0',
    'broker-b-1 broker-b-2',
    'broker-b-0',
  ]);
  assert.deepEqual(
    script.map(({ number }) => number),
    script.map((_, i) => i + 1),
  );
  const [address] = site.controllers.map(({ controllerAddress }) => controllerAddress);
  assert.ok(script.some(({ hand }) => hand.some((sentence) => sentence.includes(`controllerAddr=${address}`))));
});

test('a plan that does not fit the site says why', async () => {
  await using folder = await temporaryFolder();
  const shape = { namesrvs: 1, controllers: 1, groups: 1, replicas: 2 };
  await using clusterSite = await prepared('master-slave-aligned', shape, folder.path);
  const { site } = clusterSite;
  const refusals: Record<string, RegExp> = {
    'nameservers-one-by-one': /it needs 2 NameServers, and there are 1/,
    'rolling-restart': /it upgrades >=5\.1\.1, and some:4\.9\.7 is 4\.9\.7/,
    'dledger-emptied': /it needs 3 replicas/,
    'master-slave-beside-old-nameservers': /it begins with controllers none, and there are 1 apart/,
  };
  for (const [name, message] of Object.entries(refusals)) {
    const write = () => scriptOf(readPlan(name), site, mastersIn(site));
    assert.throws(write, (thrown) => thrown instanceof SetupError && message.test(thrown.message), name);
  }
});
