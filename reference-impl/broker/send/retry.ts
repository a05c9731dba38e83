import { ResponseCode } from '../../remoting/codes.ts';
import type { SendMessageHeader } from '../../remoting/commands/send-message.ts';
import type { ResponseInit } from '../../remoting/types.ts';
import type { Broker } from '../broker.ts';
import { withFaq } from '../faq.ts';
import { DLQ_PREFIX, RETRY_PREFIX } from '../topics/topic-name.ts';

/** First client version whose maxReconsumeTimes counts: 3.4.9. */
export const versionWithMaxReconsumeTimes = 121;

/** The verdict on a message sent to a retry topic. */
export type RetryVerdict = 'retry' | 'dead' | { readonly refusal: ResponseInit };

/** Whether a message that a consumer sends to its own retry topic may be tried again. */
export function retryVerdict(broker: Broker, header: SendMessageHeader, clientVersion: number): RetryVerdict {
  const group = header.topic.slice(RETRY_PREFIX.length);
  const config = broker.groups.findOrCreate(group);
  if (config === undefined) return { refusal: groupNotExist(broker, group) };
  const given = clientVersion >= versionWithMaxReconsumeTimes ? header.maxReconsumeTimes : null;
  const max = given ?? config.retryMaxTimes;
  if (broker.release === 'old') return header.reconsumeTimes >= max ? 'dead' : 'retry';
  // A group that holds queue locks consumes in order and has tried often enough when it gives a message back.
  const orderly = broker.locks.anyHeld(group, Date.now());
  return header.reconsumeTimes > max || orderly ? 'dead' : 'retry';
}

export function groupNotExist(broker: Broker, group: string): ResponseInit {
  const remark = withFaq(`subscription group not exist, ${group}`, broker.release);
  return { code: ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, remark };
}

/** Dead letter topic of a retry topic. */
export function deadLetterTopic(retryTopic: string): string {
  return DLQ_PREFIX + retryTopic.slice(RETRY_PREFIX.length);
}
