// GET_KVLIST_BY_NAMESPACE (219), tool -> NameServer.
//   request  ext namespace!
//   response body KVTable; code 22 without the namespace
// Source: GetKVListByNamespaceRequestHeader, 4.9.7 and 5.3.3.
import { RequestCode } from '../codes.ts';
import { defineCommand } from '../header.ts';

export const getKvListByNamespace = defineCommand({
  code: RequestCode.GET_KVLIST_BY_NAMESPACE,
  request: { namespace: 'string' },
  response: {},
});
