// QUERY_CONSUMER_OFFSET (14), consumer -> broker.
//   request  ext consumerGroup!, topic!, queueId!, setZeroIfNotFound? (new)
//   response ext offset!; none stored: 22
// Source: QueryConsumerOffsetRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const queryConsumerOffset = defineCommand({
  code: RequestCode.QUERY_CONSUMER_OFFSET,
  request: { consumerGroup: 'string', topic: 'string', queueId: 'int', setZeroIfNotFound: 'boolean' },
  response: { offset: 'long' },
});
