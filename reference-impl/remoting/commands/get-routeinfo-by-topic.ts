// GET_ROUTEINFO_BY_TOPIC (105), client or broker -> NameServer.
//   request  ext topic! acceptStandardJsonOnly; zone filter (new): __ZONE_MODE __ZONE_NAME
//   response body TopicRouteData:
//     brokerDatas [BrokerData] | filterServerTable {address: [address]} | orderTopicConf (when known)
//     | queueDatas [{brokerName, perm int, readQueueNums int, topicSysFlag int, writeQueueNums int}]
//     | topicQueueMappingByBroker {brokerName: TopicQueueMappingInfo} (new, when known)
// Default form: integer keys bare. Standard form: keys quoted, maps sorted by key, non-ASCII as \uXXXX.
// Source: GetRouteInfoRequestHeader, TopicRouteData, 4.9.7 and 5.3.3.
import type { Release } from '../../base/release.ts';
import { type BrokerData, brokerDataFields, readBrokerData } from '../bodies/broker-data.ts';
import { fieldsOf, numberField, parseFields, record, textField, textKeyed, textList } from '../bodies/fields.ts';
import { readMappingInfo, type TopicQueueMappingInfo } from '../bodies/topic-queue-mapping-info.ts';
import { SwitchlabError } from '../../base/errors.ts';
import { RequestCode } from '../codes.ts';
import { writeFastjson } from '../fastjson-writer.ts';
import { defineCommand } from '../header.ts';

export const getRouteinfoByTopic = defineCommand({
  code: RequestCode.GET_ROUTEINFO_BY_TOPIC,
  request: { topic: 'string', acceptStandardJsonOnly: 'boolean', __ZONE_MODE: 'boolean', __ZONE_NAME: 'string' },
  response: {},
});

/** Queues of a topic in one replica set. */
export interface QueueData {
  readonly brokerName: string;
  readonly readQueueNums: number;
  readonly writeQueueNums: number;
  /** 4 read, 2 write, 1 inherit. */
  readonly perm: number;
  readonly topicSysFlag: number;
}

export interface TopicRouteData {
  readonly brokerDatas: readonly BrokerData[];
  readonly queueDatas: readonly QueueData[];
  readonly filterServerTable: ReadonlyMap<string, readonly string[]>;
  readonly orderTopicConf: string | null;
  readonly topicQueueMappingByBroker: ReadonlyMap<string, TopicQueueMappingInfo> | null;
}

/** Writes the form that senders of a version below 401 get. */
export function encodeTopicRoute(route: TopicRouteData, release: Release): Buffer {
  return Buffer.from(writeFastjson(routeFields(route, release)));
}

/** Writes the form that is JSON for everybody. */
export function encodeStandardTopicRoute(route: TopicRouteData, release: Release): Buffer {
  return Buffer.from(standardJson(routeFields(route, release)));
}

/** Reads either form. Throws BODY_MALFORMED. */
export function decodeTopicRoute(body: Uint8Array | null): TopicRouteData {
  const fields = parseFields(body, 'TopicRouteData');
  const mappings = fields.topicQueueMappingByBroker;
  return {
    brokerDatas: list(fields.brokerDatas, 'brokerDatas').map(readBrokerData),
    queueDatas: list(fields.queueDatas, 'queueDatas').map(readQueueData),
    filterServerTable: textKeyed(fields.filterServerTable, 'filterServerTable', (servers) => textList(servers, 'list')),
    orderTopicConf: textField(fields, 'orderTopicConf'),
    topicQueueMappingByBroker:
      mappings === undefined || mappings === null
        ? null
        : textKeyed(mappings, 'topicQueueMappingByBroker', readMappingInfo),
  };
}

function routeFields(route: TopicRouteData, release: Release): object {
  const { filterServerTable, orderTopicConf, topicQueueMappingByBroker: mappings } = route;
  return {
    brokerDatas: route.brokerDatas.map((data) => brokerDataFields(data, release)),
    filterServerTable: record(filterServerTable, (servers) => servers),
    orderTopicConf,
    queueDatas: route.queueDatas.map(queueDataFields),
    topicQueueMappingByBroker: mappings === null ? null : record(mappings, (info) => info),
  };
}

function queueDataFields({ brokerName, perm, readQueueNums, topicSysFlag, writeQueueNums }: QueueData): QueueData {
  return { brokerName, perm, readQueueNums, topicSysFlag, writeQueueNums };
}

/** Reads one item of queueDatas; `topicSynFlag` is the name that 3.x senders wrote. */
export function readQueueData(value: unknown): QueueData {
  const fields = fieldsOf(value, 'QueueData');
  return {
    brokerName: textField(fields, 'brokerName') ?? '',
    readQueueNums: numberField(fields, 'readQueueNums', 0),
    writeQueueNums: numberField(fields, 'writeQueueNums', 0),
    perm: numberField(fields, 'perm', 0),
    topicSysFlag: numberField(fields, 'topicSysFlag', numberField(fields, 'topicSynFlag', 0)),
  };
}

/** Quoted keys, sorted maps, \uXXXX in upper case from DEL on: fastjson's BrowserCompatible and MapSortField. */
function standardJson(value: object): string {
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (member === null) return undefined;
    if (!(member instanceof Map)) return member;
    return Object.fromEntries([...member].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
  });
  return text.replaceAll(/[\x7f-\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

function list(value: unknown, what: string): unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new SwitchlabError('BODY_MALFORMED', `${what} is not a list.`);
  return value;
}
