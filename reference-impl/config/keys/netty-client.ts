import { both, newOnly, type KeyTable } from '../key-table.ts';

/** Keys of `NettyClientConfig`: outgoing connections of a role. */
export const nettyClientKeys = {
  clientWorkerThreads: both.int(4, 'threads'),
  connectTimeoutMillis: both.int(3000, 'ms'),
  clientChannelMaxIdleTimeSeconds: both.int(120, 's'),
  clientCloseSocketIfTimeout: both.bool(true, 'A request without an answer costs its connection.'),
  useTLS: both.bool(false),
  writeBufferHighWaterMark: both.int(0, 'bytes'),
  writeBufferLowWaterMark: both.int(0, 'bytes'),
  clientCallbackExecutorThreads: both.int(({ cores }) => cores),
  clientOnewaySemaphoreValue: both.int(65535),
  clientAsyncSemaphoreValue: both.int(65535),
  channelNotActiveInterval: both.long(60000),
  scanAvailableNameSrv: newOnly.bool(true),
  clientSocketSndBufSize: both.int(0),
  clientSocketRcvBufSize: both.int(0),
  clientPooledByteBufAllocatorEnable: both.bool(false),
  socksProxyConfig: newOnly.text('{}'),
  disableCallbackExecutor: newOnly.bool(false),
  disableNettyWorkerGroup: newOnly.bool(false),
  maxReconnectIntervalTimeSeconds: newOnly.long(60),
  enableReconnectForGoAway: newOnly.bool(true),
} satisfies KeyTable;
