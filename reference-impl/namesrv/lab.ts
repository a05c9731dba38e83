import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directDial } from '../base/address.ts';
import type { Clock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { Release } from '../base/release.ts';
import { type NamesrvConfig, namesrvConfig } from '../config/namesrv.ts';
import type { DataVersion } from '../remoting/bodies/data-version.ts';
import type { TopicConfig } from '../remoting/bodies/topic-config.ts';
import { createRemotingClient } from '../remoting/client.ts';
import {
  decodeTopicRoute,
  getRouteinfoByTopic,
  type TopicRouteData,
} from '../remoting/commands/get-routeinfo-by-topic.ts';
import { encodeRegisterBroker, registerBroker } from '../remoting/commands/register-broker.ts';
import { encodeHeader, type HeaderInit } from '../remoting/header.ts';
import type { RemotingClient, RemotingCommand, RequestInit } from '../remoting/types.ts';
import { startNamesrv } from './start.ts';

/** A NameServer on a free port and a client of it, for tests. */
export interface NamesrvLab extends AsyncDisposable {
  readonly address: string;
  readonly client: RemotingClient;
  ask(request: RequestInit): Promise<RemotingCommand>;
  /** Registers `topics` with their read, write queues; the rest of the header has defaults. */
  register(header: HeaderInit<typeof registerBroker.request>, body?: LabTable): Promise<RemotingCommand>;
  /** The route as its ids, addresses and perms, null for code 17. */
  route(topic: string): Promise<TopicRouteData | null>;
}

export interface LabTable {
  readonly topics?: readonly (string | TopicConfig)[];
  readonly dataVersion?: Partial<DataVersion>;
}

export const askTimeoutMs = 1000;

export async function namesrvLab(
  release: Release,
  overrides: Partial<NamesrvConfig> = {},
  clock?: Clock,
): Promise<NamesrvLab> {
  const folder = mkdtempSync(join(tmpdir(), 'namesrv-'));
  const config = namesrvConfig(release, {
    listenPort: 0,
    kvConfigPath: join(folder, 'kvConfig.json'),
    configStorePath: join(folder, 'namesrv.properties'),
    ...overrides,
  });
  const running = await startNamesrv({ config, release, log: silentLog, addressBook: directDial, clock });
  const address = running.addresses.remoting!;
  const client = createRemotingClient({ release, log: silentLog, addressBook: directDial });
  const ask = (request: RequestInit) => client.invoke(address, request, askTimeoutMs);
  return {
    address,
    client,
    ask,
    register: (header, body = {}) => ask(registration(release, header, body)),
    async route(topic) {
      const answer = await ask({ code: getRouteinfoByTopic.code, extFields: { topic } });
      return answer.code === 0 ? decodeTopicRoute(answer.body) : null;
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await running.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

export function labTopic(topicName: string, fields: Partial<TopicConfig> = {}): TopicConfig {
  return {
    topicName,
    readQueueNums: 8,
    writeQueueNums: 8,
    perm: 6,
    topicFilterType: 'SINGLE_TAG',
    topicSysFlag: 0,
    order: false,
    attributes: new Map(),
    ...fields,
  };
}

/** A registration of broker `fb` in cluster `c`: id 0 on 10.0.0.1:10911, id 1 on 10.0.0.2 and so on. */
export function registration(
  release: Release,
  header: HeaderInit<typeof registerBroker.request>,
  { topics = ['FT', 'FT2'], dataVersion = {} }: LabTable = {},
): RequestInit {
  const host = `10.0.0.${(header.brokerId ?? 0) + 1}`;
  const configs = topics.map((topic) => (typeof topic === 'string' ? labTopic(topic) : topic));
  const body = encodeRegisterBroker(
    {
      dataVersion: { counter: 1, stateVersion: 0, timestamp: 1700000000000, ...dataVersion },
      topicConfigTable: new Map(configs.map((topic) => [topic.topicName, topic])),
      filterServerList: [],
      topicQueueMappingInfoMap: new Map(),
    },
    release,
  );
  const extFields = encodeHeader(registerBroker.request, {
    brokerName: 'fb',
    clusterName: 'c',
    brokerId: 0,
    brokerAddr: `${host}:10911`,
    haServerAddr: `${host}:10912`,
    compressed: false,
    bodyCrc32: 0,
    ...(release === 'new' ? { enableActingMaster: false } : {}),
    ...header,
  });
  return { code: registerBroker.code, extFields, body };
}
