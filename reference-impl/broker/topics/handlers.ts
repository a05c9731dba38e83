import { parseFields } from '../../remoting/bodies/fields.ts';
import { readTopicConfig, type TopicConfig, topicConfigFields } from '../../remoting/bodies/topic-config.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { deleteTopicInBroker } from '../../remoting/commands/delete-topic-in-broker.ts';
import { getTopicConfig } from '../../remoting/commands/get-topic-config.ts';
import { updateAndCreateTopic } from '../../remoting/commands/update-and-create-topic.ts';
import { decodeHeader, required } from '../../remoting/header.ts';
import type { ExtFields, RemotingCommand, ResponseInit } from '../../remoting/types.ts';
import { jsonAnswer, slaveRefusal, topicNotExist, unsetRemark } from '../answers.ts';
import type { Broker, Handlers } from '../broker.ts';
import { withFaq } from '../faq.ts';
import { illegalRequest } from '../send/target-topic.ts';
import { AttributeRefusal, alterAttributes, parseChanges, topicAttributes } from './attributes.ts';
import { systemPrefix, systemTopicNames } from './system-topics.ts';
import { topicNameRefusal } from './topic-name.ts';

/** Requests of tools about topics: 17, 18 (new), 215, 21, 351 (new), 305. */
export function topicHandlers(broker: Broker): Handlers {
  const { release } = broker;
  const shared: Handlers = {
    [RequestCode.UPDATE_AND_CREATE_TOPIC]: ({ extFields }) => createTopic(broker, extFields),
    [RequestCode.DELETE_TOPIC_IN_BROKER]: ({ extFields }) => deleteTopic(broker, extFields),
    [RequestCode.GET_ALL_TOPIC_CONFIG]: () => allTopics(broker),
    [RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_BROKER]: () => {
      return jsonAnswer({ topicList: systemTopicNames(broker.config, release) });
    },
  };
  if (release === 'old') return shared;
  return {
    ...shared,
    [RequestCode.UPDATE_AND_CREATE_TOPIC_LIST]: (request) => createTopics(broker, request),
    [RequestCode.GET_TOPIC_CONFIG]: ({ extFields }) => oneTopic(broker, extFields),
  };
}

async function createTopic(broker: Broker, extFields: ExtFields | null): Promise<ResponseInit> {
  const refusal = slaveRefusal(broker);
  if (refusal !== null) return refusal;
  const header = decodeHeader(updateAndCreateTopic.request, extFields);
  const topicName = required(header.topic, 'topic');
  const illegal = nameRefusal(broker, topicName);
  if (illegal !== null) return illegal;
  const sent: TopicConfig = {
    topicName,
    readQueueNums: required(header.readQueueNums, 'readQueueNums'),
    writeQueueNums: required(header.writeQueueNums, 'writeQueueNums'),
    perm: required(header.perm, 'perm'),
    topicFilterType: header.topicFilterType ?? 'SINGLE_TAG',
    topicSysFlag: header.topicSysFlag ?? 0,
    order: header.order ?? false,
    attributes: new Map(),
  };
  if (broker.release === 'new') {
    return await refusing(async () => storeAltered(broker, [{ ...sent, attributes: parseChanges(header.attributes) }]));
  }
  await store(broker, [sent]);
  return created;
}

/** A list with an entry that equals a known topic is answered 0 and not applied, as 5.3.3 does. */
async function createTopics(broker: Broker, request: RemotingCommand): Promise<ResponseInit> {
  const fields = parseFields(request.body, 'CreateTopicListRequestBody').topicConfigList;
  const topics = (Array.isArray(fields) ? fields : []).map((topic) => readTopicConfig(topic, ''));
  for (const { topicName } of topics) {
    const illegal = nameRefusal(broker, topicName);
    if (illegal !== null) return illegal;
  }
  const repeated = topics.some((topic) => sameTopic(topic, broker.topics.get(topic.topicName)));
  return repeated ? created : await refusing(() => storeAltered(broker, topics));
}

