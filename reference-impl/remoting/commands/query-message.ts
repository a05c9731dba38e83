// QUERY_MESSAGE (12), tools -> broker.
//   request  ext topic!, key!, maxNum!, beginTimestamp!, endTimestamp!, _UNIQUE_KEY_QUERY?
//   response ext indexLastUpdateTimestamp!, indexLastUpdatePhyoffset!      body whole records back to back; none: 22
// Source: QueryMessageRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const queryMessage = defineCommand({
  code: RequestCode.QUERY_MESSAGE,
  request: {
    topic: 'string',
    key: 'string',
    maxNum: 'int',
    beginTimestamp: 'long',
    endTimestamp: 'long',
    _UNIQUE_KEY_QUERY: 'boolean',
  },
  response: { indexLastUpdateTimestamp: 'long', indexLastUpdatePhyoffset: 'long' },
});
