// NOTIFY_CONSUMER_IDS_CHANGED (40), broker -> consumer, oneway.
//   request  ext consumerGroup!
// Source: NotifyConsumerIdsChangedRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const notifyConsumerIdsChanged = defineCommand({
  code: RequestCode.NOTIFY_CONSUMER_IDS_CHANGED,
  request: { consumerGroup: 'string' },
  response: {},
});
