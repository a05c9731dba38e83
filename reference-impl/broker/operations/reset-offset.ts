// INVOKE_BROKER_TO_RESET_OFFSET (222). New keeps the reset and tells the next pull; old pushes it to the group's clients:
// RESET_CONSUMER_CLIENT_OFFSET (220), oneway, ext topic, group, timestamp, isForce, body {"offsetTable":{<queue>:offset}},
// or, when a C++ tool asked, {"offsetTable":[{"brokerName","offset","queueId","topic"},…]}.
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { invokeBrokerToResetOffset } from '../../remoting/commands/invoke-broker-to-reset-offset.ts';
import { writeFastjson } from '../../remoting/fastjson-writer.ts';
import { decodeHeader, encodeHeader, required } from '../../remoting/header.ts';
import type { ExtFields, ResponseInit } from '../../remoting/types.ts';
import { type Broker, type Handlers, isSlave } from '../broker.ts';
import { jsonAnswer, topicNotExist, unsetRemark } from '../answers.ts';
import { messageQueue } from './consume-stats.ts';

/** `LanguageCode` of C++. */
const languageCpp = 1;
/** First client version that can be reset: 3.0.7. */
const resettableVersion = 28;

interface Reset {
  readonly topic: string;
  readonly group: string;
  readonly timestamp: number;
  readonly isForce: boolean;
  /** -1: every queue. */
  readonly queueId: number;
  /** -1: by time. */
  readonly offset: number;
}

export function resetOffsetHandlers(broker: Broker): Handlers {
  return {
    [RequestCode.INVOKE_BROKER_TO_RESET_OFFSET]: ({ extFields, language }) => {
      const reset = readReset(extFields);
      const serverSide = broker.release === 'new' && broker.config.useServerSideResetOffset;
      return serverSide ? resetHere(broker, reset) : resetAtClients(broker, reset, language === languageCpp);
    },
  };
}

function readReset(extFields: ExtFields | null): Reset {
  const header = decodeHeader(invokeBrokerToResetOffset.request, extFields);
  return {
    topic: required(header.topic, 'topic'),
    group: required(header.group, 'group'),
    timestamp: required(header.timestamp, 'timestamp'),
    isForce: header.isForce === true,
    queueId: header.queueId ?? -1,
    offset: header.offset ?? -1,
  };
}

function resetHere(broker: Broker, reset: Reset): ResponseInit {
  const { topic, group } = reset;
  const failed = (code: ResponseCode, remark: string): ResponseInit => ({ code, remark });
  if (isSlave(broker)) return failed(ResponseCode.SYSTEM_ERROR, 'Can not reset offset in slave broker');
  const known = broker.topics.get(topic);
  if (known === undefined) return { ...topicNotExist(topic), remark: `Topic ${topic} does not exist` };
  if (broker.groups.get(group) === undefined) {
    return failed(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, `Group ${group} does not exist`);
  }
  const targets = new Map<number, number>();
  for (const queueId of queuesOf(reset, known.readQueueNums)) {
    const min = broker.store.minOffsetInQueue(topic, queueId);
    const max = broker.store.maxOffsetInQueue(topic, queueId);
    const target = reset.offset >= 0 ? reset.offset : byTime(broker, reset, queueId, max);
    if (target < min || target > max) {
      const remark = `Target offset ${target} not in consume queue range [${min}-${max}]`;
      return failed(ResponseCode.SYSTEM_ERROR, remark);
    }
    targets.set(queueId, target);
  }
  for (const [queueId, target] of targets) broker.offsets.reset(group, topic, queueId, target);
  const offsetTable = new Map(
    Array.from(targets, ([id, target]) => [messageQueue(broker, topic, id), target] as const),
  );
  return jsonAnswer({ offsetTable });
}

/** @param asList for clients in C++, whose JSON has no objects as keys */
function resetAtClients(broker: Broker, reset: Reset, asList: boolean): ResponseInit {
  const { topic, group, timestamp } = reset;
  const known = broker.topics.get(topic);
  if (known === undefined) return topicNotExist(topic);
  const offsetTable = new Map<ReturnType<typeof messageQueue>, number>();
  for (const queueId of queuesOf(reset, known.writeQueueNums)) {
    const consumed = broker.offsets.query(group, topic, queueId);
    if (consumed < 0) {
      return { code: ResponseCode.SYSTEM_ERROR, remark: `THe consumer group <${group}> not exist` };
    }
    const target = byTime(broker, reset, queueId, broker.store.maxOffsetInQueue(topic, queueId));
    offsetTable.set(messageQueue(broker, topic, queueId), reset.isForce ? target : Math.min(target, consumed));
  }
  const members = [...(broker.clients.consumers.get(group)?.channels.values() ?? [])];
  if (members.length === 0) {
    const remark = `Consumer not online, so can not reset offset, Group: ${group} Topic: ${topic} Timestamp: ${timestamp}`;
    return { code: ResponseCode.CONSUMER_NOT_ONLINE, remark };
  }
  const { request } = invokeBrokerToResetOffset;
  const extFields = encodeHeader(request, { topic, group, timestamp, isForce: false });
  const body = Buffer.from(writeFastjson({ offsetTable }));
  const pushed = asList ? Buffer.from(writeFastjson({ offsetTable: listed(offsetTable) })) : body;
  for (const { connection, version } of members) {
    if (version < resettableVersion) continue;
    connection.oneway({ code: RequestCode.RESET_CONSUMER_CLIENT_OFFSET, extFields, body: pushed });
  }
  return { code: ResponseCode.SUCCESS, remark: unsetRemark, body };
}

function listed(offsetTable: ReadonlyMap<ReturnType<typeof messageQueue>, number>): object[] {
  return Array.from(offsetTable, ([{ brokerName, queueId, topic }, offset]) => {
    return { brokerName, offset, queueId, topic };
  });
}

function queuesOf(reset: Reset, count: number): number[] {
  return reset.queueId >= 0 ? [reset.queueId] : Array.from({ length: count }, (_, queueId) => queueId);
}

function byTime({ store, release }: Broker, { topic, timestamp }: Reset, queueId: number, max: number): number {
  if (timestamp === -1) return max;
  return store.offsetByTime(topic, queueId, timestamp, release === 'old' ? 'NEAREST' : 'LOWER');
}
