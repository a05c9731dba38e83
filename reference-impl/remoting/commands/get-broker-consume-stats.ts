// GET_BROKER_CONSUME_STATS (317), tools -> broker.
//   request  ext isOrder!
//   response body {"brokerAddr","consumeStatsList":[{<group>:[ConsumeStats,...]}],"totalDiff"}, new adds totalInflightDiff
// Source: GetConsumeStatsInBrokerHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getBrokerConsumeStats = defineCommand({
  code: RequestCode.GET_BROKER_CONSUME_STATS,
  request: { isOrder: 'boolean' },
  response: {},
});
