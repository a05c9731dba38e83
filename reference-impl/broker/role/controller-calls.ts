import { SwitchlabError } from '../../base/errors.ts';
import type { ProposalAnswer, SyncStateSet } from '../../ha/types.ts';
import { decodeSyncStateSet, encodeSyncStateSet } from '../../remoting/bodies/sync-state-set.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import { brokerHeartbeat } from '../../remoting/commands/broker-heartbeat.ts';
import { controllerAlterSyncStateSet } from '../../remoting/commands/controller-alter-sync-state-set.ts';
import { controllerApplyBrokerId } from '../../remoting/commands/controller-apply-broker-id.ts';
import { controllerElectMaster } from '../../remoting/commands/controller-elect-master.ts';
import { controllerGetNextBrokerId } from '../../remoting/commands/controller-get-next-broker-id.ts';
import { controllerGetReplicaInfo } from '../../remoting/commands/controller-get-replica-info.ts';
import { controllerRegisterBroker } from '../../remoting/commands/controller-register-broker.ts';
import { notifyBrokerRoleChanged } from '../../remoting/commands/notify-broker-role-changed.ts';
import { decodeHeader, encodeHeader } from '../../remoting/header.ts';
import type { RemotingCommand } from '../../remoting/types.ts';
import type { ControllerList } from './controller-list.ts';
import type { AppliedIdentity } from './identity.ts';
import type { ReplicaGroup } from './role-decision.ts';

/** Who asks. */
export interface CallerIdentity {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerAddress: string;
}

/** What a heartbeat says of a log. */
export interface HeartbeatState {
  readonly brokerId: number;
  readonly epoch: number;
  readonly maxOffset: number;
  readonly confirmOffset: number;
  readonly heartbeatTimeoutMills: number;
  readonly electionPriority: number;
}

/** The requests that a broker sends to its controllers. Each rejects like `ControllerList.ask`. */
export class ControllerCalls {
  readonly #controllers: ControllerList;
  readonly #caller: CallerIdentity;

  constructor(controllers: ControllerList, caller: CallerIdentity) {
    this.#controllers = controllers;
    this.#caller = caller;
  }

  /** 1012: the next free id; nothing is reserved. */
  async nextBrokerId(): Promise<number | null> {
    const { clusterName, brokerName } = this.#caller;
    const extFields = encodeHeader(controllerGetNextBrokerId.request, { clusterName, brokerName });
    const answer = await this.#controllers.ask({ code: controllerGetNextBrokerId.code, extFields });
    if (answer === null) return null;
    return decodeHeader(controllerGetNextBrokerId.response, answer.extFields).nextBrokerId;
  }

  /** 1013: true when the id is this broker's now, false when it is another's, null when nobody decided. */
  async applyBrokerId({ brokerId: appliedBrokerId, registerCheckCode }: AppliedIdentity): Promise<boolean | null> {
    const { clusterName, brokerName } = this.#caller;
    const values = { clusterName, brokerName, appliedBrokerId, registerCheckCode };
    const extFields = encodeHeader(controllerApplyBrokerId.request, values);
    const answer = await this.#controllers.ask({ code: controllerApplyBrokerId.code, extFields });
    if (answer?.code === ResponseCode.SUCCESS) return true;
    return answer?.code === ResponseCode.CONTROLLER_BROKER_ID_INVALID ? false : null;
  }

  /** 1003: the living master of the group, if any. Null: not registered. */
  async register(brokerId: number): Promise<ReplicaGroup | null> {
    const { clusterName, brokerName, brokerAddress } = this.#caller;
    const values = { clusterName, brokerName, brokerId, brokerAddress, invokeTime: Date.now() };
    const extFields = encodeHeader(controllerRegisterBroker.request, values);
    const answer = await this.#controllers.ask({ code: controllerRegisterBroker.code, extFields });
    if (answer?.code !== ResponseCode.SUCCESS) return null;
    const header = decodeHeader(controllerRegisterBroker.response, answer.extFields);
    return groupOf(header, decodeSyncStateSet(answer.body));
  }

  /** 1002: the master after an election, which may be the one before. Null: nobody was elected. */
  async elect(brokerId: number): Promise<ReplicaGroup | null> {
    const { clusterName, brokerName } = this.#caller;
    const values = { clusterName, brokerName, brokerId, designateElect: false, invokeTime: Date.now() };
    const extFields = encodeHeader(controllerElectMaster.request, values);
    const answer = await this.#controllers.ask({ code: controllerElectMaster.code, extFields });
    const { SUCCESS, CONTROLLER_MASTER_STILL_EXIST } = ResponseCode;
    if (answer?.code !== SUCCESS && answer?.code !== CONTROLLER_MASTER_STILL_EXIST) return null;
    const header = decodeHeader(controllerElectMaster.response, answer.extFields);
    const { syncStateSet } = decodeSyncStateSet(answer.body);
    return groupOf(header, { syncStateSet, syncStateSetEpoch: header.syncStateSetEpoch ?? 0 });
  }

