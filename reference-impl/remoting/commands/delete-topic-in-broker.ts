// DELETE_TOPIC_IN_BROKER (215), tools -> broker.
//   request  ext topic!
//   response nothing, also for an unknown topic
// Source: DeleteTopicRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const deleteTopicInBroker = defineCommand({
  code: RequestCode.DELETE_TOPIC_IN_BROKER,
  request: { topic: 'string' },
  response: {},
});
