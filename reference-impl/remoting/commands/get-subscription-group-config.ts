// GET_SUBSCRIPTIONGROUP_CONFIG (352, new), tools -> broker.
//   request  ext group!
//   response body SubscriptionGroupConfig (JSON); unknown: 26
// Source: GetSubscriptionGroupConfigRequestHeader, 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getSubscriptionGroupConfig = defineCommand({
  code: RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG,
  request: { group: 'string' },
  response: {},
});
