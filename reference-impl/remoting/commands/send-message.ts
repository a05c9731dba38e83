// SEND_MESSAGE (10), SEND_MESSAGE_V2 (310), SEND_BATCH_MESSAGE (320, V2 names), producer -> broker. Body: the message, or a
// batch (message/batch.ts).
//   V2 a producerGroup! b topic! c defaultTopic! d defaultTopicQueueNums! e queueId! f sysFlag! g bornTimestamp! h flag!
//      i properties? j reconsumeTimes? k unitMode? l maxReconsumeTimes? m batch? n bname?        V1 has the long names
//   response ext msgId!, queueId!, queueOffset!, MSG_REGION!, TRACE_ON!; new: transactionId?
// Decoded by hand: these are the requests that come by the ten thousand. Source: SendMessageRequestHeader(V2), both releases.
import { SwitchlabError } from '../../base/errors.ts';
import { RequestCode } from '../codes.ts';
import type { ExtFields } from '../types.ts';

export interface SendMessageHeader {
  readonly producerGroup: string;
  readonly topic: string;
  readonly defaultTopic: string;
  readonly defaultTopicQueueNums: number;
  /** Negative: the broker chooses. */
  readonly queueId: number;
  readonly sysFlag: number;
  /** ms since the epoch */
  readonly bornTimestamp: number;
  readonly flag: number;
  /** `name 0x01 value 0x02 …`; empty when absent. */
  readonly properties: string;
  readonly reconsumeTimes: number;
  readonly unitMode: boolean;
  /** Null when the producer did not say. */
  readonly maxReconsumeTimes: number | null;
  readonly batch: boolean;
}

const intMax = 2147483647;
const noFields: ExtFields = {};

/** The topic is looked at first: without one nothing else of a header counts. */
const withoutTopic: SendMessageHeader = {
  producerGroup: '',
  topic: '',
  defaultTopic: '',
  defaultTopicQueueNums: 0,
  queueId: 0,
  sysFlag: 0,
  bornTimestamp: 0,
  flag: 0,
  properties: '',
  reconsumeTimes: 0,
  unitMode: false,
  maxReconsumeTimes: null,
  batch: false,
};

/**
 * Decodes the header of 10, 310 or 320. Without a topic every field is empty.
 * Throws HEADER_FIELD_ILLEGAL naming the first number that is missing or none.
 */
export function decodeSendMessage(code: number, extFields: ExtFields | null): SendMessageHeader {
  const fields = extFields ?? noFields;
  if (code === RequestCode.SEND_MESSAGE) return fields.topic === undefined ? withoutTopic : decodeV1(fields);
  return fields.b === undefined ? withoutTopic : decodeV2(fields, code);
}

function decodeV2(fields: ExtFields, code: number): SendMessageHeader {
  return {
    producerGroup: fields.a ?? '',
    topic: fields.b ?? '',
    defaultTopic: fields.c ?? '',
    defaultTopicQueueNums: int(fields.d, 'd'),
    queueId: int(fields.e, 'e'),
    sysFlag: int(fields.f, 'f'),
    bornTimestamp: integer(fields.g, 'g', Number.MAX_SAFE_INTEGER),
    flag: int(fields.h, 'h'),
    properties: fields.i ?? '',
    reconsumeTimes: fields.j === undefined ? 0 : int(fields.j, 'j'),
    unitMode: fields.k === 'true',
    maxReconsumeTimes: fields.l === undefined ? null : int(fields.l, 'l'),
    batch: fields.m === 'true' || code === RequestCode.SEND_BATCH_MESSAGE,
  };
}

function decodeV1(fields: ExtFields): SendMessageHeader {
  const { reconsumeTimes, maxReconsumeTimes } = fields;
  return {
    producerGroup: fields.producerGroup ?? '',
    topic: fields.topic ?? '',
    defaultTopic: fields.defaultTopic ?? '',
    defaultTopicQueueNums: int(fields.defaultTopicQueueNums, 'defaultTopicQueueNums'),
    queueId: int(fields.queueId, 'queueId'),
    sysFlag: int(fields.sysFlag, 'sysFlag'),
    bornTimestamp: integer(fields.bornTimestamp, 'bornTimestamp', Number.MAX_SAFE_INTEGER),
    flag: int(fields.flag, 'flag'),
    properties: fields.properties ?? '',
    reconsumeTimes: reconsumeTimes === undefined ? 0 : int(reconsumeTimes, 'reconsumeTimes'),
    unitMode: fields.unitMode === 'true',
    maxReconsumeTimes: maxReconsumeTimes === undefined ? null : int(maxReconsumeTimes, 'maxReconsumeTimes'),
    batch: fields.batch === 'true',
  };
}

/** Fields of 310 and 320, in the order of the stock client. */
export function encodeSendMessageV2(header: SendMessageHeader, brokerName: string): ExtFields {
  const fields: ExtFields = {
    a: header.producerGroup,
    b: header.topic,
    c: header.defaultTopic,
    d: String(header.defaultTopicQueueNums),
    e: String(header.queueId),
    f: String(header.sysFlag),
    g: String(header.bornTimestamp),
    h: String(header.flag),
    i: header.properties,
    j: String(header.reconsumeTimes),
    k: String(header.unitMode),
  };
  if (header.maxReconsumeTimes !== null) fields.l = String(header.maxReconsumeTimes);
  fields.m = String(header.batch);
  fields.n = brokerName;
  return fields;
}

function int(text: string | undefined, name: string): number {
  return integer(text, name, intMax);
}

/** A decimal text as a number of at most `max`, digit by digit: half the cost of a pattern and `Number`. */
function integer(text: string | undefined, name: string, max: number): number {
  if (text === undefined) throw new SwitchlabError('HEADER_FIELD_ILLEGAL', `Header field "${name}" is missing.`);
  const negative = text.charCodeAt(0) === 45;
  let value = 0;
  for (let i = negative ? 1 : 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return illegal(name, text);
    value = value * 10 + digit;
  }
  if (text.length === (negative ? 1 : 0) || value > max + (negative ? 1 : 0)) return illegal(name, text);
  return negative ? -value : value;
}

function illegal(name: string, text: string): never {
  throw new SwitchlabError('HEADER_FIELD_ILLEGAL', `Header field "${name}" is "${text}".`);
}
