// GET_CONSUMER_RUNNING_INFO (307), tools -> broker -> consumer.
//   request  ext consumerGroup!, clientId!, jstackEnable
//   response body ConsumerRunningInfo as the consumer wrote it
// Source: GetConsumerRunningInfoRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getConsumerRunningInfo = defineCommand({
  code: RequestCode.GET_CONSUMER_RUNNING_INFO,
  request: { consumerGroup: 'string', clientId: 'string', jstackEnable: 'boolean' },
  response: {},
});
