// UNREGISTER_CLIENT (35), client -> broker, one request per group.
//   request  ext clientID!, producerGroup?, consumerGroup?
//   response nothing
// Source: UnregisterClientRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const unregisterClient = defineCommand({
  code: RequestCode.UNREGISTER_CLIENT,
  request: { clientID: 'string', producerGroup: 'string', consumerGroup: 'string' },
  response: {},
});
