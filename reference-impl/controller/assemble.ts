import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { ControllerConfig, ControllerMembers } from '../config/controller.ts';
import type { LiveConfig } from '../config/live.ts';
import type { RaftTimings } from '../raft/options.ts';
import type { RemotingClient, RemotingServer } from '../remoting/types.ts';
import { DecisionQueue } from './decision-queue.ts';
import { handleTools } from '../dledger/client-protocol.ts';
import type { DLedgerStore } from '../dledger/dledger-store.ts';
import { RaftDriver } from '../dledger/driver.ts';
import { handlePeers, sendTo, sendTransferTo } from '../dledger/peers.ts';
import { Elections } from './elections.ts';
import { handleControllerRequests } from './handlers.ts';
import { measured } from './metrics/measured.ts';
import { type ControllerMetrics, noMetrics } from './metrics/metrics.ts';
import type { MetricSources } from './metrics/prometheus.ts';
import { RoleNotifier } from './role-notifier.ts';
import { decodeEvent } from './state/events.ts';
import { LiveBrokers } from './state/liveness.ts';
import type { ReplicasInfo } from './state/replicas.ts';

/** What a controller stands on: the simulation gives it a clock, a disk and a network of its own. */
export interface ControllerParts {
  readonly members: ControllerMembers;
  readonly timings: RaftTimings;
  readonly config: LiveConfig<ControllerConfig>;
  readonly store: DLedgerStore;
  /** Empty: the log is replayed into it. */
  readonly replicas: ReplicasInfo;
  readonly clock: Clock;
  readonly random: Random;
  readonly client: Pick<RemotingClient, 'invoke' | 'invokeOneway'>;
  readonly server: Pick<RemotingServer, 'handle'>;
  readonly log: Log;
  /** Default: nothing is counted. */
  readonly metrics?: (sources: MetricSources) => ControllerMetrics;
}

/** Wires one controller and gives `server` its requests. Nothing runs before `driver.start` and `elections.start`. */
export function assembleController(parts: ControllerParts): { driver: RaftDriver; elections: Elections } {
  const { members, timings, config, store, replicas, clock, random, client, server, log } = parts;
  const live = new LiveBrokers();
  const driver = new RaftDriver({
    raft: {
      group: config.current.controllerDLegerGroup,
      selfId: members.selfId,
      peerIds: [...members.peers.keys()],
      segmentBytes: config.current.mappedFileSize,
      timings,
      random,
      kind: 'STATE_MACHINE',
    },
    store,
    clock,
    log,
    send: sendTo(client, members.peers, timings.requestTimeoutMs, log),
    sendTransfer: sendTransferTo(client, members.peers, 2 * timings.requestTimeoutMs, log),
    apply: ({ body }) => {
      const event = decodeEvent(body);
      if (event !== null) replicas.apply(event);
    },
  });
  const metrics = parts.metrics?.({
    role: () => driver.status.role,
    activeBrokers: () => live.counts(clock.nowMs()),
  });
  const queue = new DecisionQueue({
    driver,
    metrics,
    context: {
      replicas,
      living: (clusterName, brokerName, brokerId) => live.living(clusterName, brokerName, brokerId, clock.nowMs()),
      get enableElectUncleanMaster() {
        return config.current.enableElectUncleanMaster;
      },
    },
    readsThroughLog: () => config.current.processReadEvent,
    clock,
    log,
  });
  const elections = new Elections({
    config: () => config.current,
    replicas,
    live,
    queue,
    notifier: new RoleNotifier(client, log),
    isServing: () => driver.status.serving,
    clock,
    log,
    metrics,
  });
  driver.onStatus(() => elections.leadershipChanged());
  handlePeers(server, driver);
  handleTools(server, {
    ...members,
    group: config.current.controllerDLegerGroup,
    log: store,
    status: () => driver.status,
  });
  handleControllerRequests(measured(server, metrics ?? noMetrics), {
    queue,
    elections,
    config,
    members,
    status: () => driver.status,
  });
  return { driver, elections };
}
