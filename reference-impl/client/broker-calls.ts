import { hostText } from '../message/host.ts';
import { parseOffsetMsgId } from '../message/ids.ts';
import { decodeRecords } from '../message/record.ts';
import type { StoredMessage } from '../message/types.ts';
import { SwitchlabError } from '../base/errors.ts';
import { RequestCode } from '../remoting/codes.ts';
import { deleteTopicInBroker } from '../remoting/commands/delete-topic-in-broker.ts';
import { getMaxOffset } from '../remoting/commands/get-max-offset.ts';
import { getMinOffset } from '../remoting/commands/get-min-offset.ts';
import { getTopicStatsInfo } from '../remoting/commands/get-topic-stats-info.ts';
import { queryMessage } from '../remoting/commands/query-message.ts';
import { updateAndCreateTopic } from '../remoting/commands/update-and-create-topic.ts';
import { viewMessageById } from '../remoting/commands/view-message-by-id.ts';
import { objectKeyEntries } from '../remoting/fastjson.ts';
import { required } from '../remoting/header.ts';
import type { RemotingClient } from '../remoting/types.ts';
import { bareCommand, call, jsonBody } from './call.ts';
import { pull, type PullRequest, type PullResult, type QueueRange, readQueue } from './pull.ts';
import type { MessageQueue } from './queues.ts';

const getBrokerRuntimeInfo = bareCommand(RequestCode.GET_BROKER_RUNTIME_INFO);
const getBrokerEpochCache = bareCommand(RequestCode.GET_BROKER_EPOCH_CACHE);
const getBrokerHaStatus = bareCommand(RequestCode.GET_BROKER_HA_STATUS);

export interface TopicConfig {
  readonly topicName: string;
  readonly readQueueNums: number;
  readonly writeQueueNums: number;
  readonly perm: number;
  readonly order?: boolean;
  readonly topicSysFlag?: number;
  /** `+key=value,-key`, new brokers only. */
  readonly attributes?: string;
}

export interface TopicOffset {
  readonly queue: MessageQueue;
  readonly minOffset: number;
  readonly maxOffset: number;
  readonly lastUpdateTimestamp: number;
}

export interface MessageQuery {
  readonly topic: string;
  readonly key: string;
  readonly maxNum: number;
  /** Store time, ms since the epoch. */
  readonly beginTimestamp: number;
  readonly endTimestamp: number;
}

/** `endOffset` of the last entry is Infinity. */
export interface EpochEntry {
  readonly epoch: number;
  readonly startOffset: number;
  readonly endOffset: number;
}

export interface BrokerEpochs {
  readonly clusterName: string;
  readonly brokerName: string;
  /** Role id: 0 for the master. */
  readonly brokerId: number;
  readonly epochList: readonly EpochEntry[];
  readonly maxOffset: number;
}

export interface HaConnection {
  readonly addr: string;
  readonly slaveAckOffset: number;
  readonly diff: number;
  readonly inSync: boolean;
  readonly transferredByteInSecond: number;
  readonly transferFromWhere: number;
}

export interface HaStatus {
  readonly master: boolean;
  readonly masterCommitLogMaxOffset: number;
  readonly inSyncSlaveNums: number;
  readonly haConnectionInfo: readonly HaConnection[];
  readonly haClientRuntimeInfo: {
    readonly masterAddr: string | null;
    readonly transferredByteInSecond: number;
    readonly maxOffset: number;
    readonly lastReadTimestamp: number;
    readonly lastWriteTimestamp: number;
    readonly masterFlushOffset: number;
  };
}

/** What a client asks one broker, by its address. Each throws RefusedError with the broker's code. */
export interface BrokerCalls {
  createTopic(address: string, topic: TopicConfig): Promise<void>;
  /** Also for a topic that is not there. */
  deleteTopic(address: string, topic: string): Promise<void>;
  /** GET_BROKER_RUNTIME_INFO: every value is text. */
  brokerRuntimeInfo(address: string): Promise<Readonly<Record<string, string>>>;
  minOffset(address: string, topic: string, queueId: number): Promise<number>;
  maxOffset(address: string, topic: string, queueId: number): Promise<number>;
  topicStats(address: string, topic: string): Promise<readonly TopicOffset[]>;
  /** Null from an old broker, which does not say. */
  topicPutTps(address: string, topic: string): Promise<number | null>;
  brokerEpoch(address: string): Promise<BrokerEpochs>;
  haStatus(address: string): Promise<HaStatus>;
  /** Asks the broker inside the offset message id. */
  viewMessage(offsetMsgId: string): Promise<StoredMessage>;
  /** Messages whose index entry has the key's hash, oldest first: compare the keys. None: refused with 22. */
  queryMessage(address: string, query: MessageQuery): Promise<readonly StoredMessage[]>;
  pull(address: string, request: PullRequest): Promise<PullResult>;
  readQueue(address: string, range: QueueRange): AsyncGenerator<readonly StoredMessage[]>;
}

