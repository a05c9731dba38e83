import { totalmem } from 'node:os';
import { ResponseCode } from '../../remoting/codes.ts';
import { pullMessage } from '../../remoting/commands/pull-message.ts';
import { encodeHeader } from '../../remoting/header.ts';
import type { ResponseInit } from '../../remoting/types.ts';
import type { GetMessageResult, GetMessageStatus } from '../../store/types.ts';
import { type Broker, isSlave } from '../broker.ts';
import type { PullGrant } from './pull-checks.ts';
import type { PullRequest } from './pull-request.ts';

/** What the store, or a server-side reset, says to a pull. */
export type PullResult = Omit<GetMessageResult, 'status'> & { readonly status: GetMessageStatus | 'OFFSET_RESET' };

/** The answer to a pull; its remark is the store's status. */
export function pullAnswer(broker: Broker, pull: PullRequest, grant: PullGrant, result: PullResult): ResponseInit {
  const release = broker.release;
  const slow = result.suggestPullingFromSlave && broker.config.slaveReadEnable;
  const suggestWhichBrokerId = slow ? grant.group.whichBrokerWhenConsumeSlowly : grant.group.brokerId;
  const redirected = release === 'new' && broker.role.brokerId !== 0 && !slow;
  const code = pullCode(broker, pull, result.status);
  const extFields = encodeHeader(pullMessage.response, {
    suggestWhichBrokerId: redirected || !broker.config.slaveReadEnable ? 0 : suggestWhichBrokerId,
    nextBeginOffset: nextOffset(broker, pull, result),
    minOffset: result.minOffset,
    maxOffset: result.maxOffset,
    topicSysFlag: release === 'new' ? grant.topic.topicSysFlag : null,
    groupSysFlag: release === 'new' ? grant.group.groupSysFlag : null,
  });
  return {
    // A consumer that a slave has nothing for asks the master at once.
    code: redirected && result.status !== 'FOUND' ? ResponseCode.PULL_RETRY_IMMEDIATELY : code,
    // RocketMQ makes a queue when it is asked for it.
    remark: result.status === 'NO_MATCHED_LOGIC_QUEUE' ? 'NO_MESSAGE_IN_QUEUE' : result.status,
    extFields,
    body: result.status === 'FOUND' ? joinRecords(result.records) : null,
  };
}

/** Codes of the statuses that always have the same one. */
const pullCodes: Readonly<Partial<Record<PullResult['status'], ResponseCode>>> = {
  FOUND: ResponseCode.SUCCESS,
  NO_MATCHED_MESSAGE: ResponseCode.PULL_RETRY_IMMEDIATELY,
  MESSAGE_WAS_REMOVING: ResponseCode.PULL_RETRY_IMMEDIATELY,
  OFFSET_OVERFLOW_ONE: ResponseCode.PULL_NOT_FOUND,
  OFFSET_FOUND_NULL: ResponseCode.PULL_NOT_FOUND,
};

/** Response code of a store status, for a consumer that asked for `pull.queueOffset`. */
function pullCode(broker: Broker, pull: PullRequest, status: PullResult['status']): ResponseCode {
  const code = pullCodes[status];
  if (code !== undefined) return code;
  const empty = status === 'NO_MATCHED_LOGIC_QUEUE' || status === 'NO_MESSAGE_IN_QUEUE';
  if (empty && pull.queueOffset === 0) return ResponseCode.PULL_NOT_FOUND;
  return correctsOffsets(broker) ? ResponseCode.PULL_OFFSET_MOVED : ResponseCode.PULL_RETRY_IMMEDIATELY;
}

/** Statuses of an offset that the queue does not have, or not yet. */
const notThere: ReadonlySet<PullResult['status']> = new Set([
  'NO_MATCHED_LOGIC_QUEUE',
  'NO_MESSAGE_IN_QUEUE',
  'OFFSET_TOO_SMALL',
  'OFFSET_OVERFLOW_BADLY',
]);

function nextOffset(broker: Broker, { queueOffset }: PullRequest, { status, nextBeginOffset }: PullResult): number {
  return notThere.has(status) && !correctsOffsets(broker) ? queueOffset : nextBeginOffset;
}

/** What a slave lacks may be on its way. */
function correctsOffsets(broker: Broker): boolean {
  return !isSlave(broker) || broker.config.offsetCheckInSlave;
}

/** Whether a record is so near the end of the log that RocketMQ takes it to be in memory. */
export function inMemory(broker: Broker, physicalOffset: number): boolean {
  const memory = totalmem() * (broker.config.accessMessageInMemoryMaxRatio / 100);
  return broker.store.maxPhyOffset - physicalOffset <= memory;
}

/** The records back to back: one view where they lie next to each other, a copy where they do not. */
export function joinRecords(records: readonly Buffer[]): Buffer {
  const first = records[0]!;
  let end = first.byteOffset;
  for (const record of records) {
    if (record.buffer !== first.buffer || record.byteOffset !== end) return Buffer.concat(records);
    end += record.length;
  }
  return Buffer.from(first.buffer, first.byteOffset, end - first.byteOffset);
}
