// GET_ALL_TOPIC_LIST_FROM_NAMESERVER (206), tool -> NameServer; no request fields.
//   response body TopicList
// Source: DefaultRequestProcessor, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getAllTopicListFromNameserver = defineCommand({
  code: RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER,
  request: {},
  response: {},
});
