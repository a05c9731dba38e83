// VIEW_BROKER_STATS_DATA (315), tools -> broker.
//   request  ext statsName!, statsKey!
//   response body {"statsDay":{"avgpt","sum","tps"},"statsHour":{...},"statsMinute":{...}}; unknown: 1
// Source: ViewBrokerStatsDataRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const viewBrokerStatsData = defineCommand({
  code: RequestCode.VIEW_BROKER_STATS_DATA,
  request: { statsName: 'string', statsKey: 'string' },
  response: {},
});
