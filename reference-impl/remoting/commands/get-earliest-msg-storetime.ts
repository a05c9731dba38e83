// GET_EARLIEST_MSG_STORETIME (32), tools -> broker.
//   request  ext topic!, queueId!
//   response ext timestamp! (ms), -1 when there is no message
// Source: GetEarliestMsgStoretimeRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getEarliestMsgStoretime = defineCommand({
  code: RequestCode.GET_EARLIEST_MSG_STORETIME,
  request: { topic: 'string', queueId: 'int' },
  response: { timestamp: 'long' },
});
