import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openStore } from '../../store/open.ts';
import { message, placed, replaceByFullDevice, storeOptions, temporaryFolder } from '../../store/store.fixture.ts';
import type { StoreOptions } from '../../store/types.ts';
import { ScheduleService } from './schedule-service.ts';

const properties = 'DELAY\u00011\u0002REAL_TOPIC\u0001TopicA\u0002REAL_QID\u00010\u0002';

/** A service on a store of its own, whose messages are due at once; `put` places a delayed one. */
async function scheduled(t: TestContext, overrides: Partial<StoreOptions> = {}) {
  const root = temporaryFolder(t);
  const store = await openStore(storeOptions(root, overrides));
  let tick = () => {};
  const clock = {
    ...systemClock,
    nowMs: () => Date.now() + 2000,
    every(periodMs: number, callback: () => void) {
      if (periodMs === 100) tick = callback;
      return { cancel() {} };
    },
  };
  const service = new ScheduleService({
    release: 'new',
    log: silentLog,
    clock,
    store,
    storePathRootDir: root,
    messageDelayLevel: '1s',
    flushDelayOffsetInterval: 10_000,
    mayDeliver: () => true,
  });
  service.start();
  const put = (text = properties) => {
    const result = store.append(message({ topic: 'SCHEDULE_TOPIC_XXXX', queueId: 0, properties: text }));
    store.writeNow();
    return placed(result);
  };
  return { root, store, service, put, tick: () => tick() };
}

test('what the disk did not take is not counted as delivered', { skip: !existsSync('/dev/full') }, async (t) => {
  const { root, store, service, put, tick } = await scheduled(t);
  put();
  tick();
  assert.equal(store.maxOffsetInQueue('TopicA', 0), 1);
  assert.deepEqual(service.progress(), [{ level: 1, delivered: 1, max: 1 }]);
  put();
  replaceByFullDevice(join(root, 'commitlog', '0'.repeat(20)));
  tick();
  assert.equal(store.writeable, false);
  assert.deepEqual(service.progress(), [{ level: 1, delivered: 1, max: 2 }]);
  await store.close();
});

test('a message that no record of its topic holds is dropped, and those behind it come', async (t) => {
  const { store, service, put, tick } = await scheduled(t);
  put(properties.replace('TopicA', 'T'.repeat(200)));
  put();
  tick();
  assert.equal(store.maxOffsetInQueue('TopicA', 0), 1);
  assert.deepEqual(service.progress(), [{ level: 1, delivered: 2, max: 2 }]);
  await store.close();
});

test('what replicas do not have is delivered once, and not counted as delivered', async (t) => {
  const { store, service, put, tick } = await scheduled(t, { confirmOffsetLimitsDispatch: true });
  const { endOffset } = put();
  store.setConfirmOffset(endOffset);
  tick();
  tick();
  const delivered = store.maxPhyOffset;
  assert.ok(delivered > endOffset);
  assert.deepEqual(service.progress(), []);
  store.setConfirmOffset(delivered);
  tick();
  assert.equal(store.maxPhyOffset, delivered);
  assert.deepEqual(service.progress(), [{ level: 1, delivered: 1, max: 1 }]);
  await store.close();
});
