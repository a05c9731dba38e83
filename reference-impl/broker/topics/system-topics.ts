import type { Release } from '../../base/release.ts';
import type { BrokerConfig } from '../../config/broker.ts';
import type { TopicConfig } from '../../remoting/bodies/topic-config.ts';
import { Perm, ReadWrite, topicConfig } from './topic-config.ts';
import { AUTO_CREATE_TEMPLATE, HALF_TOPIC, OFFSET_MOVED_TOPIC, OP_HALF_TOPIC, SCHEDULE_TOPIC } from './topic-name.ts';

/** Names that begin with it belong to brokers, listed or not. */
export const systemPrefix = 'rmq_sys_';

/** Topics that every start of a broker makes sure of. */
export function systemTopics(config: BrokerConfig, release: Release): TopicConfig[] {
  const { brokerClusterName: cluster, brokerName } = config;
  const shared = ReadWrite | Perm.INHERIT;
  const topics = [
    topicConfig('SELF_TEST_TOPIC', 1),
    topicConfig('BenchmarkTest', 1024),
    topicConfig(cluster, 16, config.clusterTopicEnable ? shared : Perm.INHERIT),
    topicConfig(brokerName, 1, config.brokerTopicEnable ? shared : Perm.INHERIT),
    topicConfig(OFFSET_MOVED_TOPIC, 1),
    topicConfig(SCHEDULE_TOPIC, 18),
    topicConfig(`${cluster}_REPLY_TOPIC`, 1),
  ];
  if (config.autoCreateTopicEnable) {
    topics.push(topicConfig(AUTO_CREATE_TEMPLATE, config.defaultTopicQueueNums, shared));
  }
  if (config.traceTopicEnable) topics.push(topicConfig(config.msgTraceTopicName, 1));
  if (release === 'new') {
    topics.push(
      topicConfig(HALF_TOPIC, 1),
      topicConfig(OP_HALF_TOPIC, 1),
      topicConfig(`rmq_sys_REVIVE_LOG_${cluster}`, config.reviveQueueNum),
      topicConfig(`rmq_sys_SYNC_BROKER_MEMBER_${brokerName}`, 1, Perm.INHERIT),
    );
    if (config.timerWheelEnable) topics.push(topicConfig('rmq_sys_wheel_timer', 1));
  }
  return topics;
}

/** Names that code 305 lists and that tools may neither create nor delete. */
export function systemTopicNames(config: BrokerConfig, release: Release): string[] {
  const reserved = [
    'RMQ_SYS_TRACE_TOPIC',
    HALF_TOPIC,
    OP_HALF_TOPIC,
    'TRANS_CHECK_MAX_TIME_TOPIC',
    AUTO_CREATE_TEMPLATE,
  ];
  if (release === 'new') reserved.push('CHECKPOINT_TOPIC');
  return [...new Set([...systemTopics(config, release).map((topic) => topic.topicName), ...reserved])];
}
