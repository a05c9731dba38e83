// DELETE_SUBSCRIPTIONGROUP (207), tools -> broker.
//   request  ext groupName!, cleanOffset (new) / removeOffset (old): each release ignores the other name
//   response nothing
// Source: DeleteSubscriptionGroupRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const deleteSubscriptionGroup = defineCommand({
  code: RequestCode.DELETE_SUBSCRIPTIONGROUP,
  request: { groupName: 'string', cleanOffset: 'boolean', removeOffset: 'boolean' },
  response: {},
});
