// VIEW_MESSAGE_BY_ID (33), tools -> broker.
//   request  ext offset! (commit log), topic? (new)
//   response body one record
// Source: ViewMessageRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const viewMessageById = defineCommand({
  code: RequestCode.VIEW_MESSAGE_BY_ID,
  request: { offset: 'long', topic: 'string' },
  response: {},
});
