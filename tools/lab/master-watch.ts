import { setTimeout as delay } from 'node:timers/promises';
import { parseFastjson } from '../../reference-impl/remoting/fastjson.ts';
import type { BrokerEpochs } from '../../reference-impl/client/broker-calls.ts';
import { createRemotingClient } from '../../reference-impl/remoting/client.ts';
import { RequestCode, ResponseCode } from '../../reference-impl/remoting/codes.ts';
import type { RemotingClient } from '../../reference-impl/remoting/types.ts';
import { groupBy, type MasterSighting } from '../check/ledger.ts';
import { masterEpochMonotone, oneMasterPerEpoch } from '../check/replicas.ts';
import { clientOptions } from './group-views.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure } from './until.ts';
import { assertNone } from './violations.ts';

type Seen = Pick<MasterSighting, 'masterEpoch' | 'masterAddress'>;

const pollMs = 50;
const answerMs = 2_000;
const masterRoleId = 0;

/**
 * Who is master of a trial's group for which epoch, asked all the time of everybody who claims to know: of each controller
 * for itself, also one that is cut off, and of each replica for its own role. Links of the lab's clients are never cut.
 */
export class MasterWatch implements AsyncDisposable {
  readonly #trial: Trial;
  readonly #client: RemotingClient;
  readonly #stop = new AbortController();
  readonly #sightings: MasterSighting[] = [];
  #watching: Promise<unknown> | null = null;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#client = createRemotingClient(clientOptions(trial.cluster, [], 'new'));
  }

  /** Begins to look; a second call changes nothing. */
  start(): void {
    const { cluster, controllers, group } = this.#trial;
    this.#watching ??= Promise.all([
      ...controllers.map((controller) => this.#watch(controller, () => this.#recordedBy(controller))),
      ...cluster.replicas(group).map((replica) => this.#watch(replica, () => this.#claimedBy(replica))),
    ]);
  }

  /** No epoch had two masters, whoever says so, and nobody who knew of an epoch went back to an earlier one. */
  sawOneMasterPerEpoch(): void {
    const violations = [...oneMasterPerEpoch(this.#sightings), ...masterEpochMonotone(this.#sightings)];
    const epochs = groupBy(this.#sightings, ({ masterEpoch }) => String(masterEpoch));
    const text = [...epochs].map(([epoch, rows]) => `${epoch} by ${rows.length} sources`).join(', ');
    this.#trial.options.observe('epochs seen', epochs.size, `epochs with a master: ${text}`);
    assertNone(violations, this.#trial.options.evidenceFolder);
    if (epochs.size === 0) throw new ConditionFailure('Nobody named a master at any time.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#client.close();
    await this.#watching;
  }

  async #watch(source: PlannedServer, look: () => Promise<Seen | null>): Promise<void> {
    let last: Seen | null = null;
    while (!this.#stop.signal.aborted) {
      // Whoever is dead, frozen or without a leader names nobody.
      const seen = await look().catch(() => null);
      if (seen !== null && (seen.masterEpoch !== last?.masterEpoch || seen.masterAddress !== last.masterAddress)) {
        this.#sightings.push({ brokerName: this.#trial.group, ...seen, seenMs: Date.now(), source: source.name });
        last = seen;
      }
      await delay(pollMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #recordedBy(controller: PlannedServer): Promise<Seen | null> {
    const { group } = this.#trial;
    const body = Buffer.from(JSON.stringify([group]));
    const answer = await this.#ask(controller, RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, body);
    const { replicasInfoTable } = answer as { replicasInfoTable: Record<string, Partial<Seen>> };
    const { masterEpoch, masterAddress } = replicasInfoTable[group] ?? {};
    return masterEpoch === undefined || !masterAddress ? null : { masterEpoch, masterAddress };
  }

  async #claimedBy(replica: PlannedServer): Promise<Seen | null> {
    const answer = await this.#ask(replica, RequestCode.GET_BROKER_EPOCH_CACHE, null);
    const { brokerId, epochList } = answer as Pick<BrokerEpochs, 'brokerId' | 'epochList'>;
    const newest = epochList.at(-1);
    if (brokerId !== masterRoleId || newest === undefined) return null;
    return { masterEpoch: newest.epoch, masterAddress: addressOf(replica) };
  }

  async #ask(server: PlannedServer, code: number, body: Buffer | null): Promise<unknown> {
    const answer = await this.#client.invoke(addressOf(server), { code, body }, answerMs);
    if (answer.code !== ResponseCode.SUCCESS) throw new Error(`${server.name} answered ${answer.code}`);
    return parseFastjson(answer.body?.toString() ?? '');
  }
}
