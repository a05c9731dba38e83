import { decodeSyncStateSet } from '../remoting/bodies/sync-state-set.ts';
import { textList } from '../remoting/bodies/fields.ts';
import { ResponseCode } from '../remoting/codes.ts';
import { brokerHeartbeat } from '../remoting/commands/broker-heartbeat.ts';
import { cleanBrokerData } from '../remoting/commands/clean-broker-data.ts';
import { controllerAlterSyncStateSet } from '../remoting/commands/controller-alter-sync-state-set.ts';
import { controllerApplyBrokerId } from '../remoting/commands/controller-apply-broker-id.ts';
import { controllerElectMaster } from '../remoting/commands/controller-elect-master.ts';
import { controllerGetMetadataInfo } from '../remoting/commands/controller-get-metadata-info.ts';
import { controllerGetNextBrokerId } from '../remoting/commands/controller-get-next-broker-id.ts';
import { controllerGetReplicaInfo } from '../remoting/commands/controller-get-replica-info.ts';
import { controllerGetSyncStateData } from '../remoting/commands/controller-get-sync-state-data.ts';
import { controllerRegisterBroker } from '../remoting/commands/controller-register-broker.ts';
import { getControllerConfig } from '../remoting/commands/get-controller-config.ts';
import { updateControllerConfig } from '../remoting/commands/update-controller-config.ts';
import { parseFastjson } from '../remoting/fastjson.ts';
import { decodeHeader, encodeHeader, type HeaderOf, required } from '../remoting/header.ts';
import type { Connection, RemotingServer, ResponseInit } from '../remoting/types.ts';
import type { ControllerConfig, ControllerMembers } from '../config/controller.ts';
import type { LiveConfig } from '../config/live.ts';
import type { RaftStatus } from '../raft/node.ts';
import { configText, updateConfig } from './config-requests.ts';
import type { Decide, DecisionQueue } from './decision-queue.ts';
import type { Elections } from './elections.ts';
import { Registrations } from './registrations.ts';
import { alterSyncStateSet } from './requests/alter-sync-state-set.ts';
import { applyBrokerId, getNextBrokerId, registerBroker } from './requests/broker-ids.ts';
import { cleanBrokers } from './requests/clean-broker-data.ts';
import { refuse } from './requests/decision.ts';
import { getReplicaInfo, getSyncStateData } from './requests/reads.ts';

export interface HandlerOptions {
  readonly queue: DecisionQueue;
  readonly elections: Elections;
  readonly config: LiveConfig<ControllerConfig>;
  readonly members: ControllerMembers;
  readonly status: () => RaftStatus;
}

/** Gives `server` every request code of a controller. */
export function handleControllerRequests(server: Pick<RemotingServer, 'handle'>, options: HandlerOptions): void {
  const { queue, elections, config } = options;
  const answer = (decide: Decide) => queue.submit(decide);

  server.handle(brokerHeartbeat.code, ({ extFields }, connection) =>
    heartbeat(elections, decodeHeader(brokerHeartbeat.request, extFields), connection),
  );
  const registrations = new Registrations();
  server.handle(controllerAlterSyncStateSet.code, ({ extFields, body }, connection) => {
    const request = decodeHeader(controllerAlterSyncStateSet.request, extFields);
    const wanted = decodeSyncStateSet(body);
    const { brokerName, masterBrokerId } = request;
    return answer((context) => {
      // A master that started again does not know what it asked for before, and would count too few.
      const former = registrations.isFormerLife(brokerName ?? '', masterBrokerId ?? -1, connection);
      return former
        ? refuse(ResponseCode.CONTROLLER_INVALID_REQUEST, formerLife)
        : alterSyncStateSet(context, request, wanted);
    });
  });
  server.handle(controllerElectMaster.code, ({ extFields }) =>
    elections.elect(decodeHeader(controllerElectMaster.request, extFields)),
  );
  server.handle(controllerRegisterBroker.code, ({ extFields }, connection) => {
    const request = decodeHeader(controllerRegisterBroker.request, extFields);
    return answer((context) => {
      const decision = registerBroker(context, request);
      if (decision.response.code === ResponseCode.SUCCESS)
        registrations.registered(request.brokerName ?? '', request.brokerId ?? -1, connection);
      return decision;
    });
  });
  server.handle(controllerGetReplicaInfo.code, ({ extFields }) => {
    const request = decodeHeader(controllerGetReplicaInfo.request, extFields);
    return answer((context) => getReplicaInfo(context, request));
  });
  server.handle(controllerGetSyncStateData.code, ({ body }) => {
    const names = body === null ? [] : textList(parseFastjson(body.toString()), 'broker names');
    return answer((context) => getSyncStateData(context, names));
  });
  server.handle(cleanBrokerData.code, ({ extFields }) => {
    const request = decodeHeader(cleanBrokerData.request, extFields);
    return answer((context) => cleanBrokers(context, request));
  });
  server.handle(controllerGetNextBrokerId.code, ({ extFields }) => {
    const request = decodeHeader(controllerGetNextBrokerId.request, extFields);
    return answer((context) => getNextBrokerId(context, request));
  });
  server.handle(controllerApplyBrokerId.code, ({ extFields }) => {
    const request = decodeHeader(controllerApplyBrokerId.request, extFields);
    return answer((context) => applyBrokerId(context, request));
  });
  server.handle(controllerGetMetadataInfo.code, () => metadata(options));
  server.handle(updateControllerConfig.code, ({ body }) => updateConfig(config, body));
  server.handle(getControllerConfig.code, () => configText(config));
}

const formerLife = 'Rejecting alter syncStateSet request because the broker has registered anew since';
const defaultTimeoutMs = 10000;
const lowestPriority = 2147483647;

/** 904. */
function heartbeat(
  elections: Elections,
  header: HeaderOf<typeof brokerHeartbeat.request>,
  connection: Connection,
): ResponseInit {
  if (header.brokerId === null) {
    return { code: ResponseCode.CONTROLLER_INVALID_REQUEST, remark: 'Heart beat with empty brokerId' };
  }
  const kept = elections.heard(
    {
      clusterName: required(header.clusterName, 'clusterName'),
      brokerName: required(header.brokerName, 'brokerName'),
      brokerAddress: required(header.brokerAddr, 'brokerAddr'),
      brokerId: header.brokerId,
      timeoutMs: header.heartbeatTimeoutMills ?? defaultTimeoutMs,
      epoch: header.epoch ?? -1,
      maxOffset: header.maxOffset ?? -1,
      confirmOffset: header.confirmOffset ?? -1,
      electionPriority: header.electionPriority ?? lowestPriority,
    },
    connection,
  );
  return kept
    ? { code: ResponseCode.SUCCESS, remark: 'Heart beat success' }
    : { code: ResponseCode.SYSTEM_BUSY, remark: 'too many brokers send heartbeats' };
}

/** 1005: any member answers, from what it knows itself. */
function metadata({ members, config, status }: HandlerOptions): ResponseInit {
  const { leaderId, role } = status();
  const extFields = encodeHeader(controllerGetMetadataInfo.response, {
    group: config.current.controllerDLegerGroup,
    controllerLeaderId: leaderId,
    controllerLeaderAddress: leaderId === null ? null : members.peers.get(leaderId),
    isLeader: role === 'LEADER',
    peers: [...members.peers].map(([id, address]) => `${id}:${address};`).join(''),
  });
  return { code: ResponseCode.SUCCESS, extFields };
}
