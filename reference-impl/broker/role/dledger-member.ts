import { parseAddress, splitAddresses } from '../../base/address.ts';
import { systemClock } from '../../base/clock.ts';
import { seededRandom } from '../../base/random.ts';
import { brokerMembers } from '../../config/broker.ts';
import type { DLedgerMembers } from '../../config/members.ts';
import { RaftDriver } from '../../dledger/driver.ts';
import { handleTools } from '../../dledger/client-protocol.ts';
import { handlePeers, sendTo, sendTransferTo } from '../../dledger/peers.ts';
import { raftTimings } from '../../dledger/timings.ts';
import type { RaftStatus } from '../../raft/node.ts';
import type { RaftOptions } from '../../raft/options.ts';
import { createRemotingServer } from '../../remoting/server.ts';
import type { RemotingServer } from '../../remoting/types.ts';
import type { DLedgerLog } from '../../store/dledger-log.ts';
import type { RoleDependencies } from './types.ts';

/** The broker's store as member of its DLedger group: its own port, the driver, and the committed offset of the store. */
export class DLedgerMember {
  readonly #dependencies: RoleDependencies;
  readonly #driver: RaftDriver;
  readonly #server: RemotingServer;

  constructor(dependencies: RoleDependencies, log: DLedgerLog) {
    const { config, store, client, release } = dependencies;
    const { dLegerGroup, mappedFileSizeCommitLog, serverChannelMaxIdleTimeSeconds: idleSeconds } = config();
    const members = brokerMembers(config());
    const timings = raftTimings(process.env.SWITCHLAB_RAFT_HEARTBEAT_MS);
    const raft: RaftOptions = {
      group: dLegerGroup,
      selfId: members.selfId,
      peerIds: [...members.peers.keys()],
      segmentBytes: mappedFileSizeCommitLog,
      timings,
      random: seededRandom(process.pid ^ systemClock.nowMs()),
      kind: 'COMMIT_LOG',
    };
    const partLog = dependencies.log.child({ part: 'dledger' });
    this.#dependencies = dependencies;
    this.#driver = new RaftDriver({
      raft,
      store: log,
      clock: systemClock,
      log: partLog,
      send: sendTo(client, members.peers, timings.requestTimeoutMs, partLog),
      apply() {},
      applied: (index) => store.setConfirmOffset(log.endOf(index)),
      schedule: setImmediate,
      sendTransfer: sendTransferTo(client, members.peers, 2 * timings.requestTimeoutMs, partLog),
      preferredLeaderIds: splitAddresses(config().preferredLeaderId),
    });
    log.appendedBy(this.#driver);
    this.#server = createRemotingServer({ release, log: partLog, idleSeconds, ...listening(members) });
    handlePeers(this.#server, this.#driver);
    handleTools(this.#server, { ...members, group: dLegerGroup, log, status: () => this.#driver.status });
  }

  get status(): RaftStatus {
    return this.#driver.status;
  }

  /** Runs after role, leader, term or readiness changed. */
  onStatus(listener: () => void): void {
    this.#driver.onStatus(listener);
  }

  /** Listens and takes part. Rejects with PORT_IN_USE. */
  async start(): Promise<void> {
    await this.#server.start();
    this.#driver.start();
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    await this.#driver.stop();
    this.#dependencies.log.debug({}, 'left the DLedger group');
  }
}

/** DLedger listens everywhere; a loopback address among the peers keeps to itself. */
function listening({ selfAddress }: DLedgerMembers): { bindAddress: string; port: number } {
  const { host, port } = parseAddress(selfAddress);
  return { bindAddress: host.startsWith('127.') ? '127.0.0.1' : '0.0.0.0', port };
}
