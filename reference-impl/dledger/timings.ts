import { SwitchlabError } from '../base/errors.ts';
import { dledgerTimings, type RaftTimings } from '../raft/options.ts';

/**
 * The intervals of a controller group. RocketMQ has no key for them; for a laboratory in a hurry the environment variable
 * SWITCHLAB_RAFT_HEARTBEAT_MS sets the heartbeat interval, and every other one changes by the same factor. All members
 * must get the same value. Throws COMMAND_LINE_INVALID.
 * @param heartBeatMs the variable's text; undefined or empty: DLedger's own intervals
 */
export function raftTimings(heartBeatMs: string | undefined): RaftTimings {
  if (heartBeatMs === undefined || heartBeatMs === '') return dledgerTimings;
  const interval = Number(heartBeatMs);
  if (!Number.isInteger(interval) || interval < heartBeatMsMin) {
    const text = `SWITCHLAB_RAFT_HEARTBEAT_MS=${heartBeatMs} is not an interval of at least ${heartBeatMsMin} ms.`;
    throw new SwitchlabError('COMMAND_LINE_INVALID', text);
  }
  const scaled = (ms: number) => Math.ceil((ms * interval) / dledgerTimings.heartBeatTimeIntervalMs);
  return {
    heartBeatTimeIntervalMs: interval,
    maxHeartBeatLeak: dledgerTimings.maxHeartBeatLeak,
    minVoteIntervalMs: scaled(dledgerTimings.minVoteIntervalMs),
    maxVoteIntervalMs: scaled(dledgerTimings.maxVoteIntervalMs),
    maxPushTimeOutMs: scaled(dledgerTimings.maxPushTimeOutMs),
    requestTimeoutMs: scaled(dledgerTimings.requestTimeoutMs),
  };
}

const heartBeatMsMin = 50;