const created: ResponseInit = { code: ResponseCode.SUCCESS, remark: unsetRemark };

/** New: attributes say how to alter those that are there. Throws `AttributeRefusal`. */
async function storeAltered(broker: Broker, sent: readonly TopicConfig[]): Promise<ResponseInit> {
  const isMixed = sent.some(({ attributes }) => attributes.get('+message.type') === 'MIXED');
  if (isMixed && !broker.config.enableMixedMessageType) {
    return { code: ResponseCode.INVALID_PARAMETER, remark: 'MIXED message type is not supported.' };
  }
  const altered = sent.map((topic) => {
    const known = broker.topics.get(topic.topicName)?.attributes ?? null;
    return { ...topic, attributes: alterAttributes(topicAttributes, known, topic.attributes) };
  });
  await store(broker, altered);
  return created;
}

async function refusing(work: () => Promise<ResponseInit>): Promise<ResponseInit> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof AttributeRefusal) return { code: ResponseCode.SYSTEM_ERROR, remark: thrown.message };
    throw thrown;
  }
}

/** Old tells the NameServers and goes on, new waits for them. */
async function store(broker: Broker, topics: readonly TopicConfig[]): Promise<void> {
  broker.topics.put(...topics);
  const announced = broker.registration.announce(topics);
  if (broker.release === 'new') await announced;
}

function deleteTopic(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const refusal = slaveRefusal(broker);
  if (refusal !== null) return refusal;
  const topic = required(decodeHeader(deleteTopicInBroker.request, extFields).topic, 'topic');
  // Retry topics may have longer names than topics that tools make, and new deletes them too.
  const illegal = nameRefusal(broker, topic, broker.release === 'new' ? Infinity : undefined);
  if (illegal !== null) return illegal;
  broker.topics.delete(topic);
  broker.store.deleteTopic(topic);
  broker.offsets.deleteTopic(topic);
  broker.stats.forget((key) => key === topic || key.startsWith(`${topic}@`));
  return { code: ResponseCode.SUCCESS };
}

function allTopics(broker: Broker): ResponseInit {
  const fields = broker.topics.fields();
  if (broker.release === 'old') return { ...jsonAnswer(fields), extFields: {} };
  const { dataVersion, topicConfigTable } = fields;
  const mappings = { topicQueueMappingDetailMap: {}, topicQueueMappingInfoMap: {} };
  return {
    ...jsonAnswer({ dataVersion, mappingDataVersion: dataVersion, topicConfigTable, ...mappings }),
    extFields: {},
  };
}

function oneTopic(broker: Broker, extFields: ExtFields | null): ResponseInit {
  const name = required(decodeHeader(getTopicConfig.request, extFields).topic, 'topic');
  const topic = broker.topics.get(name);
  if (topic === undefined)
    return { ...topicNotExist(name), remark: withFaq(`No topic in this broker. topic: ${name}`, 'new') };
  return jsonAnswer(topicConfigFields(topic, 'new'));
}

function nameRefusal(broker: Broker, topic: string, lengthMax?: number): ResponseInit | null {
  const illegal = topicNameRefusal(topic, lengthMax);
  if (illegal !== null) return { code: illegalRequest(broker), remark: illegal };
  const checked = broker.release === 'old' || broker.config.validateSystemTopicWhenUpdateTopic;
  const isSystem = topic.startsWith(systemPrefix) || systemTopicNames(broker.config, broker.release).includes(topic);
  if (!checked || !isSystem) return null;
  return { code: illegalRequest(broker), remark: `The topic[${topic}] is conflict with system topic.` };
}

function sameTopic(a: TopicConfig, b: TopicConfig | undefined): boolean {
  const text = (topic: TopicConfig) => JSON.stringify(topicConfigFields(topic, 'new'));
  return b !== undefined && text(a) === text(b);
}
