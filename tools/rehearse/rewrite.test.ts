import assert from 'node:assert/strict';
import { test } from 'node:test';
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
