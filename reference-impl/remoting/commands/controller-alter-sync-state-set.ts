// CONTROLLER_ALTER_SYNC_STATE_SET (1001), master broker -> controller leader.
//   request  ext brokerName!, masterBrokerId!, masterEpoch!, invokeTime? ms   body SyncStateSet, with the current epoch
//   response ext newSyncStateSetEpoch! (0 on refusal)                        body the new set and its epoch
// Source: AlterSyncStateSetRequestHeader, AlterSyncStateSetResponseHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const controllerAlterSyncStateSet = defineCommand({
  code: RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET,
  request: { brokerName: 'string', masterBrokerId: 'long', masterEpoch: 'int', invokeTime: 'long' },
  response: { newSyncStateSetEpoch: 'int' },
});
