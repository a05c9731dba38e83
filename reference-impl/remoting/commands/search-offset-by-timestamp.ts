// SEARCH_OFFSET_BY_TIMESTAMP (29), consumer or tools -> broker.
//   request  ext topic!, queueId!, timestamp! (ms), boundaryType? LOWER or UPPER (new)
//   response ext offset!
// Source: SearchOffsetRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const searchOffsetByTimestamp = defineCommand({
  code: RequestCode.SEARCH_OFFSET_BY_TIMESTAMP,
  request: { topic: 'string', queueId: 'int', timestamp: 'long', boundaryType: 'string' },
  response: { offset: 'long' },
});
