import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { seededRandom } from '../base/random.ts';
import { decodeRecord } from '../message/record.ts';
import { openStore } from './open.ts';
import { storeOptions, temporaryFolder } from './store.fixture.ts';
import type { MessageStore } from './types.ts';

// SWITCHLAB_CRASHES: how often the writer is killed (the drill: 50). SWITCHLAB_SEED: when.
const crashes = Number(process.env.SWITCHLAB_CRASHES ?? 4);
const seed = Number(process.env.SWITCHLAB_SEED ?? 1);
const writer = new URL('crash-writer.fixture.ts', import.meta.url).pathname;

/** Runs the writer until it has acknowledged `count` more messages, kills it a moment later; returns what it acknowledged. */
async function writeAndKill(
  root: string,
  first: number,
  count: number,
  extraMs: number,
  flush: string,
): Promise<number> {
  const child = spawn(process.execPath, [writer, root, String(first), flush], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let killing = false;
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString('latin1');
    if (killing || lastNumber(text) < first + count) return;
    killing = true;
    setTimeout(() => child.kill('SIGKILL'), extraMs);
  });
  await once(child, 'close');
  assert.equal(child.signalCode, 'SIGKILL');
  return lastNumber(text);
}

/** The last line may be cut: it is not counted. */
function lastNumber(text: string): number {
  return Number(text.split('\n').at(-2) ?? 0);
}

/** Numbers of all messages, in log order of each queue, merged; every queue must count up by 4. */
function numbersIn(store: MessageStore): number {
  let total = 0;
  for (let queueId = 0; queueId < 4; queueId++) {
    let offset = 0;
    for (;;) {
      const { records, nextBeginOffset, status } = store.getMessages('TopicA', queueId, offset, 32, null);
      if (status !== 'FOUND') break;
      for (const record of records) {
        const { body, queueOffset } = decodeRecord(record);
        assert.equal(Number.parseInt(Buffer.from(body).toString('latin1'), 10), queueOffset * 4 + queueId);
        total++;
      }
      offset = nextBeginOffset;
    }
  }
  return total;
}

for (const flush of ['ASYNC_FLUSH', 'SYNC_FLUSH']) {
  test(`${flush}: after SIGKILL every acknowledged message is there, once and in order`, async (t) => {
    const root = temporaryFolder(t);
    const random = seededRandom(seed);
    let first = 0;
    for (let crash = 0; crash < crashes; crash++) {
      const acknowledged = await writeAndKill(root, first, 1 + random.int(3000), random.int(20), flush);
      assert.ok(existsSync(join(root, 'abort')));
      const store = await openStore(storeOptions(root, { mappedFileSizeCommitLog: 1048576 }));
      const found = numbersIn(store);
      assert.ok(found >= acknowledged, `crash ${crash}, seed ${seed}: ${acknowledged} acknowledged, ${found} found`);
      const key = `K${acknowledged - 1}`;
      assert.equal(store.queryByKey('TopicA', key, 10, 0, Infinity).length, 1, `crash ${crash}, seed ${seed}: ${key}`);
      await store.close();
      first = found;
    }
    t.diagnostic(`${crashes} crashes, ${first} messages`);
  });
}
