import type { TopicConfig } from '../../remoting/bodies/topic-config.ts';
import type { Broker } from '../broker.ts';
import { ReadWrite, topicConfig } from './topic-config.ts';

/** The retry or dead letter topic of a group, created and announced to the NameServers when it is missing. */
export function groupTopic(broker: Broker, name: string, queues = 1, unitMode = false): TopicConfig {
  const known = broker.topics.get(name);
  if (known !== undefined) return known;
  const topic = topicConfig(name, queues, ReadWrite, unitMode ? 2 : 0);
  broker.topics.put(topic);
  void broker.registration.announce([topic]);
  return topic;
}
