// QUERY_DATA_VERSION (322), broker -> NameServer. Also the heartbeat of a new broker towards an old NameServer (oneway).
//   request  ext brokerName!, brokerAddr!, clusterName!, brokerId!   body DataVersion (JSON)
//   response ext changed!                                            body stored DataVersion, absent when unknown
// Source: QueryDataVersionRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const queryDataVersion = defineCommand({
  code: RequestCode.QUERY_DATA_VERSION,
  request: { brokerName: 'string', brokerAddr: 'string', clusterName: 'string', brokerId: 'long' },
  response: { changed: 'boolean' },
});
