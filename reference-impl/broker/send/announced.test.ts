import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { directDial } from '../../base/address.ts';
import { silentLog } from '../../base/log.ts';
import { brokerConfig } from '../../config/broker.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import type { Connection, RemotingCommand, ResponseInit } from '../../remoting/types.ts';
import type { Broker } from '../broker.ts';
import { createBroker } from '../create.ts';
import { labSettings, sendFields } from '../lab.ts';
import { SendPath } from './send-path.ts';

/** A broker whose NameServers answer when the test says so, and whose role the test can change. */
async function slowlyAnnouncing(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'announced-'));
  const config = brokerConfig('new', await labSettings(root));
  const broker = await createBroker({ config, release: 'new', log: silentLog, addressBook: directDial, defect: null });
  t.after(async () => {
    await broker.store.close();
    rmSync(root, { recursive: true });
  });
  const announced = Promise.withResolvers<void>();
  const changed: { name?: Broker['role']['name'] } = {};
  const role = new Proxy(broker.role, {
    get: (own, key) => (key === 'name' && changed.name !== undefined ? changed.name : Reflect.get(own, key, own)),
  });
  const registration = { announce: () => announced.promise } as unknown as Broker['registration'];
  const slow: Broker = Object.create(broker, { role: { value: role }, registration: { value: registration } });
  return { broker: slow, announced, changed };
}

function send(path: SendPath): Promise<ResponseInit> {
  const { promise, resolve } = Promise.withResolvers<ResponseInit>();
  const connection = {
    remoteAddress: '127.0.0.1:1',
    reply: (_: RemotingCommand, response: ResponseInit) => resolve(response),
  } as unknown as Connection;
  const code = RequestCode.SEND_MESSAGE_V2;
  const request = { code, extFields: sendFields('Fresh', '', {}), body: Buffer.from('body'), version: 0 };
  assert.equal(path.handlers()[code]!(request as unknown as RemotingCommand, connection), undefined);
  return promise;
}

test('a broker that became a slave while NameServers heard of the topic stores nothing', async (t) => {
  const { broker, announced, changed } = await slowlyAnnouncing(t);
  const answer = send(new SendPath(broker));
  changed.name = 'SLAVE';
  announced.resolve();
  const { code, remark } = await answer;
  assert.equal(code, ResponseCode.SYSTEM_BUSY);
  assert.match(remark!, /^\[REJECTREQUEST\]/);
  assert.equal(broker.store.maxPhyOffset, 0);
});

test('a topic that NameServers cannot hear of is not sent to', async (t) => {
  const { broker, announced } = await slowlyAnnouncing(t);
  const answer = send(new SendPath(broker));
  announced.reject(new Error('nobody there'));
  assert.deepEqual(await answer, { code: ResponseCode.SYSTEM_ERROR, remark: 'nobody there', extFields: {} });
  assert.equal(broker.store.maxPhyOffset, 0);
});
