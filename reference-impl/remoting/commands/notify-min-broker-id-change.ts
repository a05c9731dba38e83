// NOTIFY_MIN_BROKER_ID_CHANGE (905, new), NameServer -> brokers, oneway.
//   request  ext minBrokerId minBrokerAddr offlineBrokerAddr (after a loss) haBrokerAddr (after a join); brokerName is never set
// Source: NotifyMinBrokerIdChangeRequestHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const notifyMinBrokerIdChange = defineCommand({
  code: RequestCode.NOTIFY_MIN_BROKER_ID_CHANGE,
  request: {
    minBrokerId: 'long',
    brokerName: 'string',
    minBrokerAddr: 'string',
    offlineBrokerAddr: 'string',
    haBrokerAddr: 'string',
  },
  response: {},
});
