import { pullMessage } from '../../remoting/commands/pull-message.ts';
import { decodeHeader, required } from '../../remoting/header.ts';
import type { RemotingCommand } from '../../remoting/types.ts';

/** Bits of a pull's sysFlag (`PullSysFlag`). */
export const PullSysFlag = { COMMIT_OFFSET: 1, SUSPEND: 2, SUBSCRIPTION: 4, CLASS_FILTER: 8, LITE_PULL: 16 } as const;

/** A pull as it was asked for. */
export interface PullRequest {
  readonly consumerGroup: string;
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly maxMsgNums: number;
  readonly sysFlag: number;
  readonly commitOffset: number;
  readonly suspendTimeoutMillis: number;
  /** 0 when the consumer did not say. */
  readonly subVersion: number;
  readonly subscription: string | null;
  readonly expressionType: string | null;
}

/** Decodes the header of 11 or 361. Throws HEADER_FIELD_ILLEGAL. */
export function readPullRequest(request: RemotingCommand): PullRequest {
  const header = decodeHeader(pullMessage.request, request.extFields);
  return {
    consumerGroup: required(header.consumerGroup, 'consumerGroup'),
    topic: required(header.topic, 'topic'),
    queueId: required(header.queueId, 'queueId'),
    queueOffset: required(header.queueOffset, 'queueOffset'),
    maxMsgNums: required(header.maxMsgNums, 'maxMsgNums'),
    sysFlag: required(header.sysFlag, 'sysFlag'),
    commitOffset: header.commitOffset ?? 0,
    suspendTimeoutMillis: header.suspendTimeoutMillis ?? 0,
    subVersion: header.subVersion ?? 0,
    subscription: header.subscription,
    expressionType: header.expressionType,
  };
}
