// UNREGISTER_BROKER (104), broker -> every NameServer.
//   request  ext brokerName! brokerAddr! clusterName! brokerId!
// Source: UnRegisterBrokerRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const unregisterBroker = defineCommand({
  code: RequestCode.UNREGISTER_BROKER,
  request: { brokerName: 'string', brokerAddr: 'string', clusterName: 'string', brokerId: 'long' },
  response: {},
});
