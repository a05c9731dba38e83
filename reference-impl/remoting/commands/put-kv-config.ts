// PUT_KV_CONFIG (100), tool -> NameServer.
//   request  ext namespace! key! value!
// Source: PutKVConfigRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const putKvConfig = defineCommand({
  code: RequestCode.PUT_KV_CONFIG,
  request: { namespace: 'string', key: 'string', value: 'string' },
  response: {},
});
