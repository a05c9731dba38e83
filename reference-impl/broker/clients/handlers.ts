import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { getConsumerListByGroup } from '../../remoting/commands/get-consumer-list-by-group.ts';
import { unregisterClient } from '../../remoting/commands/unregister-client.ts';
import { parseFields } from '../../remoting/bodies/fields.ts';
import { writeFastjson } from '../../remoting/fastjson-writer.ts';
import { decodeHeader, required } from '../../remoting/header.ts';
import type { Connection, RemotingCommand, ResponseInit } from '../../remoting/types.ts';
import type { Broker, Handlers } from '../broker.ts';
import { groupTopic } from '../topics/group-topic.ts';
import { RETRY_PREFIX } from '../topics/topic-name.ts';
import { type ConsumerData, readHeartbeat } from './heartbeat.ts';
import { readLockRequest } from './queue-locks.ts';
import { readSubscription, SQL92, TAG } from './subscription.ts';

/** Requests of clients about themselves: 34, 35, 38, 41, 42, 46. */
export function clientHandlers(broker: Broker): Handlers {
  return {
    [RequestCode.HEART_BEAT]: (request, connection) => heartbeat(broker, request, connection),
    [RequestCode.UNREGISTER_CLIENT]: (request, connection) => unregister(broker, request, connection),
    [RequestCode.CHECK_CLIENT_CONFIG]: (request) => checkClientConfig(broker, request),
    [RequestCode.GET_CONSUMER_LIST_BY_GROUP]: (request) => consumerList(broker, request),
    [RequestCode.LOCK_BATCH_MQ]: (request) => {
      const lockOKMQSet = broker.locks.lock(readLockRequest(request.body), Date.now());
      return { code: ResponseCode.SUCCESS, body: Buffer.from(writeFastjson({ lockOKMQSet })) };
    },
    [RequestCode.UNLOCK_BATCH_MQ]: (request) => {
      broker.locks.unlock(readLockRequest(request.body));
      return { code: ResponseCode.SUCCESS };
    },
  };
}

function heartbeat(broker: Broker, request: RemotingCommand, connection: Connection): ResponseInit {
  const beat = readHeartbeat(request.body);
  const { language, version } = request;
  const identity = { connection, clientId: beat.clientID, language, version };
  for (const data of beat.consumers) {
    if (!admits(broker, data)) continue;
    broker.clients.registerConsumer(data, identity, beat.withoutSub);
  }
  if (broker.release === 'old' || broker.config.enableRegisterProducer) {
    for (const group of beat.producerGroups) broker.clients.registerProducer(group, identity);
  }
  if (broker.release === 'old') return { code: ResponseCode.SUCCESS };
  const extFields = { IS_SUPPORT_HEART_BEAT_V2: 'true', IS_SUB_CHANGE: 'true' };
  return { code: ResponseCode.SUCCESS, extFields };
}

/**
 * Whether the group may register; its retry topic then exists, which tools look for. Old registers a group that it does not
 * know, and refuses its pulls.
 */
function admits(broker: Broker, data: ConsumerData): boolean {
  const { release, config, topics } = broker;
  if (release === 'new' && config.rejectPullConsumerEnable && data.consumeType === 'CONSUME_ACTIVELY') return false;
  const group = broker.groups.findOrCreate(data.groupName);
  if (group === undefined) return release === 'old';
  const retryTopic = { queues: group.retryQueueNums, unitMode: data.unitMode };
  const order = data.subscriptions.some(({ topic }) => topics.get(topic)?.order);
  groupTopic(broker, RETRY_PREFIX + data.groupName, release === 'old' ? retryTopic : { ...retryTopic, order });
  return true;
}

function unregister(broker: Broker, request: RemotingCommand, connection: Connection): ResponseInit {
  const { producerGroup, consumerGroup } = decodeHeader(unregisterClient.request, request.extFields);
  if (producerGroup !== null) broker.clients.producers.unregister(producerGroup, connection);
  if (consumerGroup !== null) broker.clients.unregisterConsumer(consumerGroup, connection);
  return { code: ResponseCode.SUCCESS, extFields: {} };
}

function consumerList(broker: Broker, request: RemotingCommand): ResponseInit {
  const header = decodeHeader(getConsumerListByGroup.request, request.extFields);
  const group = required(header.consumerGroup, 'consumerGroup');
  const members = [...(broker.clients.consumers.get(group)?.channels.values() ?? [])];
  if (members.length === 0) {
    return { code: ResponseCode.SYSTEM_ERROR, remark: `no consumer for this group, ${group}`, extFields: {} };
  }
  const body = Buffer.from(writeFastjson({ consumerIdList: members.map((member) => member.clientId) }));
  return { code: ResponseCode.SUCCESS, body, extFields: {} };
}

/** Consumers ask before they start with anything but tags. */
function checkClientConfig(broker: Broker, request: RemotingCommand): ResponseInit {
  const subscription = readSubscription(parseFields(request.body, 'CheckClientRequestBody').subscriptionData);
  if (subscription.expressionType === TAG) return { code: ResponseCode.SUCCESS };
  if (!broker.config.enablePropertyFilter || subscription.expressionType === SQL92) return filterRefusal(subscription);
  return { code: ResponseCode.SUCCESS };
}

/** SQL92 is not built, so this broker answers as one whose property filter is off. */
export function filterRefusal({ expressionType }: { readonly expressionType: string }): ResponseInit {
  const remark = `The broker does not support consumer to filter message by ${expressionType}`;
  return { code: ResponseCode.SYSTEM_ERROR, remark };
}
