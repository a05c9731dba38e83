// CONTROLLER_GET_SYNC_STATE_DATA (1006), tools -> controller leader.
//   request  body ["<broker name>", ...]
//   response body {"replicasInfoTable":{"<broker name>":{"inSyncReplicas":[Replica],"masterAddress"?,"masterBrokerId"?,
//                 "masterEpoch":n,"notInSyncReplicas":[Replica],"syncStateSetEpoch":n}}}; unknown sets are left out
//   Replica  {"alive":true,"brokerAddress":"ip:port","brokerId":1,"brokerName":".."}
// Source: BrokerReplicasInfo, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const controllerGetSyncStateData = defineCommand({
  code: RequestCode.CONTROLLER_GET_SYNC_STATE_DATA,
  request: {},
  response: {},
});
