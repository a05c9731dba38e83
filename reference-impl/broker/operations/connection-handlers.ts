import { SwitchlabError } from '../../base/errors.ts';
import { languageName } from '../../remoting/language.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { getConsumerConnectionList } from '../../remoting/commands/get-consumer-connection-list.ts';
import { getConsumerRunningInfo } from '../../remoting/commands/get-consumer-running-info.ts';
import { getProducerConnectionList } from '../../remoting/commands/get-producer-connection-list.ts';
import { decodeHeader, required } from '../../remoting/header.ts';
import type { ExtFields, RemotingCommand, ResponseInit } from '../../remoting/types.ts';
import type { Broker, Handlers } from '../broker.ts';
import type { ClientChannel } from '../clients/channel.ts';
import { subscriptionFields } from '../clients/subscription.ts';
import { jsonAnswer } from '../answers.ts';

const forwardTimeoutMs = 10_000;

/** Requests of tools about connected clients: 203, 204, 307, 328. */
export function connectionHandlers(broker: Broker): Handlers {
  return {
    [RequestCode.GET_CONSUMER_CONNECTION_LIST]: ({ extFields }) => consumers(broker, extFields),
    [RequestCode.GET_PRODUCER_CONNECTION_LIST]: ({ extFields }) => producers(broker, extFields),
    [RequestCode.GET_CONSUMER_RUNNING_INFO]: (request) => forward(broker, request),
    [RequestCode.GET_ALL_PRODUCER_INFO]: () => {
      const data = broker.clients.producers
        .all()
        .map(([group, channels]) => [group, channels.map(producerInfo)] as const);
      return jsonAnswer({ data: Object.fromEntries(data) });
    },
  };
}

function consumers(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const name = required(decodeHeader(getConsumerConnectionList.request, extFields).consumerGroup, 'consumerGroup');
  const group = broker.clients.consumers.get(name);
  if (group === undefined) {
    return { code: ResponseCode.CONSUMER_NOT_ONLINE, remark: `the consumer group[${name}] not online` };
  }
  const { consumeFromWhere, consumeType, messageModel } = group;
  const subscriptions = Array.from(group.subscriptions, ([topic, data]) => [topic, subscriptionFields(data)] as const);
  return jsonAnswer({
    connectionSet: [...group.channels.values()].map(connectionInfo),
    consumeFromWhere,
    consumeType,
    messageModel,
    subscriptionTable: Object.fromEntries(subscriptions),
  });
}

function producers(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const group = required(decodeHeader(getProducerConnectionList.request, extFields).producerGroup, 'producerGroup');
  const channels = broker.clients.producers.get(group);
  if (channels !== undefined) return jsonAnswer({ connectionSet: channels.map(connectionInfo) });
  return { code: ResponseCode.SYSTEM_ERROR, remark: `the producer group[${group}] not exist` };
}

/** Asks the consumer itself; its answer is the answer. */
async function forward(broker: Broker, request: RemotingCommand): Promise<ResponseInit> {
  const header = decodeHeader(getConsumerRunningInfo.request, request.extFields);
  const group = required(header.consumerGroup, 'consumerGroup');
  const members = [...(broker.clients.consumers.get(group)?.channels.values() ?? [])];
  const member = members.find((channel) => channel.clientId === header.clientId);
  if (member === undefined) {
    return { code: ResponseCode.SYSTEM_ERROR, remark: `The Consumer <${group}> <${header.clientId}> not online` };
  }
  const { code, extFields, body } = request;
  try {
    const answer = await member.connection.request({ code, extFields, body }, forwardTimeoutMs);
    return { code: answer.code, remark: answer.remark, extFields: answer.extFields, body: answer.body };
  } catch (thrown) {
    if (!(thrown instanceof SwitchlabError && thrown.code === 'REMOTING_TIMEOUT')) throw thrown;
    const remark = `consumer <${group}> <${header.clientId}> Timeout: ${thrown.describe()}`;
    return { code: ResponseCode.CONSUME_MSG_TIMEOUT, remark };
  }
}

function connectionInfo({ connection, clientId, language, version }: ClientChannel) {
  return { clientAddr: connection.remoteAddress, clientId, language: languageName(language), version };
}

function producerInfo({ connection, clientId, language, version, lastUpdateMs }: ClientChannel) {
  return {
    clientId,
    language: languageName(language),
    lastUpdateTimestamp: lastUpdateMs,
    remoteIP: `/${connection.remoteAddress}`,
    version,
  };
}
