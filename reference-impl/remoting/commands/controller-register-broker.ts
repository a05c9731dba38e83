// CONTROLLER_REGISTER_BROKER (1003), broker -> controller leader: here I am, with the id I was given.
//   request  ext clusterName!, brokerName!, brokerId!, brokerAddress!, invokeTime? ms
//   response ext clusterName!, brokerName!; with a living master: masterBrokerId, masterAddress, masterEpoch, syncStateSetEpoch
//            body SyncStateSet
// Source: RegisterBrokerToControllerRequestHeader, RegisterBrokerToControllerResponseHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const controllerRegisterBroker = defineCommand({
  code: RequestCode.CONTROLLER_REGISTER_BROKER,
  request: {
    clusterName: 'string',
    brokerName: 'string',
    brokerId: 'long',
    brokerAddress: 'string',
    invokeTime: 'long',
  },
  response: {
    clusterName: 'string',
    brokerName: 'string',
    masterBrokerId: 'long',
    masterAddress: 'string',
    masterEpoch: 'int',
    syncStateSetEpoch: 'int',
  },
});
