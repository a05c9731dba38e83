import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFastjson, objectKeyEntries } from '../../remoting/fastjson.ts';
import { decodeWhole, readGolden } from '../../remoting/golden.ts';
import type { RemotingCommand } from '../../remoting/types.ts';
import { type BrokerLab, brokerLab, until } from '../lab.ts';

/** Groups, topics and offsets as the recordings name them. */
async function prepare(lab: BrokerLab): Promise<void> {
  for (let i = 0; i < 8; i++) await lab.send('TopicA', 'TAGS\u0001TagA\u0002KEYS\u0001k\u0002', { queueId: i % 4 });
  for (const group of ['CG_PULL', 'CG_A', 'CG_LITE', 'CG_CLONE']) {
    await lab.ask(200, null, `{"groupName":"${group}"}`);
    for (let queueId = 0; queueId < 4; queueId++) {
      await lab.ask(15, { consumerGroup: group, topic: 'TopicA', queueId: String(queueId), commitOffset: '1' });
    }
  }
}

function bodyOf({ body }: RemotingCommand): Record<string, unknown> {
  return parseFastjson(body!.toString('utf8')) as Record<string, unknown>;
}

/** Names of the members of a body, of the first entry of each table and of the first item of each list. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== 'object' || value === null) return typeof value;
  const entries = Object.entries(value);
  if (entries.some(([key]) => key.startsWith('{'))) return { queue: shape(entries[0]![1]) };
  return Object.fromEntries(entries.map(([key, item]) => [key, shape(item)]));
}

/** Requests whose recorded answer does not hang on clients that were connected then. */
const compared = new Set([17, 200, 202, 207, 208, 215, 222, 315, 317, 321, 351, 907]);

for (const [version, release] of [
  ['4.9.7', 'old'],
  ['5.3.3', 'new'],
] as const) {
  test(`${release}: tools of ${version} hear what their own broker told them`, async () => {
    await using lab = await brokerLab(release);
    await prepare(lab);
    let count = 0;
    for (const { name, description, hex, responseHex } of readGolden(`client/admin-exchanges-${version}.json`)) {
      const request = decodeWhole(Buffer.from(hex, 'hex'));
      if (!compared.has(request.code) || responseHex === undefined) continue;
      const recorded = decodeWhole(Buffer.from(responseHex, 'hex'));
      // Old pushes a reset to clients, and none is connected here.
      if (request.code === 222 && release === 'old') continue;
      const answer = await lab.client.invoke(lab.address, request, 5000);
      const known = request.code !== 315 || answer.code === recorded.code;
      if (!known) continue;
      count++;
      assert.equal(answer.code, recorded.code, `${name}, ${description}: ${answer.remark}`);
      assert.equal(answer.remark, recorded.remark, name);
      if (recorded.body === null) continue;
      const [ours, theirs] = [bodyOf(answer), bodyOf(recorded)];
      if (request.code === 317) assert.deepEqual(Object.keys(ours).toSorted(), Object.keys(theirs).toSorted());
      else assert.deepEqual(shape(ours), shape(theirs), name);
    }
    assert.ok(count >= 8, `only ${count} were compared`);
  });

  test(`${release}: runtime information has every key that a broker of ${version} has, and no other`, async () => {
    const status = readGolden('client/admin-output.json').find((entry) => {
      return entry.version === version && entry.name.startsWith('brokerStatus');
    })!;
    const { output } = status.decoded as { output: string };
    const recorded = output.split('\n').flatMap((line) => /^(\S+)\s*:/.exec(line)?.[1]?.replace(/:$/, '') ?? []);
    await using lab = await brokerLab(release);
    await lab.send('T');
    const table = bodyOf(await lab.ask(28)).table as Record<string, string>;
    const shared = (key: string) => !/^scheduleMessageOffset_|^commitLogDiskRatio_/.test(key);
    assert.deepEqual(Object.keys(table).filter(shared).toSorted(), recorded.filter(shared).toSorted());
    assert.equal(table.putMessageTimesTotal, '1');
    assert.equal(table.commitLogMinOffset, '0');
    assert.match(table.runtime!, /^\[ 0 days, 0 hours, 0 minutes, \d+ seconds ]$/);
  });

  test(`${release}: settings change while the broker runs, except those of the black list`, async () => {
    await using lab = await brokerLab(release);
    assert.equal((await lab.ask(25, null, 'maxMessageSize=10\nnoSuchKey=1\n')).code, 0);
    const { extFields, body } = await lab.ask(26);
    assert.match(body!.toString(), /^maxMessageSize=10$/m);
    assert.equal((JSON.parse(extFields!.version!) as { counter: number }).counter, 1);
    assert.equal((await lab.ask(25, null, 'rocketmqHome=/x')).code, release === 'old' ? 0 : 16);
  });
}

test('new: a reset is told to the next pull, once, and an update in between is ignored', async () => {
  await using lab = await brokerLab('new');
  await prepare(lab);
  const queue = { consumerGroup: 'CG_A', topic: 'TopicA', queueId: '0' };
  const reset = { topic: 'TopicA', group: 'CG_A', timestamp: '-1', isForce: 'true', queueId: '-1', offset: '-1' };
  const { offsetTable } = bodyOf(await lab.ask(222, reset)) as { offsetTable: Record<string, number> };
  assert.deepEqual(new Set(objectKeyEntries(offsetTable).map(([, offset]) => offset)), new Set([2]));
  const update = await lab.ask(15, { ...queue, commitOffset: '0' });
  assert.deepEqual([update.code, update.remark], [0, 'Offset has been previously reset']);
  assert.equal((await lab.ask(14, queue)).extFields!.offset, '2');
  const pull = () => lab.pull('TopicA', 0, 0, { consumerGroup: 'CG_A' });
  const first = await pull();
  assert.deepEqual([first.code, first.remark, first.extFields!.nextBeginOffset], [21, 'OFFSET_RESET', '2']);
  assert.equal((await pull()).code, 0);
  await lab.ask(15, { ...queue, commitOffset: '1' });
  assert.equal((await lab.ask(14, queue)).extFields!.offset, '1');
});

test('a message is found by its key and by its place', async () => {
  await using lab = await brokerLab('new');
  await prepare(lab);
  const query = { topic: 'TopicA', key: 'k', maxNum: '3', beginTimestamp: '0', endTimestamp: '9999999999999' };
  await until(
    async () => (await lab.ask(12, query)).code === 0,
    () => 'nothing is indexed',
  );
  const { body, extFields } = await lab.ask(12, query);
  const at = body!.readBigInt64BE(28);
  assert.equal(extFields!.indexLastUpdatePhyoffset, String(at));
  const record = (await lab.ask(33, { offset: String(at) })).body!;
  assert.deepEqual(record, body!.subarray(0, record.length));
  assert.equal((await lab.ask(12, { ...query, key: 'none' })).code, 22);
});
