import { readInt64, viewOf } from '../../base/bytes.ts';
import { recordPosition } from '../../message/record.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { getEarliestMsgStoretime } from '../../remoting/commands/get-earliest-msg-storetime.ts';
import { getMaxOffset } from '../../remoting/commands/get-max-offset.ts';
import { getMinOffset } from '../../remoting/commands/get-min-offset.ts';
import { queryConsumerOffset } from '../../remoting/commands/query-consumer-offset.ts';
import { searchOffsetByTimestamp } from '../../remoting/commands/search-offset-by-timestamp.ts';
import { updateConsumerOffset } from '../../remoting/commands/update-consumer-offset.ts';
import { decodeHeader, encodeHeader, required } from '../../remoting/header.ts';
import type { ExtFields, ResponseInit } from '../../remoting/types.ts';
import { jsonAnswer } from '../answers.ts';
import type { Broker, Handlers } from '../broker.ts';
import { inMemory } from '../pull/pull-answer.ts';

/** Requests about offsets: 14, 15, 29, 30, 31, 32, 43, 45. */
export function offsetHandlers(broker: Broker): Handlers {
  const { store, offsets, schedule } = broker;
  return {
    [RequestCode.QUERY_CONSUMER_OFFSET]: ({ extFields }) => query(broker, extFields),
    [RequestCode.UPDATE_CONSUMER_OFFSET]: ({ extFields }) => update(broker, extFields),
    [RequestCode.SEARCH_OFFSET_BY_TIMESTAMP]: ({ extFields }) => {
      const header = decodeHeader(searchOffsetByTimestamp.request, extFields);
      const timestamp = required(header.timestamp, 'timestamp');
      const named = header.boundaryType?.toUpperCase() === 'UPPER' ? 'UPPER' : 'LOWER';
      const boundary = broker.release === 'old' ? 'NEAREST' : named;
      return offsetAnswer(store.offsetByTime(...queueOf(header), timestamp, boundary));
    },
    [RequestCode.GET_MAX_OFFSET]: ({ extFields }) => {
      return offsetAnswer(store.maxOffsetInQueue(...queueOf(decodeHeader(getMaxOffset.request, extFields))));
    },
    [RequestCode.GET_MIN_OFFSET]: ({ extFields }) => {
      const answer = offsetAnswer(store.minOffsetInQueue(...queueOf(decodeHeader(getMinOffset.request, extFields))));
      return broker.release === 'new' ? { ...answer, remark: '' } : answer;
    },
    [RequestCode.GET_EARLIEST_MSG_STORETIME]: ({ extFields }) => {
      const queue = queueOf(decodeHeader(getEarliestMsgStoretime.request, extFields));
      const timestamp = store.storeTimestampAt(...queue, store.minOffsetInQueue(...queue));
      return {
        code: ResponseCode.SUCCESS,
        extFields: encodeHeader(getEarliestMsgStoretime.response, { timestamp }),
      };
    },
    [RequestCode.GET_ALL_CONSUMER_OFFSET]: () => jsonAnswer(offsets.fields()),
    [RequestCode.GET_ALL_DELAY_OFFSET]: () => jsonAnswer(schedule.fields()),
  };
}

function query(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const { offsets, store, release } = broker;
  const header = decodeHeader(queryConsumerOffset.request, extFields);
  const [topic, queueId] = queueOf(header);
  const committed = offsets.query(required(header.consumerGroup, 'consumerGroup'), topic, queueId);
  if (committed >= 0) return offsetAnswer(committed);
  if (release === 'new' && header.setZeroIfNotFound === false) {
    return notFound('Not found, do not set to zero, maybe this group boot first');
  }
  if (store.minOffsetInQueue(topic, queueId) <= 0 && isYoung(broker, topic, queueId)) return offsetAnswer(0);
  return notFound('Not found, V3_0_6_SNAPSHOT maybe this group consumer boot first');
}

/** Such a queue is consumed from its beginning, whatever the consumer would choose. Old counts empty ones among them. */
function isYoung(broker: Broker, topic: string, queueId: number): boolean {
  const [first] = broker.store.getMessages(topic, queueId, 0, 1, null).records;
  if (first === undefined) return broker.release === 'old';
  return inMemory(broker, readInt64(viewOf(first), recordPosition.physicalOffset));
}

function update(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const { offsets, release } = broker;
  const header = decodeHeader(updateConsumerOffset.request, extFields);
  const group = required(header.consumerGroup, 'consumerGroup');
  const topic = required(header.topic, 'topic');
  const queueId = header.queueId;
  if (release === 'new') {
    const refusal = updateRefusal(broker, group, topic, queueId, header.commitOffset);
    if (refusal !== null) return refusal;
    if (offsets.hasReset(group, topic, required(queueId, 'queueId'))) {
      return { code: ResponseCode.SUCCESS, remark: 'Offset has been previously reset', extFields: {} };
    }
  }
  offsets.commit(group, topic, required(queueId, 'queueId'), required(header.commitOffset, 'commitOffset'));
  return { code: ResponseCode.SUCCESS, extFields: {} };
}

/** New refuses what old stores: an update creates neither group nor topic. */
function updateRefusal(
  broker: Broker,
  group: string,
  topic: string,
  queueId: number | null,
  offset: number | null,
): ResponseInit | null {
  const refuse = (code: ResponseCode, remark: string): ResponseInit => ({ code, remark, extFields: {} });
  if (broker.groups.get(group) === undefined) {
    return refuse(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, `Group ${group} not exist!`);
  }
  if (broker.topics.get(topic) === undefined) {
    return refuse(ResponseCode.TOPIC_NOT_EXIST, `Topic ${topic} not exist!`);
  }
  if (queueId === null) return refuse(ResponseCode.INVALID_PARAMETER, `QueueId is null, topic is ${topic}`);
  if (offset === null) return refuse(ResponseCode.INVALID_PARAMETER, `Offset is null, topic is ${topic}`);
  return null;
}

function queueOf(header: { topic: string | null; queueId: number | null }): [topic: string, queueId: number] {
  return [required(header.topic, 'topic'), required(header.queueId, 'queueId')];
}

function offsetAnswer(offset: number): ResponseInit {
  return { code: ResponseCode.SUCCESS, extFields: encodeHeader(getMaxOffset.response, { offset }) };
}

function notFound(remark: string): ResponseInit {
  return { code: ResponseCode.QUERY_NOT_FOUND, remark, extFields: {} };
}
