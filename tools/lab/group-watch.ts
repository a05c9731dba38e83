import { setTimeout as delay } from 'node:timers/promises';
import { createOperator, type Operator } from '../../reference-impl/client/operator.ts';
import { RequestCode, ResponseCode } from '../../reference-impl/remoting/codes.ts';
import { parseFastjson } from '../../reference-impl/remoting/fastjson.ts';
import type { RemotingClient } from '../../reference-impl/remoting/types.ts';
import { createRemotingClient } from '../../reference-impl/remoting/client.ts';
import type { ReplicasInfo } from '../../reference-impl/client/controller-calls.ts';
import type { Cluster } from './cluster.ts';
import { clientOptions } from './group-views.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import type { RecordEvent, RouteEvent } from './timeline.ts';

type Seen = RouteEvent | RecordEvent;

/** One small question per server and look: nothing that anybody's timing feels. */
const pollMs = 200;
const answerMs = 1_000;

/**
 * Writes into the timeline what NameServers and the leading controller say of a group, whenever it changes. For reports
 * only: no verdict depends on it. The lab's own connections are never cut.
 */
export class GroupWatch implements AsyncDisposable {
  readonly #cluster: Cluster;
  readonly #group: string;
  readonly #remoting: RemotingClient;
  readonly #operators: readonly Operator[];
  readonly #stop = new AbortController();
  readonly #watching: Promise<unknown>;

  constructor(cluster: Cluster, group: string) {
    this.#cluster = cluster;
    this.#group = group;
    this.#remoting = createRemotingClient(clientOptions(cluster, [], 'new'));
    const ofRole = (role: string) => cluster.plan.servers.filter((server) => server.role === role);
    const namesrvs = ofRole('namesrv').map((server) => {
      return [server, createOperator(clientOptions(cluster, [addressOf(server)], 'new'))] as const;
    });
    this.#operators = namesrvs.map(([, operator]) => operator);
    this.#watching = Promise.all([
      ...namesrvs.map(([server, operator]) => this.#watch(server, () => this.#listedBy(server, operator))),
      ...ofRole('controller').map((server) => this.#watch(server, () => this.#recordedBy(server))),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#remoting.close(), ...this.#operators.map((operator) => operator.close())]);
    await this.#watching;
  }

  async #watch(source: PlannedServer, look: () => Promise<Seen | null>): Promise<void> {
    let last = '';
    while (!this.#stop.signal.aborted) {
      // Whoever is dead, frozen or without a leader says nothing.
      const seen = this.#runs(source) ? await look().catch(() => null) : null;
      const text = seen === null ? last : JSON.stringify(seen);
      if (seen !== null && text !== last) this.#cluster.note(seen);
      last = text;
      await delay(pollMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  #runs({ name }: PlannedServer): boolean {
    return this.#cluster.process(name).state === 'running';
  }

  async #listedBy(namesrv: PlannedServer, operator: Operator): Promise<Seen> {
    const brokers = (await operator.clusterInfo()).brokerAddrTable.get(this.#group)?.brokerAddrs ?? [];
    const named = [...brokers].map(([id, address]) => [id, this.#nameOf(address)] as const);
    const master = named.find(([id]) => id === 0)?.[1] ?? null;
    const slaves = named.filter(([id]) => id !== 0).map(([, name]) => name);
    return { namesrv: namesrv.name, group: this.#group, master, slaves: slaves.sort() };
  }

  /** Only the controller that leads answers; null from the others, and while the group is unknown. */
  async #recordedBy(controller: PlannedServer): Promise<Seen | null> {
    const request = {
      code: RequestCode.CONTROLLER_GET_SYNC_STATE_DATA,
      body: Buffer.from(JSON.stringify([this.#group])),
    };
    const { code, body } = await this.#remoting.invoke(addressOf(controller), request, answerMs);
    if (code !== ResponseCode.SUCCESS) return null;
    const table = parseFastjson(body?.toString() ?? '') as {
      replicasInfoTable?: Record<string, Partial<ReplicasInfo>>;
    };
    const info = table.replicasInfoTable?.[this.#group];
    if (info === undefined) return null;
    const inSync = (info.inSyncReplicas ?? []).map(({ brokerAddress }) => this.#nameOf(brokerAddress));
    return {
      controller: controller.name,
      group: this.#group,
      master: info.masterAddress ? this.#nameOf(info.masterAddress) : null,
      masterEpoch: info.masterEpoch ?? 0,
      syncStateSetEpoch: info.syncStateSetEpoch ?? 0,
      inSync: inSync.sort(),
    };
  }

  /** A broker by its name; an address that is nobody's stays as it is. */
  #nameOf(address: string): string {
    return this.#cluster.replicas(this.#group).find((replica) => addressOf(replica) === address)?.name ?? address;
  }
}
