// Deliberate defects, from outside the code they break: a disk, a request or an answer is changed on its way. Each one must
// be found by the schedules, or the simulation proves nothing.
import type { ControllerConfig } from '../../config/controller.ts';
import { decodeSyncStateSet, encodeSyncStateSet } from '../../remoting/bodies/sync-state-set.ts';
import { RequestCode } from '../../remoting/codes.ts';
import type { RemotingCommand } from '../../remoting/types.ts';
import type { PushRequest } from '../../raft/messages.ts';
import type { RaftDriver } from '../../dledger/driver.ts';
import { decodeRequest, encodeRequest, requestCodes } from '../../dledger/wire.ts';
import { type BrokerSet, ReplicasInfo } from '../state/replicas.ts';
import type { DiskDefect } from './disk.ts';

/** What a defect may replace; absent: nothing. */
export interface Defect {
  readonly disk?: DiskDefect;
  readonly config?: Partial<ControllerConfig>;
  readonly replicas?: () => ReplicasInfo;
  /** Changes a request before a controller sees it. */
  readonly request?: (request: RemotingCommand, replicas: ReplicasInfo) => RemotingCommand;
  readonly driver?: (driver: RaftDriver) => void;
}

class EpochStandsStill extends ReplicasInfo {
  override set(brokerName: string): BrokerSet | undefined {
    const set = super.set(brokerName);
    return set && { ...set, masterEpoch: Math.min(1, set.masterEpoch) };
  }
}

export const defects = {
  /** A crash takes the vote of the term away. */
  FORGETS_VOTE: { disk: { forgetsVote: true } },
  /** A member acknowledges entries that are not on its disk yet. */
  ACKNOWLEDGES_BEFORE_PERSISTING: { disk: { liesAboutFlush: true } },
  /** Members vote for candidates whose log is shorter than their own. */
  VOTES_FOR_SHORTER_LOG: {
    request(command) {
      if (command.code !== requestCodes.vote) return command;
      const vote = decodeRequest('vote', command.body);
      const ahead = { ...vote, ledgerEndIndex: Number.MAX_SAFE_INTEGER, ledgerEndTerm: vote.term };
      return { ...command, body: encodeRequest(ahead) };
    },
  },
  /** A follower says yes to TRUNCATE, and cuts nothing. */
  IGNORES_TRUNCATE: {
    request(command) {
      if (command.code !== requestCodes.push) return command;
      const push = decodeRequest('push', command.body);
      if (push.kind !== 'push' || push.type !== 'TRUNCATE') return command;
      return { ...command, body: encodeRequest({ ...push, type: 'COMMIT', entries: [] }) };
    },
  },
  /** Followers apply what the leader has, not what a majority has. */
  APPLIES_BEFORE_COMMIT: {
    request(command) {
      if (command.code !== requestCodes.push) return command;
      const push = decodeRequest('push', command.body);
      return { ...command, body: encodeRequest({ ...push, commitIndex: Number.MAX_SAFE_INTEGER } as PushRequest) };
    },
  },
  /** The leader answers before a majority has the event. */
  ANSWERS_BEFORE_COMMIT: {
    driver(driver) {
      const propose = driver.propose.bind(driver);
      driver.propose = (bodies) => {
        propose(bodies).catch(() => {}); // The defect is that nobody waits for it.
        return Promise.resolve();
      };
    },
  },
  /** A leader answers reads without asking a majority whether it still is one. */
  READS_WITHOUT_MAJORITY: { config: { processReadEvent: false } },
  /** The id of a broker is given to another one. */
  SHARES_BROKER_ID: {
    request(command, replicas) {
      const { brokerName, appliedBrokerId } = command.extFields ?? {};
      if (command.code !== RequestCode.CONTROLLER_APPLY_BROKER_ID || brokerName === undefined) return command;
      const holder = replicas.set(brokerName)?.brokers.get(Number(appliedBrokerId));
      if (holder === undefined) return command;
      return { ...command, extFields: { ...command.extFields, registerCheckCode: holder.registerCheckCode } };
    },
  },
  /** Somebody outside the SyncStateSet may become master. */
  ELECTS_OUTSIDE_SYNC_STATE_SET: { config: { enableElectUncleanMaster: true } },
  /** A second election does not raise masterEpoch. */
  EPOCH_STANDS_STILL: { replicas: () => new EpochStandsStill() },
  /** A change of the SyncStateSet is accepted on top of one that its master did not know. */
  STALE_SYNC_STATE_SET_EPOCH: {
    request(command, replicas) {
      const set = replicas.set(command.extFields?.brokerName ?? '');
      if (command.code !== RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET || set === undefined) return command;
      const { syncStateSet } = decodeSyncStateSet(command.body);
      return { ...command, body: encodeSyncStateSet({ syncStateSet, syncStateSetEpoch: set.syncStateSetEpoch }) };
    },
  },
  /** A deposed master may change the SyncStateSet. */
  STALE_MASTER: {
    request(command, replicas) {
      const set = replicas.set(command.extFields?.brokerName ?? '');
      if (command.code !== RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET || !set?.masterBrokerId) return command;
      const { masterBrokerId, masterEpoch, syncStateSetEpoch } = set;
      const wanted = decodeSyncStateSet(command.body);
      if (command.extFields?.masterEpoch === `${masterEpoch}`) return command;
      const syncStateSet = [...new Set([...wanted.syncStateSet, masterBrokerId])];
      const master = { masterBrokerId: `${masterBrokerId}`, masterEpoch: `${masterEpoch}` };
      const body = encodeSyncStateSet({ syncStateSet, syncStateSetEpoch });
      return { ...command, extFields: { ...command.extFields, ...master }, body };
    },
  },
} as const satisfies Record<string, Defect>;

export type DefectName = keyof typeof defects;
