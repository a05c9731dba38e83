// CONTROLLER_GET_NEXT_BROKER_ID (1012), broker without an id -> controller leader. Reserves nothing.
//   request  ext clusterName!, brokerName!
//   response ext clusterName!, brokerName!, nextBrokerId! (1 for an unknown set)
// Source: GetNextBrokerIdRequestHeader, GetNextBrokerIdResponseHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const controllerGetNextBrokerId = defineCommand({
  code: RequestCode.CONTROLLER_GET_NEXT_BROKER_ID,
  request: { clusterName: 'string', brokerName: 'string' },
  response: { clusterName: 'string', brokerName: 'string', nextBrokerId: 'long' },
});
