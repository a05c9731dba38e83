import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SwitchlabError } from '../base/errors.ts';
import { namesrvLab } from '../namesrv/lab.ts';
import { brokerLab } from './lab.ts';

function hasCode(code: string) {
  return (error: unknown) => error instanceof SwitchlabError && error.code === code;
}

test('a second broker on the same store or port fails, and harms neither tables nor routes of the first', async () => {
  await using namesrv = await namesrvLab('new');
  await using first = await brokerLab('new', { namesrvAddr: namesrv.address });
  await first.send('Mine');
  const file = join(first.storePathRootDir, 'config', 'topics.json');
  const before = readFileSync(file, 'utf8');
  const other = { namesrvAddr: namesrv.address, brokerClusterName: 'Other' };
  await assert.rejects(brokerLab('new', other, first.storePathRootDir), hasCode('STORE_LOCKED'));
  assert.equal(readFileSync(file, 'utf8'), before);
  const samePort = { ...other, listenPort: Number(first.address.split(':')[1]) };
  await assert.rejects(brokerLab('new', samePort), hasCode('PORT_IN_USE'));
  assert.ok((await namesrv.route('Mine')) !== null, 'the route of the first broker is still there');
});

test('a broker whose tables cannot be read does not start, and leaves them as they are', async () => {
  const broken = await brokerLab('new');
  await broken.send('T');
  await broken.stop();
  const file = join(broken.storePathRootDir, 'config', 'topics.json');
  for (const path of [file, `${file}.bak`]) writeFileSync(path, '{"topicConfigTable":');
  await assert.rejects(brokerLab('new', {}, broken.storePathRootDir), hasCode('STORE_CORRUPT'));
  assert.equal(readFileSync(file, 'utf8'), '{"topicConfigTable":');
  await assert.rejects(
    brokerLab('new', {}, broken.storePathRootDir),
    hasCode('STORE_CORRUPT'),
    'the lock was given back',
  );
});

for (const release of ['old', 'new'] as const) {
  test(`${release}: topics, groups, offsets and messages are there after a restart`, async () => {
    const first = await brokerLab(release);
    await first.send('T');
    await first.ask(200, null, '{"groupName":"G","retryMaxTimes":3}');
    await first.ask(15, { consumerGroup: 'G', topic: 'T', queueId: '0', commitOffset: '1' });
    await first.stop();
    await using second = await brokerLab(release, {}, first.storePathRootDir);
    assert.equal((await second.pull('T', 0, 0)).code, 0);
    assert.equal((await second.ask(14, { consumerGroup: 'G', topic: 'T', queueId: '0' })).extFields!.offset, '1');
    const groups = JSON.parse((await second.ask(201)).body!.toString()).subscriptionGroupTable;
    assert.equal(groups.G.retryMaxTimes, 3);
  });
}

test('a DLedger commit log of release new is refused, not taken for a plain one', async () => {
  await assert.rejects(brokerLab('new', { enableDLegerCommitLog: true }), hasCode('NOT_BUILT'));
});

test('a broker whose data lies where it does not look is refused', async () => {
  for (const settings of [
    { readOnlyCommitLogStorePaths: '/old' },
    { storeType: 'defaultRocksDB' },
    { configManagerVersion: 'v2' },
  ])
    await assert.rejects(brokerLab('new', settings), hasCode('NOT_BUILT'));
});

test('a broker that is to control access does not serve everybody instead', async () => {
  await assert.rejects(brokerLab('old', { aclEnable: true }), hasCode('NOT_BUILT'));
  await assert.rejects(brokerLab('new', { authenticationEnabled: true }), hasCode('NOT_BUILT'));
});
