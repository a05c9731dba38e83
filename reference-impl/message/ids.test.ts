import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { hostHex, offsetMsgId, parseOffsetMsgId, parseUniqKey, uniqKeySource } from './ids.ts';
import { golden } from './message.fixture.ts';

test('ids agree with those of the published classes', () => {
  for (const { name, decoded, hex } of golden('ids.json')) {
    if (name.startsWith('offset msgId')) {
      const parsed = parseOffsetMsgId(decoded as string)!;
      assert.equal(parsed.physicalOffset, 123456789);
      assert.equal(parsed.storeHost.port, 10911);
      assert.equal(offsetMsgId(hostHex(parsed.storeHost), parsed.physicalOffset), decoded);
    } else if (name.startsWith('uniq id')) {
      const { id, pid } = decoded as { id: string; pid: number };
      assert.equal(parseUniqKey(id)!.pid, pid);
      assert.equal(Buffer.from(parseUniqKey(id)!.ip).toString('hex'), hex.slice(0, 32));
    }
  }
  assert.equal(parseOffsetMsgId('7F00000100002A9F'), null);
  assert.equal(parseUniqKey('Z'.repeat(32)), null);
});

test('a UNIQ_KEY names address, process, time and counter', () => {
  const nowMs = new Date(2026, 10, 23, 12).getTime();
  const next = uniqKeySource(Uint8Array.of(127, 0, 0, 1), { ...systemClock, nowMs: () => nowMs });
  const [first, second] = [parseUniqKey(next())!, parseUniqKey(next())!];
  assert.deepEqual([...first.ip], [127, 0, 0, 1]);
  assert.equal(first.pid, process.pid & 0xffff);
  assert.equal(first.msSinceMonthStart, (22 * 24 + 12) * 3600_000);
  assert.equal(first.classLoaderHash, second.classLoaderHash);
  assert.deepEqual([first.counter, second.counter], [0, 1]);
});
