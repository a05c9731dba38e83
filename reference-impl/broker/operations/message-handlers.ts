import { readInt64, viewOf } from '../../base/bytes.ts';
import { recordPosition, storeTimestampOf } from '../../message/record.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { queryConsumeQueue } from '../../remoting/commands/query-consume-queue.ts';
import { queryMessage } from '../../remoting/commands/query-message.ts';
import { viewMessageById } from '../../remoting/commands/view-message-by-id.ts';
import { decodeHeader, encodeHeader, required } from '../../remoting/header.ts';
import type { ExtFields, ResponseInit } from '../../remoting/types.ts';
import { decodeProperties, tagsCodeOf } from '../../message/properties.ts';
import { decodeRecord } from '../../message/record.ts';
import type { Broker, Handlers } from '../broker.ts';
import { jsonAnswer, topicNotExist, unsetRemark } from '../answers.ts';

/** Queue units that one 321 returns. */
const queueUnitsMax = 16;

/** Requests for single messages: 12, 33, 321. */
export function messageHandlers(broker: Broker): Handlers {
  return {
    [RequestCode.QUERY_MESSAGE]: ({ extFields }) => query(broker, extFields),
    [RequestCode.VIEW_MESSAGE_BY_ID]: ({ extFields }) => view(broker, extFields),
    [RequestCode.QUERY_CONSUME_QUEUE]: ({ extFields }) => queueUnits(broker, extFields),
  };
}

function query({ store, config }: Broker, extFields: ExtFields | null): ResponseInit {
  const header = decodeHeader(queryMessage.request, extFields);
  const asked = required(header.maxNum, 'maxNum');
  const maxNum =
    header._UNIQUE_KEY_QUERY === true ? config.defaultQueryMaxNum : Math.min(asked, config.maxMsgsNumBatch);
  const begin = required(header.beginTimestamp, 'beginTimestamp');
  const end = required(header.endTimestamp, 'endTimestamp');
  const records = store.queryByKey(required(header.topic, 'topic'), required(header.key, 'key'), maxNum, begin, end);
  const newest = records[0];
  const response = encodeHeader(queryMessage.response, {
    indexLastUpdateTimestamp: newest === undefined ? 0 : storeTimestampOf(viewOf(newest), 0),
    indexLastUpdatePhyoffset: newest === undefined ? 0 : readInt64(viewOf(newest), recordPosition.physicalOffset),
  });
  if (newest !== undefined) {
    return { code: ResponseCode.SUCCESS, extFields: response, body: Buffer.concat(records) };
  }
  const remark = 'can not find message, maybe time range not correct';
  return { code: ResponseCode.QUERY_NOT_FOUND, remark, extFields: response };
}

function view({ store }: Broker, extFields: ExtFields | null): ResponseInit {
  const offset = required(decodeHeader(viewMessageById.request, extFields).offset, 'offset');
  const record = store.lookMessage(offset);
  if (record !== null) return { code: ResponseCode.SUCCESS, body: record };
  return { code: ResponseCode.SYSTEM_ERROR, remark: `can not find message by the offset, ${offset}` };
}

function queueUnits({ store, topics }: Broker, extFields: ExtFields | null): ResponseInit {
  const header = decodeHeader(queryConsumeQueue.request, extFields);
  const topic = required(header.topic, 'topic');
  const queueId = required(header.queueId, 'queueId');
  const index = required(header.index, 'index');
  const count = Math.min(required(header.count, 'count'), queueUnitsMax);
  if (topics.get(topic) === undefined) return topicNotExist(topic);
  const units: Buffer[] = [];
  for (let offset = index; units.length < count; ) {
    const { status, records } = store.getMessages(topic, queueId, offset, count - units.length, null);
    if (status !== 'FOUND') break;
    units.push(...records);
    offset += records.length;
  }
  const answer = jsonAnswer({
    maxQueueIndex: store.maxOffsetInQueue(topic, queueId),
    minQueueIndex: store.minOffsetInQueue(topic, queueId),
    queueData: units.map(queueUnit),
  });
  return { ...answer, remark: unsetRemark };
}

function queueUnit(record: Buffer) {
  const { physicalOffset, size, properties } = decodeRecord(record);
  const tagsCode = tagsCodeOf(decodeProperties(properties).get('TAGS'));
  return { eval: false, physicOffset: physicalOffset, physicSize: size, tagsCode };
}