interface TopicStatsTable {
  readonly offsetTable: Readonly<Record<string, Omit<TopicOffset, 'queue'>>>;
  readonly topicPutTps?: number;
}

export function createBrokerCalls(remoting: RemotingClient): BrokerCalls {
  async function topicStats(address: string, topic: string): Promise<TopicStatsTable> {
    return jsonBody((await call(remoting, address, getTopicStatsInfo, { topic })).body) as TopicStatsTable;
  }

  return {
    async createTopic(address, topic) {
      const header = {
        topic: topic.topicName,
        defaultTopic: 'TBW102',
        readQueueNums: topic.readQueueNums,
        writeQueueNums: topic.writeQueueNums,
        perm: topic.perm,
        topicFilterType: 'SINGLE_TAG',
        topicSysFlag: topic.topicSysFlag ?? 0,
        order: topic.order ?? false,
        attributes: topic.attributes,
      };
      await call(remoting, address, updateAndCreateTopic, header);
    },
    async deleteTopic(address, topic) {
      await call(remoting, address, deleteTopicInBroker, { topic });
    },
    async brokerRuntimeInfo(address) {
      const { body } = await call(remoting, address, getBrokerRuntimeInfo, {});
      return (jsonBody(body) as { table: Record<string, string> }).table;
    },
    async minOffset(address, topic, queueId) {
      return required((await call(remoting, address, getMinOffset, { topic, queueId })).header.offset, 'offset');
    },
    async maxOffset(address, topic, queueId) {
      return required((await call(remoting, address, getMaxOffset, { topic, queueId })).header.offset, 'offset');
    },
    async topicStats(address, topic) {
      const { offsetTable } = await topicStats(address, topic);
      return objectKeyEntries(offsetTable).map(([queue, { minOffset, maxOffset, lastUpdateTimestamp }]) => {
        return { queue: queue as MessageQueue, minOffset, maxOffset, lastUpdateTimestamp };
      });
    },
    topicPutTps: async (address, topic) => (await topicStats(address, topic)).topicPutTps ?? null,
    async brokerEpoch(address) {
      const { body } = await call(remoting, address, getBrokerEpochCache, {});
      const cache = jsonBody(body) as BrokerEpochs;
      // Long.MAX_VALUE, beyond what a number can hold, stands for "still growing".
      const epochList = cache.epochList.map(({ epoch, startOffset, endOffset }) => ({
        epoch,
        startOffset,
        endOffset: typeof endOffset === 'number' ? endOffset : Number.POSITIVE_INFINITY,
      }));
      return { ...cache, epochList };
    },
    async haStatus(address) {
      return jsonBody((await call(remoting, address, getBrokerHaStatus, {})).body) as HaStatus;
    },
    async viewMessage(offsetMsgId) {
      const id = parseOffsetMsgId(offsetMsgId);
      if (id === null) throw new SwitchlabError('MESSAGE_ID_ILLEGAL', `"${offsetMsgId}" is no offset message id.`);
      const address = hostText(id.storeHost);
      const { body } = await call(remoting, address, viewMessageById, { offset: id.physicalOffset });
      const message = body === null ? undefined : decodeRecords(body)[0];
      if (message === undefined) throw new SwitchlabError('BODY_MALFORMED', `${address} answered without a record.`);
      return message;
    },
    async queryMessage(address, query) {
      const { body } = await call(remoting, address, queryMessage, { ...query, _UNIQUE_KEY_QUERY: false });
      return body === null ? [] : decodeRecords(body);
    },
    pull: (address, request) => pull(remoting, address, request),
    readQueue: (address, range) => readQueue(remoting, address, range),
  };
}
