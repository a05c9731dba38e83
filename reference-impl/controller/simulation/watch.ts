import { parseAddress } from '../../base/address.ts';
import { AssertionFailure } from '../../base/assert.ts';
import { errorText } from '../../base/errors.ts';
import { type Log, silentLog } from '../../base/log.ts';
import { decodeSyncStateSet } from '../../remoting/bodies/sync-state-set.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { controllerAlterSyncStateSet } from '../../remoting/commands/controller-alter-sync-state-set.ts';
import { controllerApplyBrokerId } from '../../remoting/commands/controller-apply-broker-id.ts';
import { controllerElectMaster } from '../../remoting/commands/controller-elect-master.ts';
import { controllerGetNextBrokerId } from '../../remoting/commands/controller-get-next-broker-id.ts';
import { controllerGetReplicaInfo } from '../../remoting/commands/controller-get-replica-info.ts';
import { notifyBrokerRoleChanged } from '../../remoting/commands/notify-broker-role-changed.ts';
import { decodeHeader } from '../../remoting/header.ts';
import type { RemotingCommand, RequestHandler, ResponseInit } from '../../remoting/types.ts';
import type { DLedgerStore } from '../../dledger/dledger-store.ts';
import type { ControllerEvent } from '../state/events.ts';
import type { ReplicasInfo } from '../state/replicas.ts';
import { pipedBrokerName } from './faults.ts';
import type { SimulatedClient } from '../../remoting/simulation/network.ts';
import type { Progress } from './safety.ts';
import type { World } from './world.ts';

/** Shows the promises what one controller stores, applies, sends and answers. Changes nothing of it. */
export class Watch {
  readonly #id: string;
  readonly #world: World;

  constructor(id: string, world: World) {
    this.#id = id;
    this.#world = world;
  }

