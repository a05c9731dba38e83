// QUERY_TOPIC_CONSUME_BY_WHO (300), tools -> broker.
//   request  ext topic!
//   response body {"groupList":[...]}
// Source: QueryTopicConsumeByWhoRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const queryTopicConsumeByWho = defineCommand({
  code: RequestCode.QUERY_TOPIC_CONSUME_BY_WHO,
  request: { topic: 'string' },
  response: {},
});
