import type { Release } from '../base/release.ts';
import { type BatchMessage, encodeBatch } from '../message/batch.ts';
import { encodeProperties, PropertyName } from '../message/properties.ts';
import { RequestCode } from '../remoting/codes.ts';
import { encodeSendMessageV2, type SendMessageHeader } from '../remoting/commands/send-message.ts';
import type { RequestInit } from '../remoting/types.ts';
import type { MessageQueue } from './queues.ts';

/** What a producer sends. Bodies go as they are: this client never compresses. */
export interface MessageInit {
  readonly body: Uint8Array;
  /** Separated by blanks. */
  readonly keys?: string;
  readonly tags?: string;
  readonly flag?: number;
  /** False: do not wait for replicas or disk. Default true. */
  readonly waitStoreMsgOK?: boolean;
  /** Further properties; names of RocketMQ's own are the caller's risk. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface SendContext {
  readonly release: Release;
  readonly producerGroup: string;
  /** ms since the epoch. */
  readonly bornTimestamp: number;
  readonly uniqKey: () => string;
}

/** SEND_MESSAGE_V2 (310) as the stock client writes it. */
export function sendRequest(queue: MessageQueue, message: MessageInit, context: SendContext): RequestInit {
  const header = headerOf(queue, message.flag ?? 0, propertiesOf(message, context), false, context);
  return {
    code: RequestCode.SEND_MESSAGE_V2,
    extFields: encodeSendMessageV2(header, queue.brokerName),
    body: message.body,
  };
}

/** SEND_BATCH_MESSAGE (320): consecutive places in one queue, all or nothing. */
export function sendBatchRequest(
  queue: MessageQueue,
  messages: readonly MessageInit[],
  context: SendContext,
): RequestInit {
  const items = messages.map((message): BatchMessage => {
    return { flag: message.flag ?? 0, body: message.body, properties: propertiesOf(message, context) };
  });
  // Old gives a batch no key of its own; new does, and consumers then see it on every message.
  const batchKey: [string, string][] = context.release === 'old' ? [] : [[PropertyName.UNIQ_KEY, context.uniqKey()]];
  const properties = encodeProperties([...batchKey, [PropertyName.WAIT, 'true']], context.release);
  const header = headerOf(queue, 0, properties, true, context);
  return {
    code: RequestCode.SEND_BATCH_MESSAGE,
    extFields: encodeSendMessageV2(header, queue.brokerName),
    body: encodeBatch(items),
  };
}

function headerOf(
  queue: MessageQueue,
  flag: number,
  properties: string,
  batch: boolean,
  context: SendContext,
): SendMessageHeader {
  return {
    producerGroup: context.producerGroup,
    topic: queue.topic,
    defaultTopic: 'TBW102',
    defaultTopicQueueNums: 4,
    queueId: queue.queueId,
    sysFlag: 0,
    bornTimestamp: context.bornTimestamp,
    flag,
    properties,
    reconsumeTimes: 0,
    unitMode: false,
    maxReconsumeTimes: null,
    batch,
  };
}

function propertiesOf(message: MessageInit, context: SendContext): string {
  const properties: [string, string][] = Object.entries(message.properties ?? {});
  if (message.keys !== undefined) properties.push([PropertyName.KEYS, message.keys]);
  properties.push([PropertyName.UNIQ_KEY, context.uniqKey()]);
  properties.push([PropertyName.WAIT, String(message.waitStoreMsgOK ?? true)]);
  if (message.tags !== undefined) properties.push([PropertyName.TAGS, message.tags]);
  return encodeProperties(properties, context.release);
}
