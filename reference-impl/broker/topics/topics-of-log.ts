import type { Broker } from '../broker.ts';
import { topicConfig } from './topic-config.ts';

/**
 * Adds the topics whose messages this broker has and which its table lacks: those that its former master got since the last
 * copy. RocketMQ leaves such messages without a route until somebody makes the topic again. What was deleted on a former
 * master while its messages are still here comes back too.
 */
export function addTopicsOfLog({ store, topics, log }: Broker): void {
  const queueNums = new Map<string, number>();
  for (const { topic, queueId } of store.queues()) {
    if (topics.get(topic) === undefined) queueNums.set(topic, Math.max(queueNums.get(topic) ?? 0, queueId + 1));
  }
  if (queueNums.size === 0) return;
  topics.put(...Array.from(queueNums, ([topic, queues]) => topicConfig(topic, queues)));
  log.warn({ topics: [...queueNums.keys()] }, 'topics that only the log knew of');
}
