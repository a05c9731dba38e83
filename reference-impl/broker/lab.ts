import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { directDial } from '../base/address.ts';
import { type Log, silentLog } from '../base/log.ts';
import type { Release } from '../base/release.ts';
import { type BrokerConfig, brokerConfig } from '../config/broker.ts';
import { createRemotingClient } from '../remoting/client.ts';
import { RequestCode } from '../remoting/codes.ts';
import { encodeSendMessageV2 } from '../remoting/commands/send-message.ts';
import type { ExtFields, RemotingClient, RemotingCommand } from '../remoting/types.ts';
import { startBroker } from './start.ts';

/** A broker on free ports with a store of its own, and a client of it, for tests. */
export interface BrokerLab extends AsyncDisposable {
  readonly address: string;
  readonly storePathRootDir: string;
  readonly client: RemotingClient;
  ask(code: number, extFields?: ExtFields | null, body?: string | Uint8Array): Promise<RemotingCommand>;
  send(topic: string, properties?: string, options?: SendOptions): Promise<RemotingCommand>;
  /** Pulls with the subscription in the request, without waiting. */
  pull(topic: string, queueId: number, offset: number, more?: ExtFields): Promise<RemotingCommand>;
  /** Stops the broker and leaves its store. */
  stop(): Promise<void>;
}

interface SendOptions {
  readonly queueId?: number;
  readonly body?: string;
  readonly more?: ExtFields;
}

const askTimeoutMs = 10_000;

/** @param store folder of a store to open again; default: a new one, removed in the end */
export async function brokerLab(
  release: Release,
  overrides: Partial<BrokerConfig> = {},
  store?: string,
  log: Log = silentLog,
): Promise<BrokerLab> {
  const storePathRootDir = store ?? mkdtempSync(join(tmpdir(), 'broker-'));
  const config = brokerConfig(release, { ...(await labSettings(storePathRootDir)), ...overrides });
  const remove = () => {
    if (store === undefined) rmSync(storePathRootDir, { recursive: true, force: true });
  };
  const running = await startBroker({ config, release, log, addressBook: directDial, defect: null }).catch((thrown) => {
    remove();
    throw thrown;
  });
  const address = running.addresses.remoting!;
  const client = createRemotingClient({ release, log: silentLog, addressBook: directDial });
  const ask: BrokerLab['ask'] = (code, extFields = null, body = '') => {
    return client.invoke(address, { code, extFields, body: body === '' ? null : Buffer.from(body) }, askTimeoutMs);
  };
  const stop = async () => {
    await client.close();
    await running.stop();
  };
  return {
    address,
    storePathRootDir,
    client,
    ask,
    stop,
    send: (topic, properties = '', options = {}) => {
      return ask(RequestCode.SEND_MESSAGE_V2, sendFields(topic, properties, options), options.body ?? 'body');
    },
    pull: (topic, queueId, offset, more = {}) =>
      ask(RequestCode.PULL_MESSAGE, pullFields(topic, queueId, offset, more)),
    async [Symbol.asyncDispose]() {
      await stop();
      remove();
    },
  };
}

/** Settings of a small broker on loopback, whose ports are free. */
export async function labSettings(storePathRootDir: string): Promise<Partial<BrokerConfig>> {
  return {
    listenPort: await freePort(),
    bindAddress: '127.0.0.1',
    brokerIP1: '127.0.0.1',
    brokerIP2: '127.0.0.1',
    brokerName: 'broker-a',
    brokerClusterName: 'DefaultCluster',
    storePathRootDir,
    mappedFileSizeCommitLog: 16 * 1024 * 1024,
    maxHashSlotNum: 1000,
    maxIndexNum: 10_000,
  };
}

// Below those that the system gives to connections: a broker that starts again finds its own ports free.
const portsFrom = 30_000;
const portsCount = 2_700;

/** A port with the one above and the one two below it free too. */
async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const wanted = portsFrom + Math.floor(Math.random() * portsCount);
    const port = await getPort({ port: wanted, reserve: true });
    if (port !== wanted) continue;
    const neighbours = [port + 1, port - 2];
    const free = await Promise.all(
      neighbours.map((neighbour) => getPort({ port: neighbour, host: '127.0.0.1', reserve: true })),
    );
    if (free.every((found, i) => found === neighbours[i])) return port;
  }
  throw new Error('no three free ports');
}

/** Fields of a 310. */
export function sendFields(topic: string, properties: string, { queueId = 0, more = {} }: SendOptions): ExtFields {
  const header = {
    producerGroup: 'PG',
    topic,
    defaultTopic: 'TBW102',
    defaultTopicQueueNums: 4,
    queueId,
    sysFlag: 0,
    bornTimestamp: Date.now(),
    flag: 0,
    properties,
    reconsumeTimes: 0,
    unitMode: false,
    maxReconsumeTimes: null,
    batch: false,
  };
  return { ...encodeSendMessageV2(header, 'broker-a'), ...more };
}

/** Fields of an 11. */
export function pullFields(topic: string, queueId: number, offset: number, more: ExtFields = {}): ExtFields {
  return {
    consumerGroup: 'CG',
    topic,
    queueId: String(queueId),
    queueOffset: String(offset),
    maxMsgNums: '32',
    sysFlag: '4',
    commitOffset: '0',
    suspendTimeoutMillis: '0',
    subscription: '*',
    subVersion: '0',
    expressionType: 'TAG',
    ...more,
  };
}

/** Waits until `condition` holds; fails after `deadlineMs` with what `describe` saw last. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  describe: () => string,
  deadlineMs = 10_000,
): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`not in ${deadlineMs} ms: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
