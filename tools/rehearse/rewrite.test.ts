import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../lab/folders.ts';
import { parseProperties } from '../../reference-impl/config/properties.ts';
import { propertiesText } from '../lab/properties-text.ts';
import type { Settings } from '../lab/settings-file.ts';
import { SetupError } from '../lab/setup-error.ts';
import { rolesBy } from '../lab/upgrade/site.ts';
import { labAddresses } from './lab-addresses.ts';
import { rewrite } from './rewrite.ts';
import { sampleServers } from './samples.fixture.ts';

const options = (addresses: ReadonlyMap<string, string>) => ({
  addresses,
  controllers: ['127.0.0.1:1', '127.0.0.1:2'],
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
  for (const { key, value } of untouched) assert.equal(config[key], value, key);
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
  assert.equal(new Set(places).size, 2 + 3 + 6 + 6);
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

test('a fixed master is led to its place, and so is one name for all controllers', async () => {
  await using folder = await temporaryFolder();
  const write = (name: string, keys: Settings) => writeFileSync(path.join(folder.path, name), propertiesText(keys));
  const usual = { brokerName: 'a', namesrvAddr: 'ns:9876', brokerClusterName: 'c' };
  write('namesrv.conf', { listenPort: 9876, kvConfigPath: '/kv' });
  write('master.conf', { ...usual, brokerRole: 'SYNC_MASTER', brokerIP1: 'm', listenPort: 10911 });
  write('slave.conf', { ...usual, brokerRole: 'SLAVE', brokerId: 1, brokerIP1: 's', haMasterAddress: 'm:10912' });
  const dns = { fetchControllerAddrByDnsLookup: true, controllerAddr: 'ctl.example.com:9878' };
  write('named.conf', { ...usual, enableControllerMode: true, brokerIP1: 'n', ...dns });
  const all = sampleServers([folder.path]);
  const addresses = await labAddresses(all);
  const configOf = (name: string) => rewrite(all.find((server) => server.name === name)!, options(addresses)).config;
  const master = addresses.get('m:10911')!;
  assert.equal(configOf('slave').haMasterAddress, `127.0.0.1:${Number(master.split(':')[1]) + 1}`);
  const { controllerAddr, fetchControllerAddrByDnsLookup } = configOf('named');
  assert.deepEqual([controllerAddr, fetchControllerAddrByDnsLookup], ['127.0.0.1:1;127.0.0.1:2', 'false']);
});

test('what leads to another machine in any other key is refused until another value is given', async () => {
  await using folder = await temporaryFolder();
  const keys = {
    brokerName: 'a',
    namesrvAddr: 'ns:9876',
    brokerIP1: 'm',
    metricsGrpcExporterTarget: 'otel.example.com:4317',
  };
  writeFileSync(path.join(folder.path, 'broker.conf'), propertiesText(keys));
  writeFileSync(path.join(folder.path, 'namesrv.conf'), 'listenPort=9876\nkvConfigPath=/kv\n');
  const all = sampleServers([folder.path]);
  const addresses = await labAddresses(all);
  const broker = all.find(({ role }) => role === 'broker')!;
  assert.throws(
    () => rewrite(broker, options(addresses)),
    /broker\.conf:\d+ metricsGrpcExporterTarget = otel\.example\.com:4317 leads/,
  );
  const overrides = { metricsGrpcExporterTarget: '' };
  assert.equal(rewrite(broker, { ...options(addresses), overrides }).config.metricsGrpcExporterTarget, '');
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

test('every folder of a commit log comes to lie below the home, blanks or not', async () => {
  await using folder = await temporaryFolder();
  writeFileSync(path.join(folder.path, 'namesrv.conf'), 'listenPort=9876\nkvConfigPath=/kv\n');
  const moved = async (storePathCommitLog: string) => {
    const keys = { brokerName: 'a', namesrvAddr: 'ns:9876', brokerIP1: 'm', storePathCommitLog };
    writeFileSync(path.join(folder.path, 'broker.conf'), propertiesText(keys));
    const all = sampleServers([folder.path]);
    const broker = all.find(({ role }) => role === 'broker')!;
    return rewrite(broker, options(await labAddresses(all))).config.storePathCommitLog;
  };
  const both = '/site/broker-a-0/files/data1/log,/site/broker-a-0/files/data2/log';
  assert.equal(await moved('/data1/log, /data2/log'), both);
  assert.equal(await moved('/data1/log,/data2/log,'), both);
  await assert.rejects(moved('/data1/log,log2'), /storePathCommitLog = .* mixes absolute paths with others/);
});

test('a value is what RocketMQ reads, blanks and all; the home of the release is that of the lab', async () => {
  await using folder = await temporaryFolder();
  const odd = 'allAckInSyncStateSet=true \nminInSyncReplicas=2 \nmessageDelayLevel=\\ 1s\nrocketmqHome=/opt/rocketmq\n';
  const usual = 'brokerName=a\nnamesrvAddr=ns:9876\nbrokerIP1=m\n';
  writeFileSync(path.join(folder.path, 'broker.conf'), usual + odd);
  writeFileSync(path.join(folder.path, 'namesrv.conf'), 'listenPort=9876\nkvConfigPath=/kv\n');
  const all = sampleServers([folder.path]);
  const broker = all.find(({ role }) => role === 'broker')!;
  const { config, changes } = rewrite(broker, options(await labAddresses(all)));
  const read = Object.fromEntries(parseProperties(propertiesText(config), 'b').map(({ key, value }) => [key, value]));
  assert.deepEqual(
    [read.allAckInSyncStateSet, read.minInSyncReplicas, read.messageDelayLevel, read.rocketmqHome],
    ['true ', '2 ', ' 1s', undefined],
  );
  assert.ok(changes.some(({ key, from }) => key === 'rocketmqHome' && from === '/opt/rocketmq'));
});

test('a blank in a list of addresses is refused: it would not be there in the rehearsal', async () => {
  await using folder = await temporaryFolder();
  const keys = { brokerName: 'a', brokerIP1: 'm', namesrvAddr: 'ns:9876', controllerAddr: 'c:9878; d:9878' };
  writeFileSync(path.join(folder.path, 'broker.conf'), propertiesText(keys));
  writeFileSync(path.join(folder.path, 'namesrv.conf'), 'listenPort=9876\nkvConfigPath=/kv\n');
  const all = sampleServers([folder.path]);
  const addresses = await labAddresses(all);
  const broker = all.find(({ role }) => role === 'broker')!;
  assert.throws(() => rewrite(broker, options(addresses)), /broker\.conf:4 controllerAddr has a blank beside/);
});

test('a switch is on in any case, and off with a blank', () => {
  assert.equal(rolesBy({ enableControllerMode: 'TRUE' }), 'elected');
  assert.equal(rolesBy({ enableControllerMode: 'true ' }), 'fixed');
});
