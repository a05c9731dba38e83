// CLEAN_BROKER_DATA (1011), tools -> controller leader: forget a broker set, or some of its brokers.
//   request  ext clusterName, brokerName!, brokerControllerIdsToClean ("1;2"; none: the set), isCleanLivingBroker, invokeTime
//   response nothing
// Source: CleanControllerBrokerDataRequestHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const cleanBrokerData = defineCommand({
  code: RequestCode.CLEAN_BROKER_DATA,
  request: {
    clusterName: 'string',
    brokerName: 'string',
    brokerControllerIdsToClean: 'string',
    isCleanLivingBroker: 'boolean',
    invokeTime: 'long',
  },
  response: {},
});
