import { encodeKvTable } from '../remoting/bodies/kv-table.ts';
import { ResponseCode } from '../remoting/codes.ts';
import { deleteKvConfig } from '../remoting/commands/delete-kv-config.ts';
import { getKvConfig } from '../remoting/commands/get-kv-config.ts';
import { getKvListByNamespace } from '../remoting/commands/get-kvlist-by-namespace.ts';
import { putKvConfig } from '../remoting/commands/put-kv-config.ts';
import { decodeHeader, encodeHeader, required } from '../remoting/header.ts';
import type { RemotingServer } from '../remoting/types.ts';
import type { KvConfig } from './kv-config.ts';

/** The key-value table: 100, 101, 102, 219. */
export function handleKvConfig(server: RemotingServer, kv: KvConfig): void {
  server.handle(putKvConfig.code, ({ extFields }) => {
    const { namespace, key, value } = decodeHeader(putKvConfig.request, extFields);
    if (namespace === null || key === null) {
      return { code: ResponseCode.SYSTEM_ERROR, remark: 'namespace or key is null' };
    }
    kv.put(namespace, key, required(value, 'value'));
    return { code: ResponseCode.SUCCESS };
  });
  server.handle(getKvConfig.code, ({ extFields }) => {
    const { namespace, key } = decodeHeader(getKvConfig.request, extFields);
    const value = kv.get(namespace ?? '', key ?? '');
    if (value !== null) {
      return { code: ResponseCode.SUCCESS, extFields: encodeHeader(getKvConfig.response, { value }) };
    }
    const remark = `No config item, Namespace: ${namespace} Key: ${key}`;
    return { code: ResponseCode.QUERY_NOT_FOUND, remark, extFields: {} };
  });
  server.handle(deleteKvConfig.code, ({ extFields }) => {
    const { namespace, key } = decodeHeader(deleteKvConfig.request, extFields);
    kv.delete(namespace ?? '', key ?? '');
    return { code: ResponseCode.SUCCESS };
  });
  server.handle(getKvListByNamespace.code, ({ extFields }) => {
    const { namespace } = decodeHeader(getKvListByNamespace.request, extFields);
    const table = kv.namespace(namespace ?? '');
    if (table !== null) return { code: ResponseCode.SUCCESS, body: encodeKvTable(table) };
    return { code: ResponseCode.QUERY_NOT_FOUND, remark: `No config item, Namespace: ${namespace}` };
  });
}
