import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { getBrokerConsumeStats } from '../../remoting/commands/get-broker-consume-stats.ts';
import { getConsumeStats } from '../../remoting/commands/get-consume-stats.ts';
import { getTopicStatsInfo } from '../../remoting/commands/get-topic-stats-info.ts';
import { queryTopicConsumeByWho } from '../../remoting/commands/query-topic-consume-by-who.ts';
import { viewBrokerStatsData } from '../../remoting/commands/view-broker-stats-data.ts';
import { JavaDouble } from '../../remoting/fastjson-writer.ts';
import { decodeHeader, required } from '../../remoting/header.ts';
import type { ExtFields, ResponseInit } from '../../remoting/types.ts';
import type { Broker, Handlers } from '../broker.ts';
import type { StatsWindow } from '../stats/stats-item.ts';
import { jsonAnswer, topicNotExist } from '../answers.ts';
import { consumeStats, messageQueue } from './consume-stats.ts';

/** Requests of tools for figures: 202, 208, 300, 315, 317. */
export function statisticsHandlers(broker: Broker): Handlers {
  return {
    [RequestCode.GET_TOPIC_STATS_INFO]: ({ extFields }) => topicStats(broker, extFields),
    [RequestCode.GET_CONSUME_STATS]: ({ extFields }) => groupStats(broker, extFields),
    [RequestCode.GET_BROKER_CONSUME_STATS]: ({ extFields }) => brokerStats(broker, extFields),
    [RequestCode.QUERY_TOPIC_CONSUME_BY_WHO]: ({ extFields }) => consumersOf(broker, extFields),
    [RequestCode.VIEW_BROKER_STATS_DATA]: ({ extFields }) => statsData(broker, extFields),
  };
}

function topicStats(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const { store, topics, stats, release } = broker;
  const name = required(decodeHeader(getTopicStatsInfo.request, extFields).topic, 'topic');
  const topic = topics.get(name);
  if (topic === undefined) return topicNotExist(name);
  const offsetTable = new Map<object, object>();
  for (let queueId = 0; queueId < Math.max(topic.readQueueNums, topic.writeQueueNums); queueId++) {
    const maxOffset = Math.max(0, store.maxOffsetInQueue(name, queueId));
    const minOffset = Math.max(0, store.minOffsetInQueue(name, queueId));
    const lastUpdateTimestamp = maxOffset > 0 ? Math.max(0, store.storeTimestampAt(name, queueId, maxOffset - 1)) : 0;
    offsetTable.set(messageQueue(broker, name, queueId), { lastUpdateTimestamp, maxOffset, minOffset });
  }
  if (release === 'old') return jsonAnswer({ offsetTable });
  const topicPutTps = new JavaDouble(stats.item('TOPIC_PUT_NUMS', name)?.snapshot('statsMinute').tps ?? 0);
  return jsonAnswer({ offsetTable, topicPutTps });
}

function groupStats(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const { offsets, release, topics } = broker;
  const header = decodeHeader(getConsumeStats.request, extFields);
  const group = required(header.consumerGroup, 'consumerGroup');
  const listed = release === 'new' && header.topicList ? header.topicList.split(';') : [];
  const asked = header.topic ? [header.topic] : listed;
  const known = (asked.length > 0 ? asked : offsets.topicsOf(group)).filter(
    (topic) => topics.get(topic) !== undefined && isTold(broker, group, topic),
  );
  return jsonAnswer(consumeStats(broker, group, known));
}

/** Old leaves out what a group, being online, does not subscribe to. */
function isTold({ release, clients }: Broker, group: string, topic: string): boolean {
  return release === 'new' || clients.consumers.get(group)?.subscriptions.has(topic) !== false;
}

function brokerStats(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const header = decodeHeader(getBrokerConsumeStats.request, extFields);
  const { groups, offsets, topics, release, address } = broker;
  let totalDiff = 0;
  let totalInflightDiff = 0;
  const consumeStatsList = Array.from(groups.all(), ({ groupName }) => {
    const known = offsets.topicsOf(groupName).flatMap((topic) => topics.get(topic) ?? []);
    const wanted = known.filter(
      ({ order, topicName }) => (header.isOrder !== true || order) && isTold(broker, groupName, topicName),
    );
    const list = wanted.map((topic) => consumeStats(broker, groupName, [topic.topicName]));
    for (const { offsetTable } of list) {
      for (const { brokerOffset, consumerOffset, pullOffset = consumerOffset } of offsetTable.values()) {
        totalDiff += brokerOffset - consumerOffset;
        totalInflightDiff += pullOffset - consumerOffset;
      }
    }
    return { [groupName]: list };
  });
  const shared = { brokerAddr: address, consumeStatsList, totalDiff };
  return jsonAnswer(release === 'old' ? shared : { ...shared, totalInflightDiff });
}

function consumersOf(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const topic = required(decodeHeader(queryTopicConsumeByWho.request, extFields).topic, 'topic');
  const subscribers = [...broker.clients.consumers.all()].filter((group) => group.subscriptions.has(topic));
  const online = subscribers.map((group) => group.groupName);
  return jsonAnswer({ groupList: [...new Set([...online, ...broker.offsets.groupsOf(topic)])] });
}

function statsData(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const header = decodeHeader(viewBrokerStatsData.request, extFields);
  const name = required(header.statsName, 'statsName');
  const key = required(header.statsKey, 'statsKey');
  const item = broker.stats.item(name, key);
  if (item === undefined) {
    return { code: ResponseCode.SYSTEM_ERROR, remark: `The stats <${name}> <${key}> not exist` };
  }
  const window = (which: StatsWindow) => {
    const { avgpt, sum, tps } = item.snapshot(which);
    return { avgpt: new JavaDouble(avgpt), sum, tps: new JavaDouble(tps) };
  };
  return jsonAnswer({
    statsDay: window('statsDay'),
    statsHour: window('statsHour'),
    statsMinute: window('statsMinute'),
  });
}
