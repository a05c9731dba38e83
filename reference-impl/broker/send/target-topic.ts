import { ResponseCode } from '../../remoting/codes.ts';
import type { SendMessageHeader } from '../../remoting/commands/send-message.ts';
import type { TopicConfig } from '../../remoting/bodies/topic-config.ts';
import type { ResponseInit } from '../../remoting/types.ts';
import type { Broker } from '../broker.ts';
import { withFaq } from '../faq.ts';
import { Perm, ReadWrite, topicConfig, topicConfigText } from '../topics/topic-config.ts';
import { AUTO_CREATE_TEMPLATE, notAllowedToSend, RETRY_PREFIX, topicNameRefusal } from '../topics/topic-name.ts';

/** Where a send may go: a topic, or why not. `created` topics are not announced to the NameServers yet. */
export type TargetTopic =
  | { readonly topic: TopicConfig; readonly created: boolean }
  | { readonly refusal: ResponseInit };

/** The checks of a send that lead to its topic, in RocketMQ's order; creates the topic when it may. */
export function targetTopic(broker: Broker, header: SendMessageHeader): TargetTopic {
  const { config, topics, release } = broker;
  if (Date.now() < config.startAcceptSendRequestTimeStamp) {
    const since = new Date(config.startAcceptSendRequestTimeStamp).toISOString();
    return refuse(ResponseCode.SYSTEM_ERROR, `broker unable to service, until ${since}`);
  }
  const known = topics.get(header.topic);
  if ((config.brokerPermission & Perm.WRITE) === 0 && known?.order === true) {
    return refuse(ResponseCode.NO_PERMISSION, `the broker[${config.brokerIP1}] sending message is forbidden`);
  }
  if (known !== undefined && !notAllowedToSend.has(header.topic)) return { topic: known, created: false };
  const illegal = topicNameRefusal(header.topic);
  if (illegal !== null) return refuse(illegalRequest(broker), illegal);
  if (notAllowedToSend.has(header.topic)) {
    return refuse(ResponseCode.NO_PERMISSION, `Sending message to topic[${header.topic}] is forbidden.`);
  }
  const topic = createTopic(broker, header);
  if (topic !== null) return { topic, created: true };
  return refuse(
    ResponseCode.TOPIC_NOT_EXIST,
    withFaq(`topic[${header.topic}] not exist, apply first please!`, release),
  );
}

/** Refuses a queue that the topic has not. */
export function queueRefusal(
  broker: Broker,
  topic: TopicConfig,
  queueId: number,
  producer: string,
): ResponseInit | null {
  if (queueId < Math.max(topic.readQueueNums, topic.writeQueueNums)) return null;
  const text = topicConfigText(topic, broker.release);
  const remark = `request queueId[${queueId}] is illegal, ${text} Producer: ${producer}`;
  return { code: illegalRequest(broker), remark };
}

/** Code of a request that names something impossible: new has one of its own. */
export function illegalRequest(broker: Broker): ResponseCode {
  return broker.release === 'new' ? ResponseCode.INVALID_PARAMETER : ResponseCode.SYSTEM_ERROR;
}

function createTopic(broker: Broker, header: SendMessageHeader): TopicConfig | null {
  const { topics, config } = broker;
  const template = topics.get(header.defaultTopic);
  const inherits =
    template !== undefined &&
    (template.perm & Perm.INHERIT) !== 0 &&
    (header.defaultTopic !== AUTO_CREATE_TEMPLATE || config.autoCreateTopicEnable);
  if (inherits) {
    const queues = Math.max(0, Math.min(header.defaultTopicQueueNums, template.writeQueueNums));
    const plain = topicConfig(header.topic, queues, template.perm & ~Perm.INHERIT, header.unitMode ? 1 : 0);
    const created = { ...plain, topicFilterType: template.topicFilterType };
    topics.put(created);
    return created;
  }
  if (!header.topic.startsWith(RETRY_PREFIX)) return null;
  // A consumer that cannot send a message back sends it to its retry topic itself.
  const retryTopic = topicConfig(header.topic, 1, ReadWrite, header.unitMode ? 2 : 0);
  topics.put(retryTopic);
  return retryTopic;
}

function refuse(code: ResponseCode, remark: string): TargetTopic {
  return { refusal: { code, remark } };
}
