import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../lab/folders.ts';
import { SetupError } from '../lab/setup-error.ts';
import { labAddresses } from './lab-addresses.ts';
import { rewrite } from './rewrite.ts';
import { sampleServers } from './samples.fixture.ts';

const options = (addresses: ReadonlyMap<string, string>) => ({
  addresses,
  folder: '/site/broker-a-0',
  freePort: () => 4711,
  overrides: {},
});

test('addresses, ports and paths become others, every other key stays', async () => {
  const all = sampleServers(['production']);
  const addresses = await labAddresses(all);
  const broker = all.find(({ name }) => name === 'broker-a-0')!;
  const { config, changes } = rewrite(broker, options(addresses));
  const untouched = broker.file.facts.pairs.filter(({ key }) => !changes.some((change) => change.key === key));
  for (const { key, value } of untouched) assert.equal(config[key], value.trim(), key);
  assert.ok(untouched.some(({ key }) => key === 'allAckInSyncStateSet'));
  assert.deepEqual(
    changes.map(({ key }) => key),
    ['brokerIP1', 'brokerIP2', 'listenPort', 'namesrvAddr', 'storePathRootDir', 'controllerAddr', 'bindAddress'],
  );
  assert.equal(config.storePathRootDir, '/site/broker-a-0/files/data/rocketmq/store');
  assert.equal(String(config.controllerAddr).split(';').length, 3);
  assert.ok(!Object.values(config).some((value) => String(value).includes('example.com')));
});

test('every process of the sample has a place of its own, and is known by the same one to all', async () => {
  const all = sampleServers(['production']);
  const places = [...(await labAddresses(all)).values()];
  assert.equal(new Set(places).size, 2 + 3 + 6);
  const addresses = await labAddresses(all);
  const lists = all
    .filter(({ role }) => role === 'broker')
    .map((broker) => rewrite(broker, options(addresses)).config.namesrvAddr);
  assert.equal(new Set(lists).size, 1);
});

test('a server that a file names and nobody gave is refused, with file, line and key', async () => {
  const all = sampleServers(['production']);
  const addresses = new Map([...(await labAddresses(all))].filter(([address]) => !address.includes('mq-ctl-2')));
  const broker = all.find(({ role }) => role === 'broker')!;
  assert.throws(
    () => rewrite(broker, options(addresses)),
    (error) => error instanceof SetupError && /\.conf:\d+ controllerAddr names mq-ctl-2/.test(error.message),
  );
});

test('NameServers must be as many as brokers register with', () => {
  assert.throws(
    () => sampleServers(['production/broker-a-0.conf', 'production/namesrv-1.conf']),
    (error) => error instanceof SetupError && /lists 2 NameServers, and the files of 1 were given/.test(error.message),
  );
});

test('every absolute path comes to lie in the rehearsal, whatever its key is called', async () => {
  await using folder = await temporaryFolder();
  const sample = new URL('../../configs/samples/production/', import.meta.url);
  const more = 'storeCheckpoint=/data/checkpoint\nstorePathCommitLog=/a/log,/b/log\nmessageDelayLevel=1s 5s\n';
  for (const name of ['namesrv-1', 'namesrv-2', 'controller-1', 'controller-2', 'controller-3', 'broker-a-0']) {
    const text = readFileSync(new URL(`${name}.conf`, sample), 'utf8');
    writeFileSync(path.join(folder.path, `${name}.conf`), name.startsWith('broker') ? `${text}\n${more}` : text);
  }
  const all = sampleServers([folder.path]);
  const broker = all.find(({ role }) => role === 'broker')!;
  const { config } = rewrite(broker, options(await labAddresses(all)));
  assert.equal(config.storeCheckpoint, '/site/broker-a-0/files/data/checkpoint');
  assert.equal(config.storePathCommitLog, '/site/broker-a-0/files/a/log,/site/broker-a-0/files/b/log');
  assert.equal(config.messageDelayLevel, '1s 5s');
});
