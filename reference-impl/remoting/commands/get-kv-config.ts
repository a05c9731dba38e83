// GET_KV_CONFIG (101), client or tool -> NameServer.
//   request  ext namespace! key!
//   response ext value; code 22 without one
// Source: GetKVConfigRequestHeader, GetKVConfigResponseHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getKvConfig = defineCommand({
  code: RequestCode.GET_KV_CONFIG,
  request: { namespace: 'string', key: 'string' },
  response: { value: 'string' },
});
