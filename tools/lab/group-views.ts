import { createLog } from '../../reference-impl/base/log.ts';
import { createOperator, type Operator } from '../../reference-impl/client/operator.ts';
import type { Release } from '../../reference-impl/base/release.ts';
import { refusalCode } from '../../reference-impl/client/refused.ts';
import { ResponseCode } from '../../reference-impl/remoting/codes.ts';
import type { Cluster } from './cluster.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';

/** What one NameServer says of a broker group. */
export interface GroupView {
  readonly namesrv: string;
  /** Remoting address of id 0, null when there is none. */
  readonly master: string | null;
  /** Addresses under any other id, sorted. */
  readonly slaves: readonly string[];
}

/** A client of the lab against this cluster, as that release writes its frames. */
export function clientOptions(cluster: Cluster, namesrvAddrs: readonly string[], release: Release) {
  return { namesrvAddrs, release, log: createLog('lab', 'error'), addressBook: cluster.addressBook };
}

/** Asks every NameServer of a cluster that runs, each for itself, because clients may meet any of them. */
export class GroupViews implements AsyncDisposable {
  readonly #cluster: Cluster;
  readonly #group: string;
  readonly #operators: readonly (readonly [namesrv: PlannedServer, operator: Operator])[];

  constructor(cluster: Cluster, group: string) {
    this.#cluster = cluster;
    this.#group = group;
    this.#operators = cluster.plan.servers
      .filter(({ role }) => role === 'namesrv')
      .map((server) => [server, createOperator(clientOptions(cluster, [addressOf(server)], 'new'))] as const);
  }

  /** Any one of the operators, for calls that do not depend on the NameServer. */
  get operator(): Operator {
    return this.#operators[0]![1];
  }

  /** The group in the cluster information of every NameServer. */
  async clusterInfo(): Promise<GroupView[]> {
    return await this.#each(async (namesrv, operator) => {
      const broker = (await operator.clusterInfo()).brokerAddrTable.get(this.#group);
      return viewOf(namesrv, [...(broker?.brokerAddrs ?? [])]);
    });
  }

  /** The group in the route of `topic`; without a route nobody is there. */
  async route(topic: string): Promise<GroupView[]> {
    return await this.#each(async (namesrv, operator) => {
      const route = await this.#routeOrNull(operator, topic);
      const broker = route?.brokerDatas.find(({ brokerName }) => brokerName === this.#group);
      return viewOf(namesrv, [...(broker?.brokerAddrs ?? [])]);
    });
  }

  /** Brokers and queues of the route of `topic`, one text per NameServer, without what the releases write differently. */
  async routeTexts(topic: string): Promise<string[]> {
    return await this.#each(async (_, operator) => {
      const { brokerDatas, queueDatas } = await operator.topicRoute(topic);
      const brokers = brokerDatas.map(({ cluster, brokerName, brokerAddrs }) => ({
        cluster,
        brokerName,
        brokerAddrs: [...brokerAddrs].sort(([a], [b]) => a - b),
      }));
      const queues = queueDatas.map(({ brokerName, readQueueNums, writeQueueNums, perm, topicSysFlag }) => {
        return { brokerName, readQueueNums, writeQueueNums, perm, topicSysFlag };
      });
      return JSON.stringify({ brokers, queues }, null, 1);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#operators.map(([, operator]) => operator.close()));
  }

  async #routeOrNull(operator: Operator, topic: string) {
    try {
      return await operator.topicRoute(topic);
    } catch (thrown) {
      if (refusalCode(thrown) === ResponseCode.TOPIC_NOT_EXIST) return null;
      throw thrown;
    }
  }

  async #each<T>(look: (namesrv: string, operator: Operator) => Promise<T>): Promise<T[]> {
    const running = this.#operators.filter(([{ name }]) => this.#cluster.process(name).state === 'running');
    if (running.length === 0) {
      this.#cluster.assertNoUnexpectedExit();
      throw new Error('No NameServer runs that could be asked.');
    }
    return await Promise.all(running.map(([namesrv, operator]) => look(addressOf(namesrv), operator)));
  }
}

function viewOf(namesrv: string, brokerAddrs: readonly (readonly [number, string])[]): GroupView {
  const ofRole = (isMaster: boolean) => brokerAddrs.filter(([id]) => (id === 0) === isMaster);
  return {
    namesrv,
    master: ofRole(true)[0]?.[1] ?? null,
    slaves: ofRole(false)
      .map(([, address]) => address)
      .sort(),
  };
}
