import { both, newOnly, type KeyTable } from '../key-table.ts';

/** Keys of `NettyServerConfig`: the listening side of every role. */
export const nettyServerKeys = {
  bindAddress: newOnly.text(
    '127.0.0.1',
    "Interface of the sockets. RocketMQ's own default is 0.0.0.0: the reference stays on loopback unless told.",
  ),
  listenPort: both.int(
    { old: 8888, new: 0 },
    'port',
    'Start-up sets the port of the role: broker 10911, NameServer 9876, controller its own peer entry.',
  ),
  serverWorkerThreads: both.int(8, 'threads'),
  serverCallbackExecutorThreads: both.int(0, 'threads'),
  serverSelectorThreads: both.int(3, 'threads'),
  serverOnewaySemaphoreValue: both.int(256),
  serverAsyncSemaphoreValue: both.int(64),
  serverChannelMaxIdleTimeSeconds: both.int(
    120,
    's',
    'A connection that neither sent nor received for this long is closed.',
  ),
  serverSocketSndBufSize: both.int(0, 'bytes'),
  serverSocketRcvBufSize: both.int(0, 'bytes'),
  writeBufferHighWaterMark: both.int(0, 'bytes'),
  writeBufferLowWaterMark: both.int(0, 'bytes'),
  serverSocketBacklog: both.int(1024),
  enableShutdownGracefully: newOnly.bool(false),
  shutdownWaitTimeSeconds: newOnly.int(30, 's'),
  useEpollNativeSelector: both.bool(false),
  serverNettyWorkerGroupEnable: newOnly.bool(true),
  serverPooledByteBufAllocatorEnable: both.bool(true),
} satisfies KeyTable;
