// GET_CONSUMER_LIST_BY_GROUP (38), consumer -> broker.
//   request  ext consumerGroup!
//   response body {"consumerIdList":["<clientID>",...]}; none online: 1
// Source: GetConsumerListByGroupRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getConsumerListByGroup = defineCommand({
  code: RequestCode.GET_CONSUMER_LIST_BY_GROUP,
  request: { consumerGroup: 'string' },
  response: {},
});
