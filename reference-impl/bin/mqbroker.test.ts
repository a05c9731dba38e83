import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { directDial } from '../base/address.ts';
import { silentLog } from '../base/log.ts';
import type { Release } from '../base/release.ts';
import { labSettings, pullFields, sendFields } from '../broker/lab.ts';
import { parseOffsetMsgId } from '../message/ids.ts';
import { decodeRecord } from '../message/record.ts';
import { createRemotingClient } from '../remoting/client.ts';
import { RequestCode, ResponseCode } from '../remoting/codes.ts';
import type { RemotingClient, RemotingCommand } from '../remoting/types.ts';

const bin = fileURLToPath(new URL('mqbroker.ts', import.meta.url));

/** One broker process; `lines` is what it printed. */
class BrokerProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  /** What it logged: errors only. */
  logged = '';
  readonly exited: Promise<number | null>;

  constructor(release: Release, configFile: string) {
    const args = ['--disable-warning=ExperimentalWarning', bin, '--release', release, '-c', configFile];
    const env = { ...process.env, ROCKETMQ_HOME: tmpdir(), SWITCHLAB_LOG: 'error' };
    this.child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stderr!.on('data', (text) => (this.logged += String(text)));
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
  }

  async ready(): Promise<Record<string, string>> {
    for await (const line of createInterface({ input: this.child.stdout! })) {
      this.lines.push(line);
      if (line.startsWith('ready ')) return JSON.parse(line.slice(6)) as Record<string, string>;
    }
    throw new Error(`the broker exited with ${await this.exited}: ${this.logged}`);
  }

  async [Symbol.asyncDispose]() {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

async function configFile(folder: string, more: Record<string, string> = {}): Promise<string> {
  const settings = { ...(await labSettings(join(folder, 'store'))), ...more };
  const file = join(folder, 'broker.conf');
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  return file;
}

const killAfterAnswers = 400;
const sends = 5000;

/** Sends until the broker is killed, which happens in the middle of it; returns body by offset msgId. */
async function sendUntilKilled(
  client: RemotingClient,
  address: string,
  kill: () => void,
): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  const connection = await client.connect(address, 3000);
  const finished: Promise<void>[] = [];
  for (let i = 0; i < sends; i++) {
    const body = `message ${i} ${'x'.repeat(i % 500)}`;
    const request = {
      code: 310,
      extFields: sendFields('T', 'WAIT\u0001true\u0002', { queueId: i % 4 }),
      body: Buffer.from(body),
    };
    const answered = connection.request(request, 10_000).then(
      (answer) => {
        assert.equal(answer.code, ResponseCode.SUCCESS, answer.remark ?? '');
        acknowledged.set(answer.extFields!.msgId!, body);
        if (acknowledged.size === killAfterAnswers) kill();
      },
      // The answer that never came: nobody promised that message.
      () => {},
    );
    finished.push(answered);
    // Let the broker write in many turns, not in one.
    if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(finished);
  return acknowledged;
}

for (const [release, flushDiskType] of [
  ['old', 'ASYNC_FLUSH'],
  ['new', 'ASYNC_FLUSH'],
  ['new', 'SYNC_FLUSH'],
] as const) {
  test(`${release}, ${flushDiskType}: what was acknowledged before SIGKILL is there afterwards`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mqbroker-'));
    const client = createRemotingClient({ release, log: silentLog, addressBook: directDial });
    try {
      const file = await configFile(folder, { flushDiskType });
      let acknowledged: Map<string, string>;
      {
        await using first = new BrokerProcess(release, file);
        const { remoting } = await first.ready();
        acknowledged = await sendUntilKilled(client, remoting!, () => first.child.kill('SIGKILL'));
      }
      assert.ok(
        acknowledged.size >= killAfterAnswers && acknowledged.size < sends,
        `${acknowledged.size} were answered`,
      );
      await using second = new BrokerProcess(release, file);
      const { remoting } = await second.ready();
      for (const [msgId, body] of acknowledged) {
        const offset = String(parseOffsetMsgId(msgId)!.physicalOffset);
        const view = { code: RequestCode.VIEW_MESSAGE_BY_ID, extFields: { offset } };
        const found = await client.invoke(remoting!, view, 5000);
        assert.equal(found.code, ResponseCode.SUCCESS, `${msgId}: ${found.remark}`);
        assert.equal(Buffer.from(decodeRecord(found.body!).body).toString(), body);
      }
      assert.ok((await queued(client, remoting!)) >= acknowledged.size, 'all of them are in the queues');
    } finally {
      await client.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** Messages in the four queues of T. */
async function queued(client: RemotingClient, address: string): Promise<number> {
  let count = 0;
  for (let queueId = 0; queueId < 4; queueId++) {
    const pull = { code: RequestCode.PULL_MESSAGE, extFields: pullFields('T', queueId, 0) };
    count += Number((await client.invoke(address, pull, 5000)).extFields!.maxOffset);
  }
  return count;
}

/** Sends one after the other until one is refused; returns the answers. */
async function sendUntilRefused(client: RemotingClient, address: string): Promise<RemotingCommand[]> {
  const answers: RemotingCommand[] = [];
  do {
    const request = { code: 310, extFields: sendFields('T', '', {}), body: Buffer.alloc(60_000) };
    answers.push(await client.invoke(address, request, 5000));
  } while (answers.at(-1)!.code === ResponseCode.SUCCESS && answers.length < sends);
  return answers;
}

for (const flushDiskType of ['ASYNC_FLUSH', 'SYNC_FLUSH'] as const) {
  test(`${flushDiskType}: a broker whose store vanishes says so once, refuses sends at once, and leaves in time`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mqbroker-'));
    const client = createRemotingClient({ release: 'new', log: silentLog, addressBook: directDial });
    try {
      await using broker = new BrokerProcess('new', await configFile(folder, { flushDiskType }));
      const { remoting } = await broker.ready();
      const send = { code: 310, extFields: sendFields('T', '', {}), body: Buffer.from('body') };
      assert.equal((await client.invoke(remoting!, send, 5000)).code, ResponseCode.SUCCESS);
      rmSync(join(folder, 'store'), { recursive: true });
      const refusal = (await sendUntilRefused(client, remoting!)).at(-1)!;
      assert.equal(refusal.code, ResponseCode.SERVICE_NOT_AVAILABLE);
      assert.match(refusal.remark!, /^service not available now/);
      const again = await client.invoke(remoting!, send, 5000);
      assert.equal(again.code, ResponseCode.SERVICE_NOT_AVAILABLE);
      broker.child.kill('SIGTERM');
      assert.equal(await broker.exited, 0);
      const errors = broker.logged
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.equal(errors.length, 1, broker.logged);
      assert.equal(errors[0]!.msg, 'the disk failed: nothing more is stored');
    } finally {
      await client.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test('it prints what RocketMQ prints, and leaves in time when it is told to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mqbroker-'));
  try {
    await using broker = new BrokerProcess('new', await configFile(folder, { namesrvAddr: '127.0.0.1:1' }));
    const { remoting } = await broker.ready();
    const boot = `The broker[broker-a, ${remoting}] boot success. serializeType=JSON and name server is 127.0.0.1:1`;
    assert.equal(broker.lines[0], boot);
    const startMs = performance.now();
    broker.child.kill('SIGTERM');
    assert.equal(await broker.exited, 0);
    assert.ok(performance.now() - startMs < 5000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
