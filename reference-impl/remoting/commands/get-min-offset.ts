// GET_MIN_OFFSET (31), consumer or tools -> broker.
//   request  ext topic!, queueId!
//   response ext offset!
// Source: GetMinOffsetRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getMinOffset = defineCommand({
  code: RequestCode.GET_MIN_OFFSET,
  request: { topic: 'string', queueId: 'int' },
  response: { offset: 'long' },
});
