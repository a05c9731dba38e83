// DELETE_KV_CONFIG (102), tool -> NameServer.
//   request  ext namespace! key!
// Source: DeleteKVConfigRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const deleteKvConfig = defineCommand({
  code: RequestCode.DELETE_KV_CONFIG,
  request: { namespace: 'string', key: 'string' },
  response: {},
});
