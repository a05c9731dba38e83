import { type KeyTable, newOnly } from '../../reference-impl/config/key-table.ts';

/** The keys of `rmq-proxy.json` that say which ports it takes; the rest of the file is not read. Source: `ProxyConfig`, 5.3.3. */
export const proxyKeys = {
  grpcServerPort: newOnly.int(8081, 'port'),
  remotingListenPort: newOnly.int(8080, 'port'),
  metricsExporterType: newOnly.oneOf(['DISABLE', 'OTLP_GRPC', 'PROM', 'LOG'], 'DISABLE'),
  metricsPromExporterPort: newOnly.int(5557, 'port'),
} satisfies KeyTable;
