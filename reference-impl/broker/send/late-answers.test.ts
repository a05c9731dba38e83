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
import { message } from '../../store/store.fixture.ts';
import type { Broker, Handlers } from '../broker.ts';
import { createBroker } from '../create.ts';
import { labSettings, sendFields } from '../lab.ts';
import { sendBackHandlers } from './send-back.ts';
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
  const changed: Record<string, unknown> = {};
  const role = new Proxy(broker.role, {
    get: (own, key) => (key in changed ? Reflect.get(changed, key) : bound(own, Reflect.get(own, key, own))),
  });
  const registration = { announce: () => announced.promise } as unknown as Broker['registration'];
  const slow: Broker = Object.create(broker, { role: { value: role }, registration: { value: registration } });
  return { broker: slow, announced, changed };
}

/** Methods with private fields do not run on a proxy. */
function bound(owner: object, value: unknown): unknown {
  return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(owner) : value;
}

/** Asks a handler that answers later. */
function ask(handler: Handlers[number], request: object): Promise<ResponseInit> {
  const { promise, resolve } = Promise.withResolvers<ResponseInit>();
  const connection = {
    remoteAddress: '127.0.0.1:1',
    reply: (_: RemotingCommand, response: ResponseInit) => resolve(response),
  } as unknown as Connection;
  assert.equal(handler(request as RemotingCommand, connection), undefined);
  return promise;
}

function send(path: SendPath): Promise<ResponseInit> {
  const code = RequestCode.SEND_MESSAGE_V2;
  const request = { code, extFields: sendFields('Fresh', '', {}), body: Buffer.from('body'), version: 0 };
  return ask(path.handlers()[code]!, request);
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

test('a message that is sent back to a DLedger group is kept when a majority has it', async (t) => {
  const { broker, changed } = await slowlyAnnouncing(t);
  const late = { code: ResponseCode.SYSTEM_ERROR, remark: 'busy' };
  Object.assign(changed, { majority: { timeoutMs: 1000, late, roleChanged: late }, replicatedOffset: 0 });
  const path = new SendPath(broker);
  broker.groups.findOrCreate('G');
  const first = broker.store.append(message());
  assert.ok(typeof first === 'object');
  broker.store.writeNow();
  const fields = { offset: String(first.physicalOffset), group: 'G', delayLevel: '0', unitMode: 'false' };
  const { CONSUMER_SEND_MSG_BACK: code } = RequestCode;
  const handler = sendBackHandlers(broker, path.acknowledgements)[code]!;
  const asked = () => ask(handler, { code, extFields: fields, body: null, version: 0 });
  const answer = asked();
  path.acknowledgements.release();
  assert.equal(path.acknowledgements.size, 1, 'nobody else has it');
  Object.assign(changed, { replicatedOffset: broker.store.writtenOffset });
  path.acknowledgements.release();
  assert.deepEqual(await answer, { code: ResponseCode.SUCCESS });
  const never = asked();
  path.acknowledgements.sweep(Date.now() + 1001);
  assert.deepEqual((await never).code, ResponseCode.SYSTEM_ERROR);
});

test('a topic that NameServers cannot hear of is not sent to', async (t) => {
  const { broker, announced } = await slowlyAnnouncing(t);
  const answer = send(new SendPath(broker));
  announced.reject(new Error('nobody there'));
  assert.deepEqual(await answer, { code: ResponseCode.SYSTEM_ERROR, remark: 'nobody there', extFields: {} });
  assert.equal(broker.store.maxPhyOffset, 0);
});
