import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BrokerConfig, brokerConfig, brokerWarnings } from './broker.ts';

test('defaults follow the release', () => {
  const [old, now] = [brokerConfig('old'), brokerConfig('new')];
  assert.deepEqual([old.registerBrokerTimeoutMills, now.registerBrokerTimeoutMills], [6000, 24000]);
  assert.deepEqual([old.transactionCheckInterval, now.transactionCheckInterval], [60000, 30000]);
  assert.deepEqual([old.listenPort, now.listenPort], [10911, 10911]);
  assert.ok(Object.isFrozen(now));
});

test('the HA port follows the listen port unless release new is told otherwise', () => {
  assert.equal(brokerConfig('new', { listenPort: 20911 }).haListenPort, 20912);
  assert.equal(brokerConfig('new', { listenPort: 20911, haListenPort: 30000 }).haListenPort, 30000);
  assert.equal(brokerConfig('old', { listenPort: 20911, haListenPort: 30000 }).haListenPort, 20912);
});

test('store paths follow the root', () => {
  const config = brokerConfig('new', { storePathRootDir: '/data' });
  assert.deepEqual(
    [config.storePathCommitLog, config.storePathEpochFile, config.storePathBrokerIdentity],
    ['/data/commitlog', '/data/epochFileCheckpoint', '/data/brokerIdentity'],
  );
});

test('a master role forces id 0, controller mode ignores it, DLedger mode gives -1', () => {
  assert.equal(brokerConfig('old', { brokerRole: 'SYNC_MASTER', brokerId: 4 }).brokerId, 0);
  assert.equal(brokerConfig('new', { enableControllerMode: true, brokerId: 4 }).brokerId, 4);
  assert.equal(brokerConfig('old', { enableDLegerCommitLog: true, brokerId: 4 }).brokerId, -1);
  assert.equal(brokerConfig('old', { brokerRole: 'SLAVE', brokerId: 4 }).brokerId, 4);
});

test('only a slave of release new keeps less in memory', () => {
  const slave = { brokerRole: 'SLAVE', brokerId: 1 } as const;
  assert.equal(brokerConfig('new', slave).accessMessageInMemoryMaxRatio, 30);
  assert.equal(brokerConfig('old', slave).accessMessageInMemoryMaxRatio, 40);
});

const refused: [Partial<BrokerConfig>, object][] = [
  [
    { namesrvAddr: '127.0.0.1' },
    { code: 'NAMESRV_ADDR_ILLEGAL', message: /^The Name Server Address\[127\.0\.0\.1\] illegal/ },
  ],
  [{ namesrvAddr: '127.0.0.1:9876;b:x' }, { code: 'NAMESRV_ADDR_ILLEGAL' }],
  [{ brokerRole: 'SLAVE' }, { code: 'BROKER_ID_ILLEGAL', message: "Slave's brokerId must be > 0" }],
  [{ enableControllerMode: true, enableDLegerCommitLog: true }, { code: 'MODES_EXCLUSIVE' }],
];
for (const [overrides, error] of refused) {
  test(`start-up refuses ${JSON.stringify(overrides)}`, () => {
    assert.throws(() => brokerConfig('new', overrides), error);
  });
}

test('controller mode without a controller starts, with a warning', () => {
  assert.deepEqual(
    brokerWarnings(brokerConfig('new', { enableControllerMode: true })).map(({ code }) => code),
    ['CONTROLLER_ADDR_MISSING'],
  );
  assert.deepEqual(brokerWarnings(brokerConfig('new')), []);
});
