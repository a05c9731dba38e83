import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import getPort from 'get-port';
import { SwitchlabError } from '../../base/errors.ts';
import { decodeRecords } from '../../message/record.ts';
import { namesrvLab } from '../../namesrv/lab.ts';
import { type BrokerLab, brokerLab, until } from '../lab.ts';

// Ten times as fast as DLedger's defaults: a leader is missed after 600 ms.
process.env.SWITCHLAB_RAFT_HEARTBEAT_MS = '200';

/** A DLedger group of `size` brokers and the NameServer that they register with; members can leave and come back. */
class Group {
  readonly members = new Map<string, BrokerLab>();
  readonly #root: string;
  readonly #peers: string;
  readonly #namesrvAddr: string;

  constructor(t: TestContext, ports: readonly number[], namesrvAddr: string) {
    this.#root = mkdtempSync(join(tmpdir(), 'dledger-group-'));
    this.#peers = ports.map((port, i) => `n${i}-127.0.0.1:${port}`).join(';');
    this.#namesrvAddr = namesrvAddr;
    t.after(async () => {
      for (const id of this.members.keys()) await this.stop(id);
      rmSync(this.#root, { recursive: true });
    });
  }

  get ids(): string[] {
    return this.#peers.split(';').map((peer) => peer.split('-')[0]!);
  }

  async start(id: string): Promise<void> {
    const settings = {
      namesrvAddr: this.#namesrvAddr,
      enableDLegerCommitLog: true,
      dLegerGroup: 'broker-a',
      dLegerPeers: this.#peers,
      dLegerSelfId: id,
      mappedFileSizeCommitLog: 1048576,
    };
    this.members.set(id, await brokerLab('old', settings, this.store(id)));
  }

  async stop(id: string): Promise<void> {
    const member = this.members.get(id);
    this.members.delete(id);
    await member?.stop();
  }

  dledgerAddress(id: string): string {
    return this.#peers
      .split(';')
      .find((peer) => peer.startsWith(`${id}-`))!
      .slice(id.length + 1);
  }

  store(id: string): string {
    return join(this.#root, id);
  }

  /** The member that takes messages, once there is one. */
  async master(topic = 'T'): Promise<[id: string, member: BrokerLab]> {
    let found: [string, BrokerLab] | undefined;
    let seen = 'nothing';
    await until(
      async () => {
        for (const [id, member] of this.members) {
          const { code, remark } = await member.send(topic);
          if (code === 0) found = [id, member];
          else seen = `${id}: ${code} ${remark}`;
        }
        return found !== undefined;
      },
      () => seen,
      20_000,
    );
    return found!;
  }
}

async function group(
  t: TestContext,
  size: number,
): Promise<{ brokers: Group; namesrv: Awaited<ReturnType<typeof namesrvLab>> }> {
  const namesrv = await namesrvLab('old');
  const ports = await Promise.all(Array.from({ length: size }, () => getPort({ reserve: true })));
  const brokers = new Group(t, ports, namesrv.address);
  t.after(() => namesrv[Symbol.asyncDispose]());
  for (const id of brokers.ids) await brokers.start(id);
  return { brokers, namesrv };
}

async function bodies(member: BrokerLab, topic: string): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const answer = await member.pull(topic, 0, found.length);
    if (answer.code !== 0) return found;
    found.push(...decodeRecords(answer.body!).map(({ body }) => Buffer.from(body).toString()));
  }
}

test('three brokers elect a master, replicate, and lose nothing when it goes', async (t) => {
  const { brokers, namesrv } = await group(t, 3);
  const [firstId, first] = await brokers.master('Warm');
  for (const [id, member] of brokers.members) {
    if (id !== firstId) assert.equal((await member.send('Warm')).code, 14, 'a slave stores nothing');
  }
  const followerIds = brokers.ids.filter((id) => id !== firstId).map((id) => String(Number(id.slice(1)) + 1));
  let ids = '';
  await until(
    async () => {
      const addresses = (await namesrv.route('Warm'))?.brokerDatas[0]?.brokerAddrs ?? new Map<number, string>();
      ids = [...addresses.keys()].sort((a, b) => a - b).join();
      return ids === [0, ...followerIds].join();
    },
    () => `the route names ${ids}`,
  );
  await first.send('T', '', { body: 'first' });
  for (const member of brokers.members.values()) {
    await until(
      async () => (await bodies(member, 'T')).length === 1,
      () => 'a slave does not have topic and message',
    );
  }
  const sent = Array.from({ length: 200 }, (_, i) => `message ${i}`);
  const answers = await Promise.all(sent.map((body) => first.send('T', '', { body })));
  assert.deepEqual(new Set(answers.map(({ code }) => code)), new Set([0]));
  await brokers.stop(firstId);
  const [secondId, second] = await brokers.master('Warm');
  assert.notEqual(secondId, firstId);
  assert.deepEqual((await bodies(second, 'T')).sort(), ['first', ...sent].sort());
  assert.equal((await second.send('T', '', { body: 'more' })).code, 0);
  await brokers.start(firstId);
  const back = brokers.members.get(firstId)!;
  await until(
    async () => (await bodies(back, 'T')).includes('more'),
    () => 'the returned broker has not caught up',
  );
  assert.deepEqual(await bodies(back, 'T'), await bodies(second, 'T'));
});

