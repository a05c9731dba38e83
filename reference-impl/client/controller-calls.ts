import { SwitchlabError } from '../base/errors.ts';
import { RequestCode } from '../remoting/codes.ts';
import { cleanBrokerData } from '../remoting/commands/clean-broker-data.ts';
import { controllerElectMaster } from '../remoting/commands/controller-elect-master.ts';
import { controllerGetMetadataInfo } from '../remoting/commands/controller-get-metadata-info.ts';
import { required } from '../remoting/header.ts';
import type { RemotingClient } from '../remoting/types.ts';
import { bareCommand, call, jsonBody } from './call.ts';

const controllerGetSyncStateData = bareCommand(RequestCode.CONTROLLER_GET_SYNC_STATE_DATA);

export interface ControllerMetadata {
  readonly group: string;
  /** Null during an election. */
  readonly controllerLeaderId: string | null;
  readonly controllerLeaderAddress: string | null;
  readonly isLeader: boolean;
  /** `id:host:port` of every member. */
  readonly peers: readonly string[];
}

export interface ReplicaIdentity {
  readonly brokerName: string;
  readonly brokerId: number;
  readonly brokerAddress: string;
  readonly alive: boolean;
}

/** What the controller's leader knows of one broker set. */
export interface ReplicasInfo {
  readonly masterBrokerId: number | null;
  readonly masterAddress: string | null;
  readonly masterEpoch: number;
  readonly syncStateSetEpoch: number;
  readonly inSyncReplicas: readonly ReplicaIdentity[];
  readonly notInSyncReplicas: readonly ReplicaIdentity[];
}

export interface ElectMasterRequest {
  /** Any controller: the leader is asked for. */
  readonly controllerAddress: string;
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
}

export interface CleanBrokersRequest {
  /** Any controller: the leader is asked for. */
  readonly controllerAddress: string;
  readonly clusterName: string | null;
  readonly brokerName: string;
  /** Controller ids with ";" between them, null: the whole set. */
  readonly brokerControllerIdsToClean: string | null;
  /** The whole set, whoever of it lives. */
  readonly cleanLivingBroker: boolean;
}

export interface ElectedMaster {
  readonly masterBrokerId: number;
  readonly masterAddress: string;
  readonly masterEpoch: number;
  readonly syncStateSetEpoch: number;
  /** Address by broker id of the set, as the controller knows them. */
  readonly brokerAddrs: Readonly<Record<string, string>>;
}

/** What a client asks controllers. Throws RefusedError with the controller's code, CONTROLLER_NO_LEADER during an election. */
export interface ControllerCalls {
  controllerMetadata(controllerAddress: string): Promise<ControllerMetadata>;
  /** Asks the leader that `controllerAddress` names; a set it does not know is absent. */
  syncStateSet(controllerAddress: string, brokerNames: readonly string[]): Promise<ReadonlyMap<string, ReplicasInfo>>;
  /** Asks the leader to make exactly this broker master (designateElect). */
  electMaster(request: ElectMasterRequest): Promise<ElectedMaster>;
  /** The leader forgets a set, or some of its brokers. Refused with 2009 for one that lives. */
  cleanBrokers(request: CleanBrokersRequest): Promise<void>;
}

export function createControllerCalls(remoting: RemotingClient): ControllerCalls {
  async function controllerMetadata(controllerAddress: string): Promise<ControllerMetadata> {
    const { header } = await call(remoting, controllerAddress, controllerGetMetadataInfo, {});
    return {
      group: header.group ?? '',
      controllerLeaderId: header.controllerLeaderId,
      controllerLeaderAddress: header.controllerLeaderAddress,
      isLeader: header.isLeader ?? false,
      peers: (header.peers ?? '').split(';').filter((peer) => peer !== ''),
    };
  }

  async function leaderAddress(controllerAddress: string): Promise<string> {
    const { controllerLeaderAddress } = await controllerMetadata(controllerAddress);
    if (controllerLeaderAddress !== null) return controllerLeaderAddress;
    throw new SwitchlabError('CONTROLLER_NO_LEADER', `Controller ${controllerAddress} knows no leader.`);
  }

  return {
    controllerMetadata,
    async syncStateSet(controllerAddress, brokerNames) {
      const leader = await leaderAddress(controllerAddress);
      const { body } = await call(
        remoting,
        leader,
        controllerGetSyncStateData,
        {},
        Buffer.from(JSON.stringify(brokerNames)),
      );
      const { replicasInfoTable } = jsonBody(body) as { replicasInfoTable: Record<string, Partial<ReplicasInfoBody>> };
      return new Map(Object.entries(replicasInfoTable).map(([brokerName, info]) => [brokerName, asReplicasInfo(info)]));
    },
    async electMaster({ controllerAddress, clusterName, brokerName, brokerId }) {
      const leader = await leaderAddress(controllerAddress);
      const request = { clusterName, brokerName, brokerId, designateElect: true, invokeTime: Date.now() };
      const { header, body } = await call(remoting, leader, controllerElectMaster, request);
      const group = (jsonBody(body) as { brokerMemberGroup?: { brokerAddrs?: Record<string, string> } } | null)
        ?.brokerMemberGroup;
      return {
        masterBrokerId: required(header.masterBrokerId, 'masterBrokerId'),
        masterAddress: required(header.masterAddress, 'masterAddress'),
        masterEpoch: required(header.masterEpoch, 'masterEpoch'),
        syncStateSetEpoch: required(header.syncStateSetEpoch, 'syncStateSetEpoch'),
        brokerAddrs: group?.brokerAddrs ?? {},
      };
    },
    async cleanBrokers({ controllerAddress, cleanLivingBroker, ...which }) {
      const leader = await leaderAddress(controllerAddress);
      const request = { ...which, isCleanLivingBroker: cleanLivingBroker, invokeTime: Date.now() };
      await call(remoting, leader, cleanBrokerData, request);
    },
  };
}

/** A replica as controllers up to 5.1.0 know it, by its address, or as the later ones do. */
interface ReplicaBody extends Partial<ReplicaIdentity> {
  readonly address?: string;
}

interface ReplicasInfoBody extends Omit<ReplicasInfo, 'inSyncReplicas' | 'notInSyncReplicas'> {
  readonly inSyncReplicas: readonly ReplicaBody[];
  readonly notInSyncReplicas: readonly ReplicaBody[];
}

/** Up to 5.1.0 nothing is said of life: whoever is listed counts as alive. */
function asReplica({ brokerName, brokerId, brokerAddress, address, alive }: ReplicaBody): ReplicaIdentity {
  const known = brokerAddress ?? address ?? '';
  return { brokerName: brokerName ?? '', brokerId: brokerId ?? 0, brokerAddress: known, alive: alive ?? true };
}

function asReplicasInfo(info: Partial<ReplicasInfoBody>): ReplicasInfo {
  return {
    masterBrokerId: info.masterBrokerId ?? null,
    masterAddress: info.masterAddress ?? null,
    masterEpoch: info.masterEpoch ?? 0,
    syncStateSetEpoch: info.syncStateSetEpoch ?? 0,
    inSyncReplicas: (info.inSyncReplicas ?? []).map(asReplica),
    notInSyncReplicas: (info.notInSyncReplicas ?? []).map(asReplica),
  };
}
