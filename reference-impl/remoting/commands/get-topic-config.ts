// GET_TOPIC_CONFIG (351, new), tools -> broker.
//   request  ext topic!
//   response body TopicConfig (JSON); unknown: 17
// Source: GetTopicConfigRequestHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getTopicConfig = defineCommand({
  code: RequestCode.GET_TOPIC_CONFIG,
  request: { topic: 'string' },
  response: {},
});
