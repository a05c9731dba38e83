import { systemClock, type Timer } from '../base/clock.ts';
import type { Running } from '../base/running.ts';
import { createRemotingServer } from '../remoting/server.ts';
import type { RemotingServer } from '../remoting/types.ts';
import { type Broker, type Handlers, isSlave } from './broker.ts';
import { type BrokerOptions, createBroker } from './create.ts';
import { brokerHandlers, fastPortHandlers } from './handlers.ts';
import { PullPath } from './pull/pull-path.ts';
import { SendPath } from './send/send-path.ts';
import { MetadataCopy } from './slave/metadata-copy.ts';
import { addTopicsOfLog } from './topics/topics-of-log.ts';

const heldPullScanMs = 5000;
/** How often late answers are looked for; the shortest documented limit is 3 s. */
const acknowledgementSweepMs = 100;
const firstOffsetFlushMs = 10_000;

/**
 * Starts a broker: `listenPort` serves everything, the port two below it everything but pulls, the one above replication.
 * Resolves when it serves and, unless it waits for a controller, when each NameServer answered its registration or failed.
 * Rejects with PORT_IN_USE and with what `createBroker` rejects with.
 */
export async function startBroker(options: BrokerOptions): Promise<Running> {
  const broker = await createBroker(options);
  const sendPath = new SendPath(broker);
  const pullPath = new PullPath(broker);
  const copy = new MetadataCopy(broker);
  const { listenPort } = broker.config;
  const server = serverAt(broker, listenPort, brokerHandlers(broker, sendPath, pullPath));
  const fastServer = serverAt(broker, listenPort - 2, fastPortHandlers(broker, sendPath));
  const timers = connect(broker, sendPath, pullPath);
  const stop = () => stopBroker(broker, { servers: [server, fastServer], sendPath, pullPath, copy, timers });
  try {
    await server.start();
    await fastServer.start();
    await broker.role.start({
      brokerAddress: broker.address,
      registerToNamesrv: () => broker.registration.registerAll(),
      roleTaken: (masterEpoch) => {
        if (!isSlave(broker)) addTopicsOfLog(broker);
        broker.topics.bumpVersion(masterEpoch);
      },
    });
    await broker.registration.registerAll();
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  broker.registration.start();
  for (const part of [broker.clients, broker.schedule, broker.stats, copy]) part.start();
  const { bindAddress } = broker.config;
  return {
    addresses: {
      remoting: `${bindAddress}:${server.port}`,
      fast: `${bindAddress}:${fastServer.port}`,
      ...(broker.role.ha === null ? {} : { ha: `${bindAddress}:${broker.role.ha.port}` }),
    },
    stop,
  };
}

function serverAt({ release, log, config }: Broker, port: number, handlers: Handlers): RemotingServer {
  const { bindAddress, serverChannelMaxIdleTimeSeconds: idleSeconds } = config;
  const server = createRemotingServer({ release, log, bindAddress, port, idleSeconds });
  for (const [code, handler] of Object.entries(handlers)) server.handle(Number(code), handler);
  return server;
}

/** Lets what the store and the role report reach the requests that wait for it. */
function connect({ store, role, offsets, config }: Broker, sendPath: SendPath, { held }: PullPath): Timer[] {
  const { acknowledgements } = sendPath;
  store.onProgress(() => acknowledgements.release());
  role.onProgress(() => acknowledgements.release());
  role.onChange(() => {
    acknowledgements.roleChanged();
    held.wakeAll();
  });
  store.onDispatch((event) => held.arrived(event));
  const flushOffsetsMs = config.flushConsumerOffsetInterval;
  return [
    systemClock.every(acknowledgementSweepMs, () => acknowledgements.sweep(systemClock.nowMs())),
    systemClock.every(heldPullScanMs, () => held.scan(systemClock.nowMs())),
    systemClock.every(flushOffsetsMs, () => offsets.persist(), firstOffsetFlushMs),
  ];
}

interface RunningParts {
  readonly servers: readonly RemotingServer[];
  readonly sendPath: SendPath;
  readonly pullPath: PullPath;
  readonly copy: MetadataCopy;
  readonly timers: readonly Timer[];
}

/** Leaves the NameServers, answers what waits, closes the ports, then the store. */
async function stopBroker(broker: Broker, { servers, sendPath, pullPath, copy, timers }: RunningParts): Promise<void> {
  const { registration, clients, schedule, stats, role, store, remotingClient } = broker;
  for (const timer of timers) timer.cancel();
  for (const part of [clients, schedule, stats, copy]) part.stop();
  await registration.stop();
  store.writeNow();
  sendPath.acknowledgements.release();
  sendPath.acknowledgements.abandon();
  pullPath.held.wakeAll();
  await Promise.all(servers.map((server) => server.stop()));
  await role.stop();
  await remotingClient.close();
  for (const table of [broker.topics, broker.groups, broker.offsets, schedule]) table.persist();
  await store.close();
}
