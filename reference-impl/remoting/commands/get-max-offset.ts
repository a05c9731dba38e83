// GET_MAX_OFFSET (30), consumer or tools -> broker.
//   request  ext topic!, queueId!, committed? (new, ignored)
//   response ext offset!: the next one to be written
// Source: GetMaxOffsetRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getMaxOffset = defineCommand({
  code: RequestCode.GET_MAX_OFFSET,
  request: { topic: 'string', queueId: 'int', committed: 'boolean' },
  response: { offset: 'long' },
});
