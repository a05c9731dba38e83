import type { Release } from '../base/release.ts';
import { RequestCode } from '../remoting/codes.ts';
import { deleteSubscriptionGroup } from '../remoting/commands/delete-subscription-group.ts';
import { getConsumeStats } from '../remoting/commands/get-consume-stats.ts';
import { getConsumerConnectionList } from '../remoting/commands/get-consumer-connection-list.ts';
import { queryTopicConsumeByWho } from '../remoting/commands/query-topic-consume-by-who.ts';
import { objectKeyEntries } from '../remoting/fastjson.ts';
import type { RemotingClient } from '../remoting/types.ts';
import { bareCommand, call, jsonBody } from './call.ts';
import type { MessageQueue } from './queues.ts';
import { type SubscriptionGroup, subscriptionGroupJson } from './subscription-group.ts';

const updateAndCreateSubscriptionGroup = bareCommand(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP);

/** Where a group stands in one queue. */
export interface QueueProgress {
  readonly queue: MessageQueue;
  readonly brokerOffset: number;
  readonly consumerOffset: number;
  /** Position of the last pull; null from an old broker. */
  readonly pullOffset: number | null;
  /** Store time of the last consumed message, 0 when unknown. */
  readonly lastTimestamp: number;
}

export interface ConsumeStats {
  readonly consumeTps: number;
  readonly queues: readonly QueueProgress[];
}

export interface ConsumerConnection {
  readonly connectionSet: readonly {
    readonly clientId: string;
    readonly clientAddr: string;
    readonly version: number;
  }[];
  readonly consumeType: 'CONSUME_ACTIVELY' | 'CONSUME_PASSIVELY' | 'CONSUME_POP';
  readonly messageModel: 'CLUSTERING' | 'BROADCASTING';
  readonly subscriptionTable: Readonly<
    Record<string, { readonly tagsSet: readonly string[]; readonly subString: string }>
  >;
}

/** What a client asks one broker about consumer groups. Each throws RefusedError with the broker's code. */
export interface GroupCalls {
  /** Groups that consume the topic, online or with stored offsets. */
  consumerGroupsOf(address: string, topic: string): Promise<readonly string[]>;
  /** Of one topic, or of all that the group has offsets of. */
  consumeStats(address: string, consumerGroup: string, topic: string | null): Promise<ConsumeStats>;
  /** Refused with 206 when no member is online. */
  consumerConnection(address: string, consumerGroup: string): Promise<ConsumerConnection>;
  createSubscriptionGroup(address: string, group: SubscriptionGroup): Promise<void>;
  /** Also for a group that is not there. */
  deleteSubscriptionGroup(address: string, groupName: string, withOffsets: boolean): Promise<void>;
}

interface ConsumeStatsTable {
  readonly consumeTps: number;
  readonly offsetTable: Readonly<Record<string, Omit<QueueProgress, 'queue'>>>;
}

export function createGroupCalls(remoting: RemotingClient, release: Release): GroupCalls {
  return {
    async consumerGroupsOf(address, topic) {
      const { body } = await call(remoting, address, queryTopicConsumeByWho, { topic });
      return (jsonBody(body) as { groupList: string[] }).groupList;
    },
    async consumeStats(address, consumerGroup, topic) {
      const { body } = await call(remoting, address, getConsumeStats, { consumerGroup, topic });
      const { consumeTps, offsetTable } = jsonBody(body) as ConsumeStatsTable;
      const queues = objectKeyEntries(offsetTable).map(
        ([queue, { brokerOffset, consumerOffset, pullOffset, lastTimestamp }]) => {
          return {
            queue: queue as MessageQueue,
            brokerOffset,
            consumerOffset,
            pullOffset: pullOffset ?? null,
            lastTimestamp,
          };
        },
      );
      return { consumeTps, queues };
    },
    async consumerConnection(address, consumerGroup) {
      const { body } = await call(remoting, address, getConsumerConnectionList, { consumerGroup });
      return jsonBody(body) as ConsumerConnection;
    },
    async createSubscriptionGroup(address, group) {
      const body = Buffer.from(subscriptionGroupJson(group));
      await call(remoting, address, updateAndCreateSubscriptionGroup, {}, body);
    },
    async deleteSubscriptionGroup(address, groupName, withOffsets) {
      const flag = release === 'new' ? { cleanOffset: withOffsets } : { removeOffset: withOffsets };
      await call(remoting, address, deleteSubscriptionGroup, { groupName, ...flag });
    },
  };
}
