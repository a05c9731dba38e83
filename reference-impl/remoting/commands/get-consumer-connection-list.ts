// GET_CONSUMER_CONNECTION_LIST (203), tools -> broker.
//   request  ext consumerGroup!
//   response body {"connectionSet":[{"clientAddr","clientId","language","version"}],"consumeFromWhere","consumeType",
//              "messageModel","subscriptionTable":{<topic>:SubscriptionData}}; offline: 206
// Source: GetConsumerConnectionListRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getConsumerConnectionList = defineCommand({
  code: RequestCode.GET_CONSUMER_CONNECTION_LIST,
  request: { consumerGroup: 'string' },
  response: {},
});
