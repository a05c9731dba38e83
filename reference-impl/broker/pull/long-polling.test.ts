import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RemotingCommand } from '../../remoting/types.ts';
import { type BrokerLab, brokerLab } from '../lab.ts';

const suspend = { sysFlag: '6', suspendTimeoutMillis: '15000' };

/** Whether `answer` settles within `ms`. */
async function settles(answer: Promise<unknown>, ms: number): Promise<boolean> {
  const late = new Promise((resolve) => setTimeout(resolve, ms, 'late').unref());
  return (await Promise.race([answer, late])) !== 'late';
}

async function heldPull(lab: BrokerLab, topic: string, offset: number, more = {}): Promise<Promise<RemotingCommand>> {
  const answer = lab.pull(topic, 0, offset, { ...suspend, ...more });
  // The broker answers requests of one connection in order: when this one is answered, the pull is held.
  await lab.ask(30, { topic, queueId: '0' });
  return answer;
}

// Side by side: several of them wait for the scan every 5 s.
describe('long polling', { concurrency: true }, () => {
  for (const release of ['old', 'new'] as const) {
    test(`${release}: a pull at the end of a queue waits for the message`, async () => {
      await using lab = await brokerLab(release);
      await lab.send('T');
      const answer = heldPull(lab, 'T', 1);
      assert.equal(await settles(answer, 100), false);
      const sent = await lab.send('T', 'TAGS\u0001A\u0002', { body: 'second' });
      assert.equal(sent.extFields!.queueOffset, '1');
      const { code, remark, extFields, body } = await answer;
      assert.deepEqual([code, remark, extFields!.nextBeginOffset], [0, 'FOUND', '2']);
      assert.ok(body!.includes('second'));
    });

    test(`${release}: a pull that waited is checked anew`, async () => {
      await using lab = await brokerLab(release);
      await lab.send('T');
      const answer = heldPull(lab, 'T', 1);
      assert.equal(await settles(answer, 50), false);
      await lab.ask(200, null, '{"groupName":"CG","consumeEnable":false}');
      await lab.send('T');
      assert.equal((await answer).code, 16);
    });

    test(`${release}: a message with another tag wakes nobody; the 5 s scan answers 20`, async () => {
      await using lab = await brokerLab(release);
      await lab.send('T');
      const answer = heldPull(lab, 'T', 1, { subscription: 'A || B' });
      await lab.send('T', 'TAGS\u0001C\u0002');
      assert.equal(await settles(answer, 200), false);
      const { code, extFields } = await answer;
      assert.deepEqual([code, extFields!.nextBeginOffset], [20, '2']);
    });

    test(`${release}: a matching tag wakes at once, and only what matches is served`, async () => {
      await using lab = await brokerLab(release);
      await lab.send('T');
      const answer = heldPull(lab, 'T', 1, { subscription: 'A || B' });
      await lab.send('T', 'TAGS\u0001C\u0002', { body: 'other' });
      await lab.send('T', 'TAGS\u0001B\u0002', { body: 'mine' });
      const { code, extFields, body } = await answer;
      assert.deepEqual([code, extFields!.nextBeginOffset], [0, '3']);
      assert.ok(body!.includes('mine') && !body!.includes('other'));
    });

    test(`${release}: the time limit is kept, give or take one scan, and the answer is 19`, async () => {
      await using lab = await brokerLab(release);
      await lab.send('T');
      const startMs = performance.now();
      const { code } = await lab.pull('T', 0, 1, { ...suspend, suspendTimeoutMillis: '1000' });
      assert.equal(code, 19);
      const waitedMs = performance.now() - startMs;
      assert.ok(waitedMs >= 1000 && waitedMs < 7000, `waited ${waitedMs} ms`);
    });

    test(`${release}: too many waiting pulls are answered as they are`, async () => {
      await using lab = await brokerLab(release, { pullThreadPoolQueueCapacity: 1 });
      await lab.send('T');
      const held = heldPull(lab, 'T', 1);
      assert.equal((await lab.pull('T', 0, 1, suspend)).code, 19);
      assert.equal(await settles(held, 50), false);
      await lab.send('T');
      assert.equal((await held).code, 0);
    });
  }
});
