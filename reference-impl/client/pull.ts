import { SwitchlabError } from '../base/errors.ts';
import { decodeRecords } from '../message/record.ts';
import type { StoredMessage } from '../message/types.ts';
import { ResponseCode } from '../remoting/codes.ts';
import { pullMessage } from '../remoting/commands/pull-message.ts';
import { decodeHeader, required } from '../remoting/header.ts';
import type { RemotingClient } from '../remoting/types.ts';
import { callTimeoutMs, requestOf } from './call.ts';
import { RefusedError } from './refused.ts';

/** sysFlag of a pull: 0x1 commit, 0x2 may suspend, 0x4 the subscription is in the request. */
const PullSysFlag = { SUSPEND: 0x2, SUBSCRIPTION: 0x4 } as const;

export type PullStatus = 'FOUND' | 'NO_NEW_MSG' | 'NO_MATCHED_MSG' | 'OFFSET_ILLEGAL';

const statusByCode: Readonly<Record<number, PullStatus>> = {
  [ResponseCode.SUCCESS]: 'FOUND',
  [ResponseCode.PULL_NOT_FOUND]: 'NO_NEW_MSG',
  [ResponseCode.PULL_RETRY_IMMEDIATELY]: 'NO_MATCHED_MSG',
  [ResponseCode.PULL_OFFSET_MOVED]: 'OFFSET_ILLEGAL',
};

export interface PullRequest {
  readonly consumerGroup: string;
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly maxMsgNums: number;
  /** Long polling: how long the broker may hold the request, ms; 0 answers at once. */
  readonly suspendTimeoutMillis: number;
}

export interface PullResult {
  readonly pullStatus: PullStatus;
  readonly nextBeginOffset: number;
  readonly minOffset: number;
  readonly maxOffset: number;
  readonly suggestWhichBrokerId: number;
  /** Decoded records; bodies are views of the answer. */
  readonly messages: readonly StoredMessage[];
}

/** Group that tools pull with: every broker has it. */
export const TOOLS_CONSUMER = 'TOOLS_CONSUMER';

/** One pull of every message, whatever its tag. Throws RefusedError for codes that are no pull status. */
export async function pull(remoting: RemotingClient, address: string, request: PullRequest): Promise<PullResult> {
  const suspend = request.suspendTimeoutMillis > 0 ? PullSysFlag.SUSPEND : 0;
  const header = {
    ...request,
    sysFlag: PullSysFlag.SUBSCRIPTION | suspend,
    commitOffset: 0,
    subscription: '*',
    subVersion: 0,
    expressionType: 'TAG',
  };
  // A held pull is answered up to 5 s after its deadline: the broker looks at deadlines every 5 s.
  const timeoutMs = callTimeoutMs + (suspend === 0 ? 0 : request.suspendTimeoutMillis + 5000);
  const answer = await remoting.invoke(address, requestOf(pullMessage, header), timeoutMs);
  const pullStatus = statusByCode[answer.code];
  if (pullStatus === undefined) throw new RefusedError(address, pullMessage.code, answer);
  const offsets = decodeHeader(pullMessage.response, answer.extFields);
  return {
    pullStatus,
    nextBeginOffset: required(offsets.nextBeginOffset, 'nextBeginOffset'),
    minOffset: required(offsets.minOffset, 'minOffset'),
    maxOffset: required(offsets.maxOffset, 'maxOffset'),
    suggestWhichBrokerId: offsets.suggestWhichBrokerId ?? 0,
    messages: answer.code === ResponseCode.SUCCESS && answer.body !== null ? decodeRecords(answer.body) : [],
  };
}

/** A range of one queue of one broker. */
export interface QueueRange {
  readonly topic: string;
  readonly queueId: number;
  readonly fromOffset: number;
  /** Exclusive. */
  readonly toOffset: number;
}

/**
 * Reads a range of queue offsets from one broker, batch by batch, skipping what the broker no longer has.
 * Ends early when the broker's queue ends before `toOffset`. Throws BODY_MALFORMED when an answer makes no progress.
 */
export async function* readQueue(
  remoting: RemotingClient,
  address: string,
  range: QueueRange,
): AsyncGenerator<readonly StoredMessage[]> {
  const { topic, queueId, toOffset } = range;
  let queueOffset = range.fromOffset;
  while (queueOffset < toOffset) {
    const request = {
      consumerGroup: TOOLS_CONSUMER,
      topic,
      queueId,
      queueOffset,
      maxMsgNums: 32,
      suspendTimeoutMillis: 0,
    };
    const result = await pull(remoting, address, request);
    if (result.pullStatus === 'NO_NEW_MSG' || result.maxOffset <= queueOffset) return;
    if (result.nextBeginOffset <= queueOffset) {
      throw new SwitchlabError(
        'BODY_MALFORMED',
        `${address} answers ${topic}/${queueId}@${queueOffset} with the same offset.`,
      );
    }
    yield result.messages.filter((message) => message.queueOffset < toOffset);
    queueOffset = result.nextBeginOffset;
  }
}
