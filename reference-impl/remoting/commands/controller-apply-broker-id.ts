// CONTROLLER_APPLY_BROKER_ID (1013), broker -> controller leader: give me this id.
//   request  ext clusterName!, brokerName!, appliedBrokerId!, registerCheckCode! (`ip:port;ms`: the broker's address, and its secret)
//   response ext clusterName!, brokerName!
// Source: ApplyBrokerIdRequestHeader, ApplyBrokerIdResponseHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const controllerApplyBrokerId = defineCommand({
  code: RequestCode.CONTROLLER_APPLY_BROKER_ID,
  request: { clusterName: 'string', brokerName: 'string', appliedBrokerId: 'long', registerCheckCode: 'string' },
  response: { clusterName: 'string', brokerName: 'string' },
});
