// GET_TOPICS_BY_CLUSTER (224), tool -> NameServer.
//   request  ext cluster!
//   response body TopicList
// Source: GetTopicsByClusterRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getTopicsByCluster = defineCommand({
  code: RequestCode.GET_TOPICS_BY_CLUSTER,
  request: { cluster: 'string' },
  response: {},
});
