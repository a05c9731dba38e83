// GET_BROKER_CLUSTER_INFO (106), tool or broker -> NameServer; no request fields.
//   response body ClusterInfo:  brokerAddrTable {brokerName: BrokerData} | clusterAddrTable {cluster: [brokerName]}
// Source: ClusterInfo, 4.9.7 and 5.3.3. Integer keys are always bare.
import type { Release } from '../../base/release.ts';
import { type BrokerData, brokerDataFields, readBrokerData } from '../bodies/broker-data.ts';
import { parseFields, record, textKeyed, textList } from '../bodies/fields.ts';
import { RequestCode } from '../codes.ts';
import { writeFastjson } from '../fastjson-writer.ts';
import { defineCommand } from '../header.ts';

export const getBrokerClusterInfo = defineCommand({
  code: RequestCode.GET_BROKER_CLUSTER_INFO,
  request: {},
  response: {},
});

export interface ClusterInfo {
  readonly brokerAddrTable: ReadonlyMap<string, BrokerData>;
  readonly clusterAddrTable: ReadonlyMap<string, Iterable<string>>;
}

export function encodeClusterInfo(info: ClusterInfo, release: Release): Buffer {
  return Buffer.from(
    writeFastjson({
      brokerAddrTable: record(info.brokerAddrTable, (data) => brokerDataFields(data, release)),
      clusterAddrTable: record(info.clusterAddrTable, (names) => [...names]),
    }),
  );
}

/** Throws BODY_MALFORMED. */
export function decodeClusterInfo(body: Uint8Array | null): ClusterInfo {
  const fields = parseFields(body, 'ClusterInfo');
  return {
    brokerAddrTable: textKeyed(fields.brokerAddrTable, 'brokerAddrTable', readBrokerData),
    clusterAddrTable: textKeyed(fields.clusterAddrTable, 'clusterAddrTable', (names) => textList(names, 'names')),
  };
}
