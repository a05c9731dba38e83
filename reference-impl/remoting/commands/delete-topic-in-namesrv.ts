// DELETE_TOPIC_IN_NAMESRV (216), tool -> NameServer.
//   request  ext topic! clusterName
// Source: DeleteTopicFromNamesrvRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const deleteTopicInNamesrv = defineCommand({
  code: RequestCode.DELETE_TOPIC_IN_NAMESRV,
  request: { topic: 'string', clusterName: 'string' },
  response: {},
});
