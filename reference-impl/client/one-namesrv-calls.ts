import { addWritePermOfBroker } from '../remoting/commands/add-write-perm-of-broker.ts';
import { deleteKvConfig } from '../remoting/commands/delete-kv-config.ts';
import { deleteTopicInNamesrv } from '../remoting/commands/delete-topic-in-namesrv.ts';
import { putKvConfig } from '../remoting/commands/put-kv-config.ts';
import { wipeWritePermOfBroker } from '../remoting/commands/wipe-write-perm-of-broker.ts';
import { required } from '../remoting/header.ts';
import type { RemotingClient } from '../remoting/types.ts';
import { call } from './call.ts';

/** What a tool tells one NameServer, by its address. Each throws RefusedError with the NameServer's code. */
export interface OneNamesrvCalls {
  /** No topic of the broker set takes messages any more; resolves with the number of topics. */
  wipeWritePerm(address: string, brokerName: string): Promise<number>;
  addWritePerm(address: string, brokerName: string): Promise<number>;
  /** Of the brokers of one cluster, or of all. */
  deleteTopicInNamesrv(address: string, topic: string, clusterName: string | null): Promise<void>;
  deleteKvConfig(address: string, namespace: string, key: string): Promise<void>;
  putKvConfig(address: string, namespace: string, key: string, value: string): Promise<void>;
}

export function createOneNamesrvCalls(remoting: RemotingClient): OneNamesrvCalls {
  return {
    async wipeWritePerm(address, brokerName) {
      const { header } = await call(remoting, address, wipeWritePermOfBroker, { brokerName });
      return required(header.wipeTopicCount, 'wipeTopicCount');
    },
    async addWritePerm(address, brokerName) {
      const { header } = await call(remoting, address, addWritePermOfBroker, { brokerName });
      return required(header.addTopicCount, 'addTopicCount');
    },
    async deleteTopicInNamesrv(address, topic, clusterName) {
      await call(remoting, address, deleteTopicInNamesrv, { topic, clusterName });
    },
    async deleteKvConfig(address, namespace, key) {
      await call(remoting, address, deleteKvConfig, { namespace, key });
    },
    async putKvConfig(address, namespace, key, value) {
      await call(remoting, address, putKvConfig, { namespace, key, value });
    },
  };
}
