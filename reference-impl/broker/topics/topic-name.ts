/** Prefixes of the topics that belong to a consumer group. */
export const RETRY_PREFIX = '%RETRY%';
export const DLQ_PREFIX = '%DLQ%';

export const SCHEDULE_TOPIC = 'SCHEDULE_TOPIC_XXXX';
export const AUTO_CREATE_TEMPLATE = 'TBW102';
export const HALF_TOPIC = 'RMQ_SYS_TRANS_HALF_TOPIC';
export const OP_HALF_TOPIC = 'RMQ_SYS_TRANS_OP_HALF_TOPIC';
export const OFFSET_MOVED_TOPIC = 'OFFSET_MOVED_EVENT';

const legal = /^[%|a-zA-Z0-9_-]+$/;

/** Why `topic` is no topic name (`TopicValidator`), or null. */
export function topicNameRefusal(topic: string, lengthMax = 127): string | null {
  if (topic.trim() === '') return 'The specified topic is blank.';
  if (!legal.test(topic)) return 'The specified topic contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$';
  if (topic.length > lengthMax) return 'The specified topic is longer than topic max length.';
  return null;
}

/** Topics that a client may not send to. */
export const notAllowedToSend: ReadonlySet<string> = new Set([
  SCHEDULE_TOPIC,
  HALF_TOPIC,
  OP_HALF_TOPIC,
  'TRANS_CHECK_MAX_TIME_TOPIC',
  'SELF_TEST_TOPIC',
  OFFSET_MOVED_TOPIC,
]);
