// CONTROLLER_GET_REPLICA_INFO (1004), broker -> controller leader.
//   request  ext brokerName!
//   response ext masterBrokerId?, masterAddress? (both absent without a master), masterEpoch!   body SyncStateSet
// Source: GetReplicaInfoRequestHeader, GetReplicaInfoResponseHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const controllerGetReplicaInfo = defineCommand({
  code: RequestCode.CONTROLLER_GET_REPLICA_INFO,
  request: { brokerName: 'string' },
  response: { masterBrokerId: 'long', masterAddress: 'string', masterEpoch: 'int' },
});
