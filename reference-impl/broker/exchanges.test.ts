import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFastjson } from '../remoting/fastjson.ts';
import { decodeWhole, type GoldenEntry, readGolden } from '../remoting/golden.ts';
import type { RemotingCommand } from '../remoting/types.ts';
import { brokerLab } from './lab.ts';

// What stock clients asked stock brokers, and were answered: golden/client/exchanges-*.json, in the order of the recording,
// on one connection. The recordings leave requests out, so offsets and ids are not compared, but: code, remark, names of
// fields, and the shape of JSON bodies.

/** Requests for what is not built, by name and step. */
function isBuilt({ name, description }: GoldenEntry): boolean {
  const code = Number(name.split(' ')[0]);
  if ([37, 39, 105, 220, 325, 326, 370, 400, 401].includes(code) || code > 1000) return false;
  return !/transaction|timer|sql|SQL|pop/.test(description) && code !== 46;
}

/** Requests whose answers hang on what the recording left out: heartbeats, arrivals, other offsets. */
function dependsOnMore({ code, extFields }: RemotingCommand, recorded: RemotingCommand): boolean {
  const pulls = code === 11 || code === 361;
  return (pulls && (recorded.code !== 0 || extFields?.sysFlag !== '4')) || code === 12 || code === 36;
}

for (const [version, release] of [
  ['4.9.7', 'old'],
  ['5.3.3', 'new'],
] as const) {
  test(`${release}: stock clients of ${version} hear what their own broker told them`, async () => {
    await using lab = await brokerLab(release);
    await lab.send('TopicReq');
    for (let i = 0; i < 12; i++) {
      await lab.send('TopicA', `TAGS\u0001Tag${'ABC'[i % 3]}\u0002`, { queueId: i % 4 });
    }
    let compared = 0;
    for (const entry of readGolden(`client/exchanges-${version}.json`).filter(isBuilt)) {
      const request = decodeWhole(Buffer.from(entry.hex, 'hex'));
      if ((request.flag & 1) !== 0 || request.code === 40) continue;
      if ((request.flag & 2) !== 0) {
        await lab.client.invokeOneway(lab.address, request, 1000);
        continue;
      }
      const recorded = decodeWhole(Buffer.from(entry.responseHex!, 'hex'));
      if (dependsOnMore(request, recorded)) continue;
      const answer = await lab.client.invoke(lab.address, request, 5000);
      compared++;
      assert.equal(answer.code, recorded.code, `${entry.name}, ${entry.description}: ${answer.remark}`);
      if (!/Producer: /.test(recorded.remark ?? '')) assert.equal(answer.remark, recorded.remark, entry.name);
      assert.deepEqual(names(answer.extFields), names(recorded.extFields), entry.name);
      assert.deepEqual(shape(answer), shape(recorded), entry.name);
    }
    assert.ok(compared > 15, `only ${compared} exchanges were compared`);
  });
}

function names(fields: object | null): string[] {
  return Object.keys(fields ?? {}).toSorted();
}

/** Names of a JSON body; null for records and for none. */
function shape({ body }: RemotingCommand): string[] | null {
  if (body === null || body[0] !== 0x7b) return null;
  return names(parseFastjson(body.toString('utf8')) as object);
}