  /** 1004: the group as it is now; NOT_REGISTERED when the controllers do not know it, null when nobody answered. */
  async replicaGroup(): Promise<ReplicaGroup | 'NOT_REGISTERED' | null> {
    const { brokerName } = this.#caller;
    const extFields = encodeHeader(controllerGetReplicaInfo.request, { brokerName });
    const answer = await this.#controllers.ask({ code: controllerGetReplicaInfo.code, extFields });
    if (answer?.code === ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST) return 'NOT_REGISTERED';
    if (answer?.code !== ResponseCode.SUCCESS) return null;
    return groupOf(decodeHeader(controllerGetReplicaInfo.response, answer.extFields), decodeSyncStateSet(answer.body));
  }

  /** 1001: replaces `agreed` by `members`. Never rejects: what it cannot know is UNKNOWN. */
  async alterSyncStateSet(
    masterBrokerId: number,
    masterEpoch: number,
    members: ReadonlySet<number>,
    agreed: SyncStateSet,
  ): Promise<ProposalAnswer> {
    const { brokerName } = this.#caller;
    const values = { brokerName, masterBrokerId, masterEpoch, invokeTime: Date.now() };
    const extFields = encodeHeader(controllerAlterSyncStateSet.request, values);
    const body = encodeSyncStateSet({ syncStateSet: [...members], syncStateSetEpoch: agreed.epoch });
    try {
      const answer = await this.#controllers.ask({ code: controllerAlterSyncStateSet.code, extFields, body });
      return answer === null ? 'REFUSED' : proposalAnswer(answer);
    } catch (thrown) {
      // Never sent: surely not applied. Sent and unanswered: it may still be.
      return thrown instanceof SwitchlabError && thrown.code === 'REMOTING_CONNECT_FAILED' ? 'REFUSED' : 'UNKNOWN';
    }
  }

  /** 904, to every controller; resolves when the leader's is on its way. */
  heartbeat(state: HeartbeatState, timeoutMs: number): Promise<void> {
    const { clusterName, brokerName, brokerAddress: brokerAddr } = this.#caller;
    const extFields = encodeHeader(brokerHeartbeat.request, { clusterName, brokerName, brokerAddr, ...state });
    return this.#controllers.tellAll({ code: brokerHeartbeat.code, extFields }, timeoutMs);
  }
}

/** The group that a role change (1008) tells of. Throws BODY_MALFORMED. */
export function notifiedGroup(notification: RemotingCommand): ReplicaGroup {
  const header = decodeHeader(notifyBrokerRoleChanged.request, notification.extFields);
  return groupOf(header, decodeSyncStateSet(notification.body));
}

interface GroupHeader {
  readonly masterBrokerId: number | null;
  readonly masterAddress: string | null;
  readonly masterEpoch: number | null;
}

interface GroupBody {
  readonly syncStateSet: readonly number[];
  readonly syncStateSetEpoch: number;
}

function groupOf(header: GroupHeader, body: GroupBody): ReplicaGroup {
  const { masterBrokerId, masterAddress, masterEpoch } = header;
  return { masterBrokerId, masterAddress, masterEpoch: masterEpoch ?? 0, syncStateSet: setOf(body) };
}

function setOf({ syncStateSet, syncStateSetEpoch }: GroupBody): SyncStateSet {
  return { members: new Set(syncStateSet), epoch: syncStateSetEpoch };
}

function proposalAnswer(answer: RemotingCommand): ProposalAnswer {
  if (answer.code === ResponseCode.SUCCESS) return setOf(decodeSyncStateSet(answer.body));
  // ALTER_SYNC_STATE_SET_FAILED is what a proposal gets that is the controller's set already: it may have been applied before.
  const { CONTROLLER_FENCED_MASTER_EPOCH, CONTROLLER_ALTER_SYNC_STATE_SET_FAILED } = ResponseCode;
  const refused = answer.code >= CONTROLLER_FENCED_MASTER_EPOCH && answer.code < CONTROLLER_ALTER_SYNC_STATE_SET_FAILED;
  return refused ? 'REFUSED' : 'UNKNOWN';
}
