// UPDATE_CONSUMER_OFFSET (15), consumer -> broker, usually oneway.
//   request  ext consumerGroup!, topic!, queueId!, commitOffset!
//   response nothing
// Source: UpdateConsumerOffsetRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const updateConsumerOffset = defineCommand({
  code: RequestCode.UPDATE_CONSUMER_OFFSET,
  request: { consumerGroup: 'string', topic: 'string', queueId: 'int', commitOffset: 'long' },
  response: {},
});