  store(store: DLedgerStore): DLedgerStore {
    const { safety, count } = this.#world;
    const note = (index: number) => {
      const entry = store.entry(index);
      if (entry !== undefined) safety.stored(this.#id, entry, store.entry(index - 1)?.term ?? -1);
    };
    for (let index = 0; index <= store.endIndex; index++) note(index);
    const persist = store.persist.bind(store);
    // Nobody hears of an entry before it is on disk, and a leader that lost one may put another one in its place.
    store.persist = async (ready) => {
      const first = ready.entries[0];
      if (first !== undefined && first.index <= store.endIndex) count('tailsReplaced');
      await persist(ready);
      for (const { index } of ready.entries) note(index);
    };
    return store;
  }

  /** @param onApply runs for each event; its return is the event's number */
  replicas(replicas: ReplicasInfo, onApply: () => number): ReplicasInfo {
    const { safety, note } = this.#world;
    const apply = replicas.apply.bind(replicas);
    replicas.apply = (event) => {
      const before = replicas.set(event.brokerName);
      apply(event);
      const position = onApply();
      if (position === safety.agreedCount) note(`${this.#id} applies event ${position}: ${eventText(event)}`);
      safety.applied(this.#id, position, event, before, replicas.set(event.brokerName));
    };
    return replicas;
  }

  client(client: SimulatedClient): SimulatedClient {
    return {
      ...client,
      invokeOneway: (address, request, timeoutMs) => {
        if (request.code === notifyBrokerRoleChanged.code) {
          const brokerName = parseAddress(address).host;
          this.#told(brokerName, decodeHeader(notifyBrokerRoleChanged.request, request.extFields ?? null));
        }
        return client.invokeOneway(address, request, timeoutMs);
      },
    };
  }

  handler(handler: RequestHandler, replicas: ReplicasInfo): RequestHandler {
    const { defect, safety } = this.#world;
    return async (request, connection) => {
      const { brokerName } = request.extFields ?? {};
      const since = brokerName === undefined ? undefined : safety.progress(brokerName);
      const seen = defect.request?.(request, replicas) ?? request;
      try {
        const response = (await handler(seen, connection))!;
        this.#answered(request, response, since);
        return response;
      } catch (thrown) {
        if (thrown instanceof AssertionFailure) safety.require(false, `${this.#id}: ${thrown.message}`);
        throw thrown;
      }
    };
  }

  /** @param since what was agreed about the set when the request came */
  #answered({ code, extFields, body }: RemotingCommand, response: ResponseInit, since: Progress | undefined): void {
    if (response.code !== ResponseCode.SUCCESS) return;
    const { safety, readsThroughLog, count } = this.#world;
    const brokerName = extFields?.brokerName ?? '';
    if (code === RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET) {
      const { masterBrokerId, masterEpoch } = decodeHeader(controllerAlterSyncStateSet.request, extFields);
      const { newSyncStateSetEpoch } = decodeHeader(controllerAlterSyncStateSet.response, response.extFields ?? null);
      const wanted = decodeSyncStateSet(body);
      safety.granted(this.#id, { brokerName, masterBrokerId, masterEpoch, ...wanted, newSyncStateSetEpoch });
      count('answersChecked');
    }
    if (code === RequestCode.CONTROLLER_APPLY_BROKER_ID) {
      const { appliedBrokerId, registerCheckCode } = decodeHeader(controllerApplyBrokerId.request, extFields);
      safety.identified(this.#id, brokerName, appliedBrokerId!, registerCheckCode!);
      count('answersChecked');
    }
    // The answers of 1002, 1003 and 1004 name the master in the same way.
    if (tellsMaster.has(code)) {
      this.#told(brokerName, decodeHeader(controllerElectMaster.response, response.extFields ?? null));
    }
    if (since !== undefined && readsThroughLog) this.#read(code, brokerName, response, since);
  }

  #read(code: number, brokerName: string, response: ResponseInit, since: Progress): void {
    const { safety, count } = this.#world;
    const extFields = response.extFields ?? null;
    if (code === RequestCode.CONTROLLER_GET_REPLICA_INFO) {
      const { masterEpoch } = decodeHeader(controllerGetReplicaInfo.response, extFields);
      const { syncStateSetEpoch } = decodeSyncStateSet(response.body ?? null);
      safety.read(this.#id, brokerName, { masterEpoch: masterEpoch ?? 0, syncStateSetEpoch }, since);
    } else if (code === RequestCode.CONTROLLER_GET_NEXT_BROKER_ID) {
      const { nextBrokerId } = decodeHeader(controllerGetNextBrokerId.response, extFields);
      safety.read(this.#id, brokerName, { nextBrokerId: nextBrokerId ?? 0 }, since);
    } else return;
    count('readsThroughLog');
  }

  #told(brokerName: string, header: { masterBrokerId: number | null; masterEpoch: number | null }): void {
    const { masterBrokerId, masterEpoch } = header;
    if (masterBrokerId === null || masterEpoch === null) return;
    this.#world.count('answersChecked');
    this.#world.safety.told(this.#id, brokerName, masterEpoch, masterBrokerId);
  }

  /** A bug that the controller caught and lived through is still one. */
  log(): Log {
    const failed = (fields: { err?: unknown }, text: string) => {
      this.#world.safety.require(false, `${this.#id}: ${text}: ${errorText(fields.err)}`);
    };
    return {
      ...silentLog,
      warn: (fields: { err?: unknown }, text) => fields.err instanceof AssertionFailure && failed(fields, text),
      error: failed,
    };
  }
}

function eventText(event: ControllerEvent): string {
  const isPiped = event.brokerName === pipedBrokerName && event.eventType === 'UPDATE_BROKER_ADDRESS';
  return isPiped ? `number ${event.brokerId} of the pipeline` : JSON.stringify(event);
}

const tellsMaster = new Set<number>([
  RequestCode.CONTROLLER_ELECT_MASTER,
  RequestCode.CONTROLLER_REGISTER_BROKER,
  RequestCode.CONTROLLER_GET_REPLICA_INFO,
]);
