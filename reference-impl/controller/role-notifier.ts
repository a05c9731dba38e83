import { errorText } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { notifyBrokerRoleChanged } from '../remoting/commands/notify-broker-role-changed.ts';
import { encodeHeader } from '../remoting/header.ts';
import { encodeSyncStateSet } from '../remoting/bodies/sync-state-set.ts';
import type { RemotingClient, RequestInit } from '../remoting/types.ts';
import type { BrokerSet } from './state/replicas.ts';

interface Pending {
  readonly masterEpoch: number;
  readonly request: RequestInit;
}

const timeoutMs = 3000;

/**
 * Tells brokers who is master (1008), oneway: a broker that is not told finds out by asking. At most one notification per
 * address is under way and one waits; a newer epoch replaces the one that waits.
 */
export class RoleNotifier {
  readonly #client: Pick<RemotingClient, 'invokeOneway'>;
  readonly #log: Log;
  readonly #waiting = new Map<string, Pending>();
  readonly #sending = new Set<string>();

  constructor(client: Pick<RemotingClient, 'invokeOneway'>, log: Log) {
    this.#client = client;
    this.#log = log;
  }

  /** @param addresses of the living brokers of the set */
  notify(set: BrokerSet, addresses: readonly string[]): void {
    const { masterBrokerId, masterEpoch, syncStateSetEpoch } = set;
    const masterAddress = masterBrokerId === null ? null : set.brokers.get(masterBrokerId)?.address;
    const header = { masterAddress, masterEpoch, syncStateSetEpoch, masterBrokerId };
    const request: RequestInit = {
      code: notifyBrokerRoleChanged.code,
      extFields: encodeHeader(notifyBrokerRoleChanged.request, header),
      body: encodeSyncStateSet(set),
    };
    for (const address of addresses) {
      const waiting = this.#waiting.get(address);
      if (waiting !== undefined && waiting.masterEpoch >= masterEpoch) continue;
      this.#waiting.set(address, { masterEpoch, request });
      if (!this.#sending.has(address)) void this.#send(address);
    }
  }

  async #send(address: string): Promise<void> {
    this.#sending.add(address);
    for (let next = this.#waiting.get(address); next !== undefined; next = this.#waiting.get(address)) {
      this.#waiting.delete(address);
      try {
        await this.#client.invokeOneway(address, next.request, timeoutMs);
      } catch (thrown) {
        this.#log.warn({ address, masterEpoch: next.masterEpoch, reason: errorText(thrown) }, 'broker not notified');
      }
    }
    this.#sending.delete(address);
  }
}
