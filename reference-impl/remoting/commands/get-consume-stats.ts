// GET_CONSUME_STATS (208), tools -> broker.
//   request  ext consumerGroup!, topic?; new: topicList? (`;` separated)
//   response body {"consumeTps":d,"offsetTable":{<queue>:{"brokerOffset","consumerOffset","lastTimestamp"}}}, new adds pullOffset
// Source: GetConsumeStatsRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getConsumeStats = defineCommand({
  code: RequestCode.GET_CONSUME_STATS,
  request: { consumerGroup: 'string', topic: 'string', topicList: 'string' },
  response: {},
});
