import { getControllerConfig } from '../../reference-impl/remoting/commands/get-controller-config.ts';
import { controllerAlterSyncStateSet } from '../../reference-impl/remoting/commands/controller-alter-sync-state-set.ts';
import { controllerGetReplicaInfo } from '../../reference-impl/remoting/commands/controller-get-replica-info.ts';
import { updateControllerConfig } from '../../reference-impl/remoting/commands/update-controller-config.ts';
import { encodeSyncStateSet } from '../../reference-impl/remoting/bodies/sync-state-set.ts';
import { createRemotingClient } from '../../reference-impl/remoting/client.ts';
import { encodeHeader } from '../../reference-impl/remoting/header.ts';
import type { RemotingCommand, RequestInit } from '../../reference-impl/remoting/types.ts';
import { clientOptions } from './group-views.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure } from './until.ts';

/** A change of the SyncStateSet as somebody asks for it. */
export interface SetChange {
  readonly masterBrokerId: number;
  readonly masterEpoch: number;
  readonly syncStateSetEpoch: number;
  readonly members: readonly number[];
}

const timeoutMs = 5_000;

/** Single requests to single controllers, with whatever they answer. */
export class ControllerRequests {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** The running configuration of one controller, by key. */
  async config(server: PlannedServer): Promise<ReadonlyMap<string, string>> {
    const { body } = this.#succeeded(server, await this.#ask(server, { code: getControllerConfig.code }));
    const lines = (body?.toString() ?? '').split('\n').filter((line) => line.includes('='));
    return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  }

  async updateConfig(server: PlannedServer, key: string, value: string): Promise<void> {
    const body = Buffer.from(`${key}=${value}\n`);
    this.#succeeded(server, await this.#ask(server, { code: updateControllerConfig.code, body }));
  }

  /** Asks exactly this member, leader or not, for the master of the group; its response code. */
  async replicaInfo(server: PlannedServer): Promise<number> {
    const { code, request } = controllerGetReplicaInfo;
    const extFields = encodeHeader(request, { brokerName: this.#trial.group });
    return (await this.#ask(server, { code, extFields })).code;
  }

  /** Asks exactly this member to change the SyncStateSet; its response code. */
  async alterSyncStateSet(server: PlannedServer, change: SetChange): Promise<number> {
    const { masterBrokerId, masterEpoch, syncStateSetEpoch, members: syncStateSet } = change;
    const { code, request } = controllerAlterSyncStateSet;
    const header = { brokerName: this.#trial.group, masterBrokerId, masterEpoch, invokeTime: Date.now() };
    const extFields = encodeHeader(request, header);
    const body = encodeSyncStateSet({ syncStateSet, syncStateSetEpoch });
    return (await this.#ask(server, { code, extFields, body })).code;
  }

  async #ask(server: PlannedServer, request: RequestInit): Promise<RemotingCommand> {
    const client = createRemotingClient(clientOptions(this.#trial.cluster, [], 'new'));
    try {
      return await client.invoke(addressOf(server), request, timeoutMs);
    } finally {
      await client.close();
    }
  }

  #succeeded({ name }: PlannedServer, answer: RemotingCommand): RemotingCommand {
    if (answer.code !== 0) throw new ConditionFailure(`${name} answered ${answer.code}: ${answer.remark}`);
    return answer;
  }
}
