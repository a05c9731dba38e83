import { encodeTopicList, type TopicList } from '../remoting/bodies/topic-list.ts';
import { RequestCode, ResponseCode } from '../remoting/codes.ts';
import { deleteTopicInNamesrv } from '../remoting/commands/delete-topic-in-namesrv.ts';
import { getAllTopicListFromNameserver } from '../remoting/commands/get-all-topic-list-from-nameserver.ts';
import { encodeClusterInfo, getBrokerClusterInfo } from '../remoting/commands/get-broker-cluster-info.ts';
import { encodeBrokerMemberGroup, getBrokerMemberGroup } from '../remoting/commands/get-broker-member-group.ts';
import {
  decodeTopicRoute,
  encodeStandardTopicRoute,
  encodeTopicRoute,
  getRouteinfoByTopic,
} from '../remoting/commands/get-routeinfo-by-topic.ts';
import { getTopicsByCluster } from '../remoting/commands/get-topics-by-cluster.ts';
import { registerTopicInNamesrv } from '../remoting/commands/register-topic-in-namesrv.ts';
import { decodeHeader, required } from '../remoting/header.ts';
import type { RemotingCommand, RemotingServer, ResponseInit } from '../remoting/types.ts';
import { orderTopicConfigNamespace } from './kv-config.ts';
import type { Namesrv } from './namesrv.ts';
import { filterByZone, pickRoute } from './route.ts';
import * as topics from './topics.ts';

/** Senders from this version on read standard JSON only (4.9.4). */
const standardJsonSince = 401;
const faq = {
  old: '\nSee http://rocketmq.apache.org/docs/faq/ for further details.',
  new: '\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.',
};

/** Routes, cluster information, topic lists and topics: 105, 106, 206, 216, 224, 304, 311-313; new also 217, 901. */
export function handleRoutes(server: RemotingServer, namesrv: Namesrv): void {
  const { table, config, release } = namesrv;
  server.handle(getRouteinfoByTopic.code, (request) => route(namesrv, request));
  server.handle(getBrokerClusterInfo.code, () => ({
    code: ResponseCode.SUCCESS,
    body: encodeClusterInfo(table, release),
  }));
  server.handle(getAllTopicListFromNameserver.code, () =>
    config.current.enableAllTopicList ? listed(topics.allTopics(table)) : disabled,
  );
  server.handle(getTopicsByCluster.code, ({ extFields }) => {
    if (!config.current.enableTopicList) return disabled;
    const { cluster } = decodeHeader(getTopicsByCluster.request, extFields);
    return listed(topics.topicsByCluster(table, cluster ?? ''));
  });
  server.handle(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS, () => listed(topics.systemTopics(table)));
  for (const [code, kind] of unitLists) server.handle(code, () => listed(topics.unitTopics(table, kind)));
  server.handle(deleteTopicInNamesrv.code, ({ extFields }) => {
    const { topic, clusterName } = decodeHeader(deleteTopicInNamesrv.request, extFields);
    topics.deleteTopic(table, topic ?? '', clusterName);
    return { code: ResponseCode.SUCCESS };
  });
  if (release === 'old') return;
  server.handle(registerTopicInNamesrv.code, ({ extFields, body }) => {
    const { topic } = decodeHeader(registerTopicInNamesrv.request, extFields);
    topics.registerTopic(table, required(topic, 'topic'), decodeTopicRoute(body).queueDatas);
    return { code: ResponseCode.SUCCESS };
  });
  server.handle(getBrokerMemberGroup.code, (request) => memberGroup(namesrv, request));
}

const unitLists = [
  [RequestCode.GET_UNIT_TOPIC_LIST, 'unit'],
  [RequestCode.GET_HAS_UNIT_SUB_TOPIC_LIST, 'unit-sub'],
  [RequestCode.GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST, 'unit-sub but not unit'],
] as const;

const disabled: ResponseInit = { code: ResponseCode.SYSTEM_ERROR, remark: 'disable' };

function listed(list: TopicList): ResponseInit {
  return { code: ResponseCode.SUCCESS, body: encodeTopicList(list) };
}

function route({ table, kv, config, release, clock, startedMs }: Namesrv, request: RemotingCommand): ResponseInit {
  const header = decodeHeader(getRouteinfoByTopic.request, request.extFields);
  const { needWaitForService, waitSecondsForService, orderMessageEnable, supportActingMaster } = config.current;
  if (needWaitForService && clock.nowMs() - startedMs < waitSecondsForService * 1000) {
    return { code: ResponseCode.SYSTEM_ERROR, remark: 'name server not ready' };
  }
  const picked = pickRoute(table, header.topic ?? '', supportActingMaster);
  if (picked === null) {
    const remark = `No topic route info in name server for the topic: ${header.topic}${faq[release]}`;
    return { code: ResponseCode.TOPIC_NOT_EXIST, remark };
  }
  const orderTopicConf = orderMessageEnable ? kv.get(orderTopicConfigNamespace, header.topic ?? '') : null;
  const found = { ...picked, orderTopicConf };
  const zoneName = release === 'new' && header.__ZONE_MODE ? header.__ZONE_NAME : null;
  // The zone filter of RocketMQ writes the route anew, in the default form whoever asked.
  if (zoneName) return { code: ResponseCode.SUCCESS, body: encodeTopicRoute(filterByZone(found, zoneName), release) };
  const standard = request.version >= standardJsonSince || header.acceptStandardJsonOnly === true;
  const encode = standard ? encodeStandardTopicRoute : encodeTopicRoute;
  return { code: ResponseCode.SUCCESS, body: encode(found, release) };
}

/** Release new leaves the remark of an answer that nobody filled in, although the answer is a success. */
function memberGroup({ table }: Namesrv, request: RemotingCommand): ResponseInit {
  const header = decodeHeader(getBrokerMemberGroup.request, request.extFields);
  const brokerName = header.brokerName ?? '';
  const brokerAddrs = table.brokerAddrTable.get(brokerName)?.brokerAddrs ?? new Map<number, string>();
  return {
    code: ResponseCode.SUCCESS,
    remark: 'not set any response code',
    body: encodeBrokerMemberGroup({ brokerAddrs, brokerName, cluster: header.clusterName ?? '' }),
  };
}
