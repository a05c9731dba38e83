import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { dir } from 'tmp-promise';
import { SetupError } from '../lab/setup-error.ts';
import { readDeployment, type Request } from './read-deployment.ts';
import { readBrokerStore, readControllerStore } from './store-facts.ts';
import { versionText } from './version.ts';

/** A folder of files that goes with the test. */
async function folderWith(files: Readonly<Record<string, string>>) {
  const { path: base, cleanup } = await dir({ unsafeCleanup: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(base, name)), { recursive: true });
    writeFileSync(path.join(base, name), text);
  }
  return { base, [Symbol.asyncDispose]: cleanup };
}

function read(base: string, asked: Partial<Request>) {
  const nothing = { paths: [], byRole: {}, stores: [], controllerStores: [], versions: [], hosts: [], probes: [] };
  return readDeployment({ base, hostsByFolder: false, ...nothing, ...asked });
}

const broker = 'brokerName = a\nstorePathRootDir = /data/store\n';
const controller = 'controllerDLegerGroup = g\n';

test('a folder tells roles by file names, else by keys, else by folder names', async () => {
  await using folder = await folderWith({
    'mq-1/namesrv.properties': controller,
    'mq-1/one.conf': broker,
    'mq-2/two.conf': controller,
    'mq-2/three.conf': 'kvConfigPath = /x\ncontrollerDLegerGroup = g\n',
    'controllers/four.conf': 'listenPort = 1\n',
    'other/five.conf': 'listenPort = 1\n',
    'other/rmq-proxy.json': '{\n "rocketMQClusterName": "c",\n "grpcServerPort": 9081\n}',
    'other/README.md': 'no configuration',
  });
  const { deployment, passedOver } = read(folder.base, { paths: ['.'] });
  const roles = Object.fromEntries(deployment.files.map((file) => [file.path, file.role]));
  assert.deepEqual(roles, {
    'controllers/four.conf': 'controller',
    'mq-1/namesrv.properties': 'namesrv',
    'mq-1/one.conf': 'broker',
    'mq-2/three.conf': 'namesrv',
    'mq-2/two.conf': 'controller',
    'other/rmq-proxy.json': 'proxy',
  });
  assert.deepEqual(passedOver, ['other/five.conf']);
  assert.equal(deployment.files.find(({ role }) => role === 'proxy')!.line('grpcServerPort'), 3);
});

test('versions, hosts and stores go to their files, the narrowest last', async () => {
  await using folder = await folderWith({
    'a/broker.conf': broker,
    'b/broker.conf': broker,
    'c.conf': controller,
    'store/brokerIdentity': 'c#a#2',
    'store/epochFileCheckpoint': '2\n0\n1-0\n2-88\n',
  });
  const { deployment } = read(folder.base, {
    byRole: { broker: ['a/broker.conf', 'b/broker.conf'], controller: ['c.conf'] },
    versions: ['a/broker.conf=4.9.7', 'broker=5.1.0', '5.5.0'],
    hosts: ['c.conf=mq-3'],
    stores: ['b/broker.conf=store'],
    controllerStores: ['c.conf=nowhere'],
  });
  const facts = deployment.files.map((file) => [file.path, versionText(file.version), file.facts.host]);
  assert.deepEqual(facts, [
    ['c.conf', '5.5.0', 'mq-3'],
    ['a/broker.conf', '4.9.7', null],
    ['b/broker.conf', '5.1.0', null],
  ]);
  const { store } = deployment.files[2]!.facts;
  assert.deepEqual(store!.identity, { cluster: 'c', broker: 'a', id: 2 });
  assert.deepEqual(store!.epochs, [
    { epoch: 1, startOffset: 0 },
    { epoch: 2, startOffset: 88 },
  ]);
  assert.deepEqual(deployment.files[0]!.facts.controllerStore, { path: 'nowhere', exists: false, empty: true });
  const { deployment: byFolder } = read(folder.base, { paths: ['a/broker.conf'], hostsByFolder: true });
  assert.equal(byFolder.files[0]!.facts.host, 'a');
});

const refused: readonly (readonly [Partial<Request>, RegExp])[] = [
  [{}, /No configuration file/],
  [{ paths: ['nowhere.conf'] }, /nowhere\.conf does not exist/],
  [{ paths: ['odd.conf'] }, /role of odd\.conf/],
  [{ paths: ['a/broker.conf', 'a/broker.conf'] }, /given twice/],
  [{ paths: ['a', 'b'], hosts: ['broker.conf=x'] }, /could be a\/broker\.conf or b\/broker\.conf/],
  [{ paths: ['a'], hosts: ['c.conf=x'] }, /none of the files/],
  [{ paths: ['a'], hosts: ['x'] }, /write file=value/],
  [{ paths: ['a'], versions: ['5.3'] }, /write a release such as 5\.3\.3/],
  [{ paths: ['a'], stores: ['broker.conf=nowhere'] }, /is no folder/],
  [{ paths: ['a'], controllerStores: ['broker.conf=a'] }, /runs no controller/],
  [{ byRole: { controller: ['c.conf'] }, stores: ['c.conf=a'] }, /the file of a controller/],
  [
    { byRole: { controller: ['c.conf'] }, controllerStores: ['c.conf=odd.conf'] },
    /--controller-store c\.conf=odd\.conf cannot/,
  ],
  [{ paths: ['a'], stores: ['broker.conf=store'] }, /--store broker\.conf=store cannot be read: .*EISDIR/],
  [{ byRole: { broker: ['damaged.conf'] } }, /damaged\.conf, line 1.*CONFIG_FILE_UNREADABLE/],
  [{ byRole: { proxy: ['c.conf'] } }, /Proxy configuration/],
];
for (const [asked, message] of refused) {
  test(`usage: ${JSON.stringify(asked)} is refused`, async () => {
    await using folder = await folderWith({
      'a/broker.conf': broker,
      'b/broker.conf': broker,
      'c.conf': controller,
      'odd.conf': 'listenPort = 1\n',
      'damaged.conf': 'brokerName = \\u12',
      'store/brokerIdentity/is': 'a folder',
    });
    assert.throws(
      () => read(folder.base, asked),
      (thrown: Error) => thrown instanceof SetupError && message.test(thrown.message),
    );
  });
}

test('files that the configuration moves below the root are found in a copy of it', async () => {
  await using folder = await folderWith({ 'ids/own': 'c#a#3', 'dledger-n0/data/x': '' });
  const places = { root: '/data/store', identity: '/data/store/ids/own', epochs: '' };
  const store = readBrokerStore(folder.base, places);
  assert.equal(store.identity!.id, 3);
  assert.deepEqual(store.epochs, []);
  assert.equal(store.dledgerFolder, 'dledger-n0');
});

test('a controller folder of zeros is empty, one with an entry is not', async () => {
  await using folder = await folderWith({
    'z/dledger-n0/data/0': '\0'.repeat(9000),
    'd/dledger-n0/data/0': '\0\u0001',
  });
  assert.equal(readControllerStore(path.join(folder.base, 'z')).empty, true);
  assert.equal(readControllerStore(path.join(folder.base, 'd')).empty, false);
});
