import { systemClock, type Timer } from '../base/clock.ts';
import { systemDisk } from '../base/disk.ts';
import { SwitchlabError } from '../base/errors.ts';
import { offsetAckedBy } from './acked-by.ts';
import { AutoSwitchMasterLink } from './auto-switch-master.ts';
import { AutoSwitchSlave } from './auto-switch-slave.ts';
import { withEnds } from './epoch-list.ts';
import { Epochs } from './epochs.ts';
import { HaListener } from './listener.ts';
import { SyncState, type SyncStateOptions } from './sync-state.ts';
import type {
  AutoSwitchHaService,
  HaDependencies,
  ProposalAnswer,
  Proposer,
  ReplicaStatus,
  SyncStateSet,
} from './types.ts';

const noSet: SyncStateSet = { members: new Set(), epoch: 0 };
/** Looks at joining replicas this often within the time that a member may lag. */
const ticksPerLag = 30;

/**
 * Replication between brokers whose roles come from the controller (`AutoSwitchHAService` 5.3.3). Listens always, but
 * serves replicas only while it is master: a slave that comes too early would cut its log to one that is not final yet.
 */
export function createAutoSwitchHa({ options, store }: HaDependencies): AutoSwitchHaService {
  const { clock = systemClock, disk = systemDisk } = options;
  const epochs = new Epochs(disk, options.storePathEpochFile);
  const slave = new AutoSwitchSlave(options, store, epochs);
  const links = new Set<AutoSwitchMasterLink>();
  const listeners: (() => void)[] = [];
  let state: SyncState | null = null;
  let proposer: Proposer | null = null;
  let masterBrokerId: number | null = null;
  let timer: Timer | null = null;
  /** Roles given so far: a change that had to wait is void when there was another one. */
  let changes = 0;
  /** What this broker copied until it was elected is about to be its log: a NameServer may still name its former master. */
  let promoting = false;

  const notify = () => {
    for (const listener of listeners) listener();
  };

  /** After anything that may have moved the set or what its members have. */
  const settle = () => {
    if (state === null) return;
    if (state.confirmOffset > store.confirmOffset) store.setConfirmOffset(state.confirmOffset);
    propose(state);
    notify();
  };

  const propose = (asking: SyncState) => {
    if (proposer === null) return;
    const members = asking.nextProposal(clock.nowMs());
    if (members === null) return;
    const answered = (answer: ProposalAnswer) => {
      asking.answered(answer, clock.nowMs());
      if (state === asking) settle();
    };
    proposer(members, asking.agreed).then(answered, () => answered('UNKNOWN'));
  };

  const joined = (link: AutoSwitchMasterLink) => {
    for (const other of links) {
      if (other !== link && other.brokerId === link.brokerId) other.socket.close('the replica connected anew');
    }
    state?.connected(link.brokerId, link.asyncLearner, clock.nowMs());
  };
  const acknowledged = (link: AutoSwitchMasterLink) => {
    state?.acknowledged(link.brokerId, link.ackOffset, clock.nowMs());
    settle();
  };
  const closed = (link: AutoSwitchMasterLink) => {
    links.delete(link);
    const replaced = [...links].some((other) => other.brokerId === link.brokerId);
    if (link.brokerId !== -1 && !replaced) state?.disconnected(link.brokerId);
    settle();
  };
  const listener = new HaListener(options, (socket) => {
    if (state === null) socket.destroy();
    else links.add(new AutoSwitchMasterLink(socket, options, store, epochs, { joined, acknowledged, closed }));
  });

  store.onProgress(() => {
    if (state === null) return;
    state.written(store.safeOffset);
    settle();
    for (const link of links) link.pump();
  });

  const tick = () => {
    epochs.dropBefore(store.minPhyOffset);
    state?.expireJoins(clock.nowMs());
    settle();
    for (const link of links) link.announceConfirmed();
  };

  const closeLinks = () => {
    for (const link of links) link.socket.close('the broker stops, or its role or epoch changes');
  };

  const status = (link: AutoSwitchMasterLink): ReplicaStatus => ({
    brokerId: link.brokerId,
    address: link.socket.remoteAddress,
    ackOffset: link.ackOffset,
    transferFromWhere: link.transferFromWhere,
    transferredByteInSecond: link.socket.meter.rate(clock.nowMs()),
  });

  const newEpoch = (master: SyncState, masterEpoch: number, set: SyncStateSet) => {
    store.writeNow();
    const last = epochs.list.at(-1);
    const start = epochs.beginAsMaster(masterEpoch, store.maxPhyOffset);
    master.beginEpoch(start);
    master.install(set, clock.nowMs());
    if (last !== undefined && last.epoch !== masterEpoch && last.startOffset === start) {
      // The new entry took the place of the last one. A Java slave ignores such an entry, and would keep what comes under
      // the old one until it cuts all of that; when it connects anew it has nothing to lose yet.
      closeLinks();
    } else {
      for (const link of links) {
        link.pump();
        link.announce();
      }
    }
    settle();
  };

  /** Ends replication as slave; the log is whole records afterwards, and this broker is sure to keep them. */
  const settleLog = async () => {
    slave.setMasterHaAddress(null);
    closeLinks();
    store.writeNow();
    store.truncateIncompleteTail();
    // With SYNC_FLUSH: a replica that is told of a shorter log would cut what it has acknowledged.
    if (store.safeOffset < store.writtenOffset) await store.flush();
    if (!store.writeable)
      throw new SwitchlabError('STORE_CLOSED', 'A store that takes no writes cannot be that of a master.');
  };

  const takeOver = (selfBrokerId: number, masterEpoch: number, set: SyncStateSet) => {
    const epochStartOffset = epochs.beginAsMaster(masterEpoch, store.maxPhyOffset);
    const { confirmOffset } = store;
    const settings: SyncStateOptions = {
      selfBrokerId,
      epochStartOffset,
      confirmOffset,
      get allAckInSyncStateSet() {
        return options.allAckInSyncStateSet;
      },
      get haMaxTimeSlaveNotCatchup() {
        return options.haMaxTimeSlaveNotCatchup;
      },
    };
    state = new SyncState(settings, set, store.safeOffset);
    masterBrokerId = selfBrokerId;
    settle();
  };

  return {
    get port() {
      return listener.port;
    },
    get replicas() {
      return [...links].filter((link) => link.brokerId !== -1).map(status);
    },
    get slave() {
      return slave.status;
    },
    get epochs() {
      return withEnds(epochs.list, Infinity);
    },
    get lastEpoch() {
      return epochs.lastEpoch;
    },
    get syncStateSet() {
      return state?.agreed ?? noSet;
    },
    get allAckOffset() {
      return state?.allAckOffset ?? 0;
    },
    offsetAckedBy: (count) => offsetAckedBy(links, count),
    async changeToMaster(selfBrokerId, masterEpoch, set) {
      if (masterEpoch < epochs.lastEpoch) return false;
      const change = ++changes;
      if (state === null) {
        promoting = true;
        await settleLog();
        if (change !== changes) return false;
        promoting = false;
        takeOver(selfBrokerId, masterEpoch, set);
      } else newEpoch(state, masterEpoch, set);
      const own = state;
      await store.dispatched();
      return own !== null && state === own;
    },
    async changeToSlave(selfBrokerId, masterEpoch, master) {
      if (masterEpoch < epochs.lastEpoch) return false;
      changes++;
      promoting = false;
      slave.brokerId = selfBrokerId;
      if (state === null && masterBrokerId === master) return true;
      state = null;
      masterBrokerId = master;
      closeLinks();
      slave.setMasterHaAddress(null);
      notify();
      return true;
    },
    setMasterHaAddress(address) {
      if (state === null && !promoting) slave.setMasterHaAddress(address);
    },
    installSyncStateSet(set) {
      if (state?.install(set, clock.nowMs())) settle();
    },
    proposeThrough: (by) => void (proposer = by),
    checkSyncStateSet() {
      state?.check(clock.nowMs());
      settle();
    },
    onProgress: (added) => void listeners.push(added),
    async start() {
      await listener.start();
      timer = clock.every(Math.max(1, options.haMaxTimeSlaveNotCatchup / ticksPerLag), tick);
    },
    async stop() {
      timer?.cancel();
      changes++;
      state = null;
      slave.stop();
      listener.stop();
      closeLinks();
    },
  };
}
