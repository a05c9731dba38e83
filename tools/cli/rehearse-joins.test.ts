import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { propertiesText } from '../lab/properties-text.ts';
import { temporaryFolder } from '../lab/folders.ts';
import type { Settings } from '../lab/settings-file.ts';
import { rehearse, stateOf } from './rehearse.fixture.ts';

/** Plans that add servers, or a second place for them, on a cluster of one group. */
const namesrvAddr = 'ns-1:9876;ns-2:9876';
const controllersAt = (hosts: readonly string[]) => hosts.map((host) => `${host}:9878`).join(';');
const peersAt = (hosts: readonly string[]) => hosts.map((host, i) => `id${i}-${host}:9878`).join(';');

/** No absolute path: its data is where its release puts it. */
function controllerOn(hosts: readonly string[], host: string): Settings {
  return {
    controllerDLegerGroup: 'ctl',
    controllerDLegerPeers: peersAt(hosts),
    controllerDLegerSelfId: `id${hosts.indexOf(host)}`,
  };
}

function brokerOf(group: string, i: number, keys: Settings): Settings {
  const host = `${group}-${i}`;
  const known = { brokerClusterName: 'production', brokerName: group, brokerIP1: host, namesrvAddr };
  return { ...known, listenPort: 10911, storePathRootDir: '/data/store', ...keys };
}

const electedBy = (hosts: readonly string[]): Settings => ({
  enableControllerMode: true,
  allAckInSyncStateSet: true,
  controllerAddr: controllersAt(hosts),
});
const pairOf = (group: string, hosts: readonly string[]) =>
  Object.fromEntries([0, 1].map((i) => [`${group}-${i}.conf`, brokerOf(group, i, electedBy(hosts))]));
const namesrvs = (keys: (i: number) => Settings = () => ({})) =>
  Object.fromEntries([1, 2].map((i) => [`namesrv-${i}.conf`, { listenPort: 9876, ...keys(i - 1) }]));
const dledgerPeers = [0, 1, 2].map((i) => `n${i}-broker-a-${i}:40911`).join(';');
const dledger = (i: number): Settings => ({
  enableDLegerCommitLog: true,
  dLegerGroup: 'broker-a',
  dLegerPeers: dledgerPeers,
  dLegerSelfId: `n${i}`,
});

interface Played {
  readonly plan: string;
  readonly files: Readonly<Record<string, Settings>>;
  readonly from?: string;
  readonly says: readonly RegExp[];
}

/** Plays the plan on real processes: every step holds, nothing is lost, and the originals stay as they were. */
async function played(t: TestContext, { plan, files, from = 'reference:new', says }: Played): Promise<void> {
  await using folder = await temporaryFolder();
  for (const [file, config] of Object.entries(files)) {
    const place = path.join(folder.path, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, propertiesText(config));
  }
  const before = stateOf(folder.path);
  const more = ['--from', from, '--profile', 'compressed'];
  const { run, results } = rehearse(t, folder.path, { plan, stores: {} }, { more });
  const { exitCode, all } = await run;
  assert.equal(exitCode, 0, all);
  assert.match(all, /^Steps: all \d+ steps held\.$/m);
  const runbook = readFileSync(path.join(results, 'runbook.md'), 'utf8');
  for (const text of says) assert.match(runbook, text);
  assert.doesNotMatch(runbook, /127\.0\.0\.1/);
  assert.deepEqual(stateOf(folder.path), before);
}

test('two controllers join the one that runs', (t) => {
  const hosts = ['ctl-1', 'ctl-2', 'ctl-3'];
  return played(t, {
    plan: 'controllers-one-to-three',
    files: {
      ...namesrvs(),
      ...pairOf('broker-a', ['ctl-1']),
      'ctl-1.conf': controllerOn(['ctl-1'], 'ctl-1'),
      'added/ctl-2.conf': controllerOn(hosts, 'ctl-2'),
      'added/ctl-3.conf': controllerOn(hosts, 'ctl-3'),
    },
    says: [/write into ctl-1\.conf: controllerDLegerPeers=id0-ctl-1:9878;id1-ctl-2:9878;id2-ctl-3:9878/],
  });
});

test('a group under controllers takes the place of a DLedger group', (t) =>
  played(t, {
    plan: 'dledger-beside',
    from: 'reference:old',
    files: {
      ...namesrvs(),
      ...Object.fromEntries([0, 1, 2].map((i) => [`broker-a-${i}.conf`, brokerOf('broker-a', i, dledger(i))])),
      'ctl-1.conf': controllerOn(['ctl-1'], 'ctl-1'),
      'added/new-0.conf': brokerOf('broker-n', 0, electedBy(['ctl-1'])),
      'added/new-1.conf': brokerOf('broker-n', 1, electedBy(['ctl-1'])),
    },
    says: [/On broker-n-0, start new-0 under its new broker name: .* -c added\/new-0\.conf/],
  }));

test('controllers leave their NameServers', (t) => {
  const hosts = ['ns-1', 'ns-2'];
  const within = (i: number) => ({ enableControllerInNamesrv: true, ...controllerOn(hosts, hosts[i]!) });
  return played(t, {
    plan: 'controllers-out-of-nameservers',
    files: { ...namesrvs(within), ...pairOf('broker-a', hosts) },
    says: [/On ns-1, start a controller .* in namesrv-1-controller\.conf/],
  });
});

test('controllers move into NameServers', (t) => {
  const hosts = ['ns-1', 'ns-2'];
  const apart = Object.fromEntries(hosts.map((host) => [`controller-${host}.conf`, controllerOn(hosts, host)]));
  return played(t, {
    plan: 'controllers-into-nameservers',
    files: { ...namesrvs(), ...apart, ...pairOf('broker-a', hosts) },
    says: [/On ns-2, write into namesrv-2\.conf: enableControllerInNamesrv=true/],
  });
});
