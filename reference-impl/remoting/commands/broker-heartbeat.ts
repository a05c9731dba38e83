// BROKER_HEARTBEAT (904), broker -> every reachable controller, oneway; also broker -> new NameServer (acting master).
//   request  ext clusterName!, brokerAddr!, brokerName!, brokerId (controller id), epoch (last of the epoch file, -1: none),
//                maxOffset, confirmOffset, heartbeatTimeoutMills ms, electionPriority (smaller is preferred)
//   response nothing; remark "Heart beat success"
// Source: BrokerHeartbeatRequestHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const brokerHeartbeat = defineCommand({
  code: RequestCode.BROKER_HEARTBEAT,
  request: {
    clusterName: 'string',
    brokerAddr: 'string',
    brokerName: 'string',
    brokerId: 'long',
    epoch: 'int',
    maxOffset: 'long',
    confirmOffset: 'long',
    heartbeatTimeoutMills: 'long',
    electionPriority: 'int',
  },
  response: {},
});
