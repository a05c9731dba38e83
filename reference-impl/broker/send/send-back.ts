import { decodeProperties, encodeProperties } from '../../message/properties.ts';
import { hostHex, offsetMsgId } from '../../message/ids.ts';
import { decodeRecord } from '../../message/record.ts';
import type { MessageToStore, StoredMessage } from '../../message/types.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { consumerSendMsgBack } from '../../remoting/commands/consumer-send-msg-back.ts';
import { decodeHeader, required } from '../../remoting/header.ts';
import type { Connection, RemotingCommand, ResponseInit } from '../../remoting/types.ts';
import type { Broker, Handlers } from '../broker.ts';
import type { GroupConfig } from '../groups/group-config.ts';
import { groupTopic } from '../topics/group-topic.ts';
import { Perm } from '../topics/topic-config.ts';
import { DLQ_PREFIX, RETRY_PREFIX } from '../topics/topic-name.ts';
import { delayed, fitsItsTopic } from './delayed.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import { overloaded, storeRefusal } from './refusals.ts';
import { groupNotExist, versionWithMaxReconsumeTimes } from './retry.ts';

/** CONSUMER_SEND_MSG_BACK (36): a consumer failed on a message and wants it again later. */
export function sendBackHandlers(broker: Broker, acknowledgements: Acknowledgements): Handlers {
  return {
    [RequestCode.CONSUMER_SEND_MSG_BACK]: (request, connection) =>
      sendBack(broker, acknowledgements, request, connection),
  };
}

function sendBack(
  broker: Broker,
  acknowledgements: Acknowledgements,
  request: RemotingCommand,
  connection: Connection,
): ResponseInit | undefined {
  const { config, groups, store, role, stats } = broker;
  const header = decodeHeader(consumerSendMsgBack.request, request.extFields);
  const groupName = required(header.group, 'group');
  const group = groups.findOrCreate(groupName);
  if (group === undefined) return groupNotExist(broker, groupName);
  if ((config.brokerPermission & Perm.WRITE) === 0) {
    const remark = `the broker[${config.brokerIP1}] sending message is forbidden`;
    return { code: ResponseCode.NO_PERMISSION, remark };
  }
  if (group.retryQueueNums <= 0) return { code: ResponseCode.SUCCESS };
  const unitMode = header.unitMode === true;
  const topic = groupTopic(broker, RETRY_PREFIX + groupName, { queues: group.retryQueueNums, unitMode });
  if ((topic.perm & Perm.WRITE) === 0) {
    return { code: ResponseCode.NO_PERMISSION, remark: `the topic[${topic.topicName}] sending message is forbidden` };
  }
  if (acknowledgements.full) return overloaded;
  const refusal = storeRefusal(broker) ?? replicasRefusal(role.refusal());
  if (refusal !== null) return refusal;
  const offset = required(header.offset, 'offset');
  const record = store.lookMessage(offset);
  if (record === null) return failed(`look message by offset failed, ${offset}`);
  const message = decodeRecord(record);
  const given = request.version >= versionWithMaxReconsumeTimes ? header.maxReconsumeTimes : null;
  const copy = retried(broker, message, group, header.delayLevel ?? 0, given);
  const result = copy === null ? 'MESSAGE_ILLEGAL' : store.append(copy);
  if (typeof result === 'string') return failed(result);
  // The consumer forgets the message once it hears 0.
  store.writeNow();
  if (store.writtenOffset < result.endOffset) return failed('FLUSH_DISK_TIMEOUT');
  stats.put(topic.topicName, 1, result.size);
  stats.sentBack(message.topic, groupName);
  if (role.majority !== null) {
    const { endOffset, queueOffset, physicalOffset } = result;
    const place = { endOffset, queueId: 0, queueOffset, physicalOffset, physicalOffsets: null, transactionId: null };
    const answer = { code: ResponseCode.SUCCESS, sinceMs: Date.now(), sentBack: true };
    acknowledgements.wait({ request, connection, ...place, ...answer }, 'replicated');
    return undefined;
  }
  return { code: ResponseCode.SUCCESS };
}

/** The message again: to the retry topic, later; or to the dead letters. Null for a topic that no record holds. */
function retried(
  broker: Broker,
  message: StoredMessage,
  group: GroupConfig,
  delayLevel: number,
  maxReconsumeTimes: number | null,
): MessageToStore | null {
  const { groupName, retryQueueNums, retryMaxTimes } = group;
  const { release, schedule } = broker;
  const dead = delayLevel < 0 || message.reconsumeTimes >= (maxReconsumeTimes ?? retryMaxTimes);
  const target = dead ? groupTopic(broker, DLQ_PREFIX + groupName) : null;
  const copy: MessageToStore = {
    topic: target?.topicName ?? RETRY_PREFIX + groupName,
    queueId: dead ? 0 : Math.floor(Math.random() * retryQueueNums),
    flag: message.flag,
    sysFlag: message.sysFlag,
    bornTimestamp: message.bornTimestamp,
    bornHost: message.bornHost,
    storeHost: release === 'new' ? broker.storeHost : message.storeHost,
    reconsumeTimes: message.reconsumeTimes + 1,
    preparedTransactionOffset: 0,
    body: message.body,
    properties: retryProperties(broker, message),
  };
  if (!fitsItsTopic(copy, release)) return null;
  return dead ? copy : delayed(copy, delayLevel || 3 + message.reconsumeTimes, schedule.levelMax, release);
}

function retryProperties(broker: Broker, message: StoredMessage): string {
  const properties = decodeProperties(message.properties);
  if (!properties.has('RETRY_TOPIC')) properties.set('RETRY_TOPIC', message.topic);
  if (!properties.has('ORIGIN_MESSAGE_ID')) {
    properties.set('ORIGIN_MESSAGE_ID', offsetMsgId(hostHex(message.storeHost), message.physicalOffset));
  }
  properties.set('WAIT', 'false');
  properties.delete('DELAY');
  return encodeProperties(properties, broker.release);
}

function replicasRefusal(refusal: ReturnType<Broker['role']['refusal']>): ResponseInit | null {
  return refusal === 'IN_SYNC_REPLICAS_NOT_ENOUGH' ? failed(refusal) : null;
}

function failed(remark: string): ResponseInit {
  return { code: ResponseCode.SYSTEM_ERROR, remark };
}
