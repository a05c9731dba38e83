import { invokeBrokerToResetOffset } from '../remoting/commands/invoke-broker-to-reset-offset.ts';
import { searchOffsetByTimestamp } from '../remoting/commands/search-offset-by-timestamp.ts';
import { updateConsumerOffset } from '../remoting/commands/update-consumer-offset.ts';
import { objectKeyEntries } from '../remoting/fastjson.ts';
import { required } from '../remoting/header.ts';
import type { RemotingClient } from '../remoting/types.ts';
import { call, jsonBody } from './call.ts';
import type { MessageQueue } from './queues.ts';

/** A group's place in one queue. */
export interface GroupOffset {
  readonly topic: string;
  readonly consumerGroup: string;
  readonly queueId: number;
  readonly offset: number;
}

export interface ResetRequest {
  readonly topic: string;
  readonly group: string;
  /** Store time, ms since the epoch; -1: the end. */
  readonly timestamp: number;
  /** False: never forward. */
  readonly isForce: boolean;
  /** -1: all. Old brokers do not know it and take all. */
  readonly queueId?: number;
  /** -1: by time. */
  readonly offset?: number;
}

export interface ResetOffset {
  readonly queue: MessageQueue;
  readonly offset: number;
}

/** What tools ask a broker about the offsets of a group. Each throws RefusedError with the broker's code. */
export interface OffsetCalls {
  /** The first offset stored at or after a time (ms since the epoch). */
  searchOffset(address: string, topic: string, queueId: number, timestamp: number): Promise<number>;
  commitOffset(address: string, place: GroupOffset): Promise<void>;
  /** Sets the offsets of a group, tells its members, and resolves with what was set. */
  resetOffset(address: string, request: ResetRequest): Promise<readonly ResetOffset[]>;
}

export function createOffsetCalls(remoting: RemotingClient): OffsetCalls {
  return {
    async searchOffset(address, topic, queueId, timestamp) {
      const { header } = await call(remoting, address, searchOffsetByTimestamp, { topic, queueId, timestamp });
      return required(header.offset, 'offset');
    },
    async commitOffset(address, { topic, consumerGroup, queueId, offset }) {
      await call(remoting, address, updateConsumerOffset, { topic, consumerGroup, queueId, commitOffset: offset });
    },
    async resetOffset(address, request) {
      const { body } = await call(remoting, address, invokeBrokerToResetOffset, request);
      const { offsetTable } = (jsonBody(body) ?? {}) as { offsetTable?: Readonly<Record<string, number>> };
      return objectKeyEntries(offsetTable ?? {}).map(([queue, offset]) => ({ queue: queue as MessageQueue, offset }));
    },
  };
}
