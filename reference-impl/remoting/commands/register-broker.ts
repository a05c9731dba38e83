// REGISTER_BROKER (103), broker -> every NameServer; oneway from old brokers at a topic change.
//   request  ext brokerName! brokerAddr! clusterName! haServerAddr! brokerId! compressed bodyCrc32
//                enableActingMaster (new; absent marks an old broker) heartbeatTimeoutMillis (new) __ZONE_NAME
//            body plain:      {"filterServerList":[..],"topicConfigSerializeWrapper":{..}}, the wrapper alone below version 37
//            body compressed: see register-broker-compressed.ts
//            bodyCrc32 covers the body as sent; 0 means not checked
//   response ext haServerAddr masterAddr, both of the master, for a slave; body KVTable of ORDER_TOPIC_CONFIG
// wrapper:  dataVersion | mappingDataVersion (new) | topicConfigTable {topic: TopicConfig}
//           | topicQueueMappingDetailMap {} (new) | topicQueueMappingInfoMap {topic: TopicQueueMappingInfo} (new)
// Source: RegisterBrokerRequestHeader, RegisterBrokerBody, TopicConfigAndMappingSerializeWrapper, 4.9.7 and 5.3.3.
import type { Release } from '../../base/release.ts';
import { type DataVersion, dataVersionFields, readDataVersion } from '../bodies/data-version.ts';
import { type Fields, fieldsOf, parseFields, record, textKeyed, textList } from '../bodies/fields.ts';
import { readTopicConfig, type TopicConfig, topicConfigFields } from '../bodies/topic-config.ts';
import { readMappingInfo, type TopicQueueMappingInfo } from '../bodies/topic-queue-mapping-info.ts';
import { RequestCode } from '../codes.ts';
import { writeFastjson } from '../fastjson-writer.ts';
import { defineCommand } from '../header.ts';

export const registerBroker = defineCommand({
  code: RequestCode.REGISTER_BROKER,
  request: {
    brokerName: 'string',
    brokerAddr: 'string',
    clusterName: 'string',
    haServerAddr: 'string',
    brokerId: 'long',
    heartbeatTimeoutMillis: 'long',
    enableActingMaster: 'boolean',
    compressed: 'boolean',
    bodyCrc32: 'int',
    __ZONE_NAME: 'string',
  },
  response: { haServerAddr: 'string', masterAddr: 'string' },
});

/** What a broker registers: its topics, and the version of that table. */
export interface RegisterBrokerBody {
  readonly dataVersion: DataVersion;
  readonly topicConfigTable: ReadonlyMap<string, TopicConfig>;
  readonly filterServerList: readonly string[];
  /** Static topics (new), by topic. */
  readonly topicQueueMappingInfoMap: ReadonlyMap<string, TopicQueueMappingInfo>;
}

/** Versions below this one send the wrapper without its envelope. */
const envelopeSince = 37;

/** Version that an empty body stands for. */
export const noDataVersion: DataVersion = { counter: 0, stateVersion: 0, timestamp: 0 };

/** Writes the plain body; both the DataVersion of the topics and that of the mappings are `dataVersion`. */
export function encodeRegisterBroker(body: RegisterBrokerBody, release: Release): Buffer {
  const dataVersion = dataVersionFields(body.dataVersion, release);
  const topicConfigTable = record(body.topicConfigTable, (topic) => topicConfigFields(topic, release));
  const topicQueueMappingInfoMap = record(body.topicQueueMappingInfoMap, (info) => info);
  const topicConfigSerializeWrapper =
    release === 'old'
      ? { dataVersion, topicConfigTable }
      : {
          dataVersion,
          mappingDataVersion: dataVersion,
          topicConfigTable,
          topicQueueMappingDetailMap: {},
          topicQueueMappingInfoMap,
        };
  return Buffer.from(writeFastjson({ filterServerList: body.filterServerList, topicConfigSerializeWrapper }));
}

/** Reads the plain body of a sender with `version` as `release` does; an empty one registers no topic. Throws BODY_MALFORMED. */
export function decodeRegisterBroker(body: Uint8Array | null, version: number, release: Release): RegisterBrokerBody {
  const fields = parseFields(body, 'RegisterBrokerBody');
  if (version < envelopeSince) return readWrapper(fields, [], release);
  const wrapper = fieldsOf(fields.topicConfigSerializeWrapper, 'topicConfigSerializeWrapper');
  return readWrapper(wrapper, textList(fields.filterServerList, 'filterServerList'), release);
}

function readWrapper(wrapper: Fields, filterServerList: string[], release: Release): RegisterBrokerBody {
  const topics = Object.entries(fieldsOf(wrapper.topicConfigTable, 'topicConfigTable'));
  const mappings = release === 'old' ? null : wrapper.topicQueueMappingInfoMap;
  return {
    dataVersion: readDataVersion(wrapper.dataVersion, release) ?? noDataVersion,
    topicConfigTable: new Map(topics.map(([name, topic]) => [name, readTopicConfig(topic, name)])),
    filterServerList,
    topicQueueMappingInfoMap: textKeyed(mappings, 'topicQueueMappingInfoMap', readMappingInfo),
  };
}
