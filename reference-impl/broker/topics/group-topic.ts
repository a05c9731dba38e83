import type { TopicConfig } from '../../remoting/bodies/topic-config.ts';
import type { Broker } from '../broker.ts';
import { ReadWrite, topicConfig } from './topic-config.ts';

export interface GroupTopicOptions {
  /** Default 1. */
  readonly queues?: number;
  readonly unitMode?: boolean;
  /** Default: as it is, at first false. */
  readonly order?: boolean;
}

const unitSubFlag = 2;

/** The retry or dead letter topic of a group, created, or given its order, and announced to the NameServers. */
export function groupTopic(
  broker: Broker,
  name: string,
  { queues = 1, unitMode = false, order }: GroupTopicOptions = {},
): TopicConfig {
  const known = broker.topics.get(name);
  if (known !== undefined && (order === undefined || order === known.order)) return known;
  const asked = known ?? topicConfig(name, queues, ReadWrite, unitMode ? unitSubFlag : 0);
  const topic = { ...asked, order: order ?? asked.order };
  broker.topics.put(topic);
  void broker.registration.announce([topic]);
  return topic;
}
