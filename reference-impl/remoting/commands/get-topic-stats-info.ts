// GET_TOPIC_STATS_INFO (202), tools -> broker.
//   request  ext topic!
//   response body {"offsetTable":{<queue>:{"lastUpdateTimestamp","maxOffset","minOffset"}}}, new adds "topicPutTps"; 17
// Source: GetTopicStatsInfoRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getTopicStatsInfo = defineCommand({
  code: RequestCode.GET_TOPIC_STATS_INFO,
  request: { topic: 'string' },
  response: {},
});
