import type { Release } from '../../base/release.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import type { TopicConfig } from '../../remoting/bodies/topic-config.ts';
import type { ExtFields, ResponseInit } from '../../remoting/types.ts';
import type { Broker } from '../broker.ts';
import { filterRefusal } from '../clients/handlers.ts';
import { SQL92, type SubscriptionData, subscriptionOf, TAG } from '../clients/subscription.ts';
import { withFaq } from '../faq.ts';
import type { GroupConfig } from '../groups/group-config.ts';
import { illegalRequest } from '../send/target-topic.ts';
import { Perm } from '../topics/topic-config.ts';
import { type PullRequest, PullSysFlag } from './pull-request.ts';

/** What an admitted pull may read. */
export interface PullGrant {
  readonly group: GroupConfig;
  readonly topic: TopicConfig;
  readonly subscription: SubscriptionData;
}

/** Which permission a refusal with code 16 is about (new, `forbiddenType`). */
const Forbidden = { BROKER: 1, GROUP: 2, TOPIC: 3, BROADCASTING: 4 } as const;

/** The checks of a pull, in RocketMQ's order. @param lite it came as LITE_PULL_MESSAGE */
export function checkPull(
  broker: Broker,
  pull: PullRequest,
  lite: boolean,
  consumer: string,
): PullGrant | { readonly refusal: ResponseInit } {
  const { config, release } = broker;
  if ((config.brokerPermission & Perm.READ) === 0) {
    return forbidden(release, Forbidden.BROKER, `the broker[${config.brokerIP1}] pulling message is forbidden`);
  }
  if (lite && !config.litePullMessageEnable) {
    return forbidden(release, Forbidden.BROKER, `the broker[${config.brokerIP1}] for lite pull consumer is forbidden`);
  }
  const { consumerGroup, queueId } = pull;
  const group = broker.groups.findOrCreate(consumerGroup);
  if (group === undefined) {
    const remark = withFaq(`subscription group [${consumerGroup}] does not exist, ${consumer}`, release);
    return refuse(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, remark);
  }
  if (!group.consumeEnable) {
    return forbidden(release, Forbidden.GROUP, `subscription group no permission, ${consumerGroup}`);
  }
  const topic = broker.topics.get(pull.topic);
  if (topic === undefined) {
    const remark = withFaq(`topic[${pull.topic}] not exist, apply first please! `, release);
    return refuse(ResponseCode.TOPIC_NOT_EXIST, remark);
  }
  if ((topic.perm & Perm.READ) === 0) {
    return forbidden(release, Forbidden.TOPIC, `the topic[${pull.topic}] pulling message is forbidden`);
  }
  if (queueId < 0 || queueId >= topic.readQueueNums) {
    const remark =
      `queueId[${queueId}] is illegal, topic:[${pull.topic}] ` +
      `topicConfig.readQueueNums:[${topic.readQueueNums}] consumer:[/${consumer}]`;
    return refuse(illegalRequest(broker), remark);
  }
  const subscription = checkSubscription(broker, pull, group);
  if ('refusal' in subscription) return subscription;
  // Filter types that nobody knows are served unfiltered once property filters are on; SQL92 is not built.
  const { expressionType } = subscription;
  const unsupported = !config.enablePropertyFilter || expressionType === SQL92;
  if (expressionType !== TAG && unsupported) return { refusal: { ...filterRefusal(subscription), extFields: {} } };
  return { group, topic, subscription };
}

function checkSubscription(
  broker: Broker,
  pull: PullRequest,
  group: GroupConfig,
): SubscriptionData | { readonly refusal: ResponseInit } {
  if ((pull.sysFlag & PullSysFlag.SUBSCRIPTION) !== 0) {
    return subscriptionOf(pull.topic, pull.subscription, pull.expressionType);
  }
  const { release } = broker;
  const online = broker.clients.consumers.get(pull.consumerGroup);
  if (online === undefined) {
    return refuse(ResponseCode.SUBSCRIPTION_NOT_EXIST, withFaq("the consumer's group info not exist", release));
  }
  if (!group.consumeBroadcastEnable && online.messageModel === 'BROADCASTING') {
    const remark = `the consumer group[${pull.consumerGroup}] can not consume by broadcast way`;
    return forbidden(release, Forbidden.BROADCASTING, remark);
  }
  const subscription = online.subscriptions.get(pull.topic);
  if (subscription === undefined) {
    return refuse(ResponseCode.SUBSCRIPTION_NOT_EXIST, withFaq("the consumer's subscription not exist", release));
  }
  if (subscription.subVersion < pull.subVersion) {
    return refuse(ResponseCode.SUBSCRIPTION_NOT_LATEST, "the consumer's subscription not latest");
  }
  return subscription;
}

function refuse(code: ResponseCode, remark: string): { readonly refusal: ResponseInit } {
  return { refusal: { code, remark, extFields: {} } };
}

function forbidden(release: Release, forbiddenType: number, remark: string): { readonly refusal: ResponseInit } {
  const extFields: ExtFields = {};
  if (release === 'new') extFields.forbiddenType = String(forbiddenType);
  return { refusal: { code: ResponseCode.NO_PERMISSION, remark, extFields } };
}
