// BrokerData, one replica set in routes and cluster information:
//   brokerAddrs {id: "ip:port"} | brokerName | cluster | enableActingMaster boolean (new) | zoneName (new, when known)
import type { Release } from '../../base/release.ts';
import { booleanField, fieldsOf, intKeyed, textField } from './fields.ts';

export interface BrokerData {
  readonly cluster: string;
  readonly brokerName: string;
  /** Address by broker id; id 0 is the master. */
  readonly brokerAddrs: ReadonlyMap<number, string>;
  readonly enableActingMaster: boolean;
  readonly zoneName: string | null;
}

/** Id of a master in routes and registrations. */
export const MASTER_ID = 0;

export function readBrokerData(value: unknown): BrokerData {
  const fields = fieldsOf(value, 'BrokerData');
  return {
    cluster: textField(fields, 'cluster') ?? '',
    brokerName: textField(fields, 'brokerName') ?? '',
    brokerAddrs: intKeyed(fields.brokerAddrs, 'brokerAddrs', String),
    enableActingMaster: booleanField(fields, 'enableActingMaster'),
    zoneName: textField(fields, 'zoneName'),
  };
}

/** The members that `release` writes; ids are written bare. */
export function brokerDataFields(data: BrokerData, release: Release): object {
  const { brokerAddrs, brokerName, cluster, enableActingMaster, zoneName } = data;
  const fields = { brokerAddrs, brokerName, cluster };
  return release === 'old' ? fields : { ...fields, enableActingMaster, zoneName };
}
