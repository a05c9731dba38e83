// REGISTER_TOPIC_IN_NAMESRV (217, new), broker -> every NameServer.
//   request  ext topic!   body TopicRouteData, of which only queueDatas counts
// Source: RegisterTopicRequestHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const registerTopicInNamesrv = defineCommand({
  code: RequestCode.REGISTER_TOPIC_IN_NAMESRV,
  request: { topic: 'string' },
  response: {},
});
