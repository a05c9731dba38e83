// NOTIFY_BROKER_ROLE_CHANGED (1008), controller leader -> broker, oneway.
//   request  ext masterAddress?, masterEpoch!, syncStateSetEpoch!, masterBrokerId?   body SyncStateSet
//   The broker acts when masterBrokerId is there and masterEpoch is larger than its own.
// Source: NotifyBrokerRoleChangedRequestHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const notifyBrokerRoleChanged = defineCommand({
  code: RequestCode.NOTIFY_BROKER_ROLE_CHANGED,
  request: { masterAddress: 'string', masterEpoch: 'int', syncStateSetEpoch: 'int', masterBrokerId: 'long' },
  response: {},
});
