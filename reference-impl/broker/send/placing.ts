import { decodeProperties, encodeProperties } from '../../message/properties.ts';
import type { MessageToStore } from '../../message/types.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import type { SendMessageHeader } from '../../remoting/commands/send-message.ts';
import type { Connection, RemotingCommand, ResponseInit } from '../../remoting/types.ts';
import type { AppendRefusal, AppendResult } from '../../store/types.ts';
import type { Broker } from '../broker.ts';
import { groupTopic } from '../topics/group-topic.ts';
import { RETRY_PREFIX } from '../topics/topic-name.ts';
import { delayed, fitsItsTopic } from './delayed.ts';
import { appendRefusal } from './refusals.ts';
import { deadLetterTopic, retryVerdict } from './retry.ts';
import type { SentProperties } from './sent-properties.ts';

/** One send on its way through the checks. */
export interface Send {
  readonly request: RemotingCommand;
  readonly connection: Connection;
  readonly header: SendMessageHeader;
}

/** Where the message, or each message of a batch, landed; or why it was not stored. */
export type Placed =
  | { readonly topic: string; readonly results: readonly AppendResult[] }
  | { readonly refusal: ResponseInit };

/** Appends one message where it belongs: its topic, a delay queue, or the dead letters of its group. */
export function placeOne(broker: Broker, send: Send, message: MessageToStore, sent: SentProperties): Placed {
  const unbuilt = unbuiltRefusal(broker, sent);
  if (unbuilt !== null) return { refusal: unbuilt };
  let stored = message;
  let { delayLevel } = sent;
  if (message.topic.startsWith(RETRY_PREFIX)) {
    const verdict = retryVerdict(broker, send.header, send.request.version);
    if (typeof verdict === 'object') return verdict;
    if (verdict === 'dead') {
      stored = deadLetter(broker, message);
      delayLevel = 0;
    }
  }
  if (delayLevel > 0) {
    if (!fitsItsTopic(stored, broker.release)) return refused(broker, 'MESSAGE_ILLEGAL');
    stored = delayed(stored, delayLevel, broker.schedule.levelMax, broker.release);
  }
  const result = broker.store.append(stored);
  return typeof result === 'string' ? refused(broker, result) : { topic: stored.topic, results: [result] };
}

/** Appends a batch: all of it or nothing. */
export function placeBatch(broker: Broker, messages: readonly MessageToStore[], sent: SentProperties): Placed {
  const topic = messages[0]?.topic ?? '';
  if (messages.length === 0 || topic.startsWith(RETRY_PREFIX) || sent.delayLevel > 0 || sent.half) {
    return refused(broker, 'MESSAGE_ILLEGAL');
  }
  const results = broker.store.appendBatch(messages);
  return typeof results === 'string' ? refused(broker, results) : { topic, results };
}

/** What RocketMQ would store in a way that is not built here must not become an ordinary message. */
function unbuiltRefusal(broker: Broker, sent: SentProperties): ResponseInit | null {
  if (sent.half) {
    const reason = broker.config.rejectTransactionMessage ? 'is forbidden' : 'is not built in this broker';
    const remark = `the broker[${broker.config.brokerIP1}] sending transaction message ${reason}`;
    return { code: ResponseCode.NO_PERMISSION, remark };
  }
  if (!sent.timer || sent.delayLevel > 0 || broker.release === 'old') return null;
  const remark = 'accurate timer message is not enabled, timerWheelEnable is false';
  return { code: ResponseCode.SYSTEM_ERROR, remark };
}

function deadLetter(broker: Broker, message: MessageToStore): MessageToStore {
  const topic = deadLetterTopic(message.topic);
  groupTopic(broker, topic);
  if (broker.release === 'old') return { ...message, topic, queueId: 0 };
  const properties = decodeProperties(message.properties).set('DELAY', '-1');
  return { ...message, topic, queueId: 0, properties: encodeProperties(properties, broker.release) };
}

function refused(broker: Broker, refusal: AppendRefusal): Placed {
  return { refusal: appendRefusal(broker, refusal) };
}