test('the master gives way to the broker that is asked for', async (t) => {
  const { brokers } = await group(t, 3);
  await brokers.master();
  const [, { client }] = [...brokers.members][0]!;
  const ask = async (id: string, code: number, more: object = {}) => {
    const body = { group: 'broker-a', remoteId: id, localId: id, leaderId: id, ...more };
    const request = { code, body: Buffer.from(JSON.stringify(body)) };
    return JSON.parse((await client.invoke(brokers.dledgerAddress(id), request, 10_000)).body!.toString());
  };
  const leader = async (): Promise<string | undefined> => (await ask('n0', 50000)).leaderId;
  assert.equal(Object.keys((await ask('n1', 50000)).peers).length, 3);
  const firstId = await leader();
  const wantedId = brokers.ids.find((id) => id !== firstId)!;
  let answer = 'nothing';
  // Another broker can win the vote, or the role change meanwhile: an operator asks again.
  await until(
    async () => {
      if ((await brokers.members.get(wantedId)!.send('T')).code === 0) return true;
      const leaderId = await leader();
      if (leaderId === undefined || leaderId === wantedId) return false;
      const { term } = await ask(leaderId, 51005, { term: 99, transferId: leaderId, transfereeId: wantedId });
      answer = JSON.stringify(await ask(leaderId, 51005, { term, transferId: leaderId, transfereeId: wantedId }));
      return false;
    },
    () => `${wantedId} does not lead: ${answer}`,
    20_000,
  );
});

test('without a majority nothing is acknowledged', async (t) => {
  const { brokers } = await group(t, 3);
  const [masterId, master] = await brokers.master();
  for (const id of brokers.ids) if (id !== masterId) await brokers.stop(id);
  const answer = await master.send('T', '', { body: 'unsafe' });
  assert.equal(answer.code, 1);
  assert.match(answer.remark!, /broker busy|UNKNOWN_ERROR/);
  await until(
    async () => (await master.send('T')).code === 14,
    () => 'the leader without followers is still master',
  );
});

test('a broker that is its own group serves, and its files are those of DLedger', async (t) => {
  const { brokers } = await group(t, 1);
  const [, only] = await brokers.master();
  for (let i = 0; i < 10; i++) assert.equal((await only.send('T', '', { body: `${i}` })).code, 0);
  await brokers.stop('n0');
  const folder = join(brokers.store('n0'), 'dledger-n0');
  assert.deepEqual(
    readdirSync(folder)
      .filter((name) => !name.endsWith('.bak'))
      .sort(),
    ['checkpoint', 'currterm', 'data', 'index'],
  );
  assert.deepEqual(readdirSync(join(folder, 'data')), ['0'.repeat(20)]);
  assert.ok(!existsSync(join(brokers.store('n0'), 'commitlog')));
  await brokers.start('n0');
  assert.equal((await bodies(brokers.members.get('n0')!, 'T')).length, 11);
});

const refused = [
  ['no group', { dLegerGroup: '' }, 'DLEDGER_GROUP_MISSING'],
  ['no peers', { dLegerPeers: '' }, 'DLEDGER_PEERS_ILLEGAL'],
  ['an id that is no peer', { dLegerSelfId: 'n7' }, 'DLEDGER_SELF_ID_ILLEGAL'],
  ['an id without a number', { dLegerPeers: 'nx-127.0.0.1:1', dLegerSelfId: 'nx' }, 'DLEDGER_SELF_ID_ILLEGAL'],
] as const;

for (const [title, settings, code] of refused) {
  test(`a DLedger broker with ${title} does not start`, async () => {
    const good = { enableDLegerCommitLog: true, dLegerGroup: 'g', dLegerPeers: 'n0-127.0.0.1:1', dLegerSelfId: 'n0' };
    const start = brokerLab('old', { ...good, ...settings });
    await assert.rejects(start, (error) => error instanceof SwitchlabError && error.code === code);
  });
}
