import { SwitchlabError } from '../base/errors.ts';
import { decodeTopicList } from '../remoting/bodies/topic-list.ts';
import { RequestCode } from '../remoting/codes.ts';
import {
  type ClusterInfo,
  decodeClusterInfo,
  getBrokerClusterInfo,
} from '../remoting/commands/get-broker-cluster-info.ts';
import {
  decodeTopicRoute,
  getRouteinfoByTopic,
  type TopicRouteData,
} from '../remoting/commands/get-routeinfo-by-topic.ts';
import type { Command, HeaderInit, HeaderSchema } from '../remoting/header.ts';
import type { RemotingClient } from '../remoting/types.ts';
import { type Answer, bareCommand, call } from './call.ts';
import { refusalCode } from './refused.ts';

/** What a client asks NameServers. Each call goes to the one that answered last; when it does not answer, to the next. */
export interface NamesrvCalls {
  /** Throws RefusedError 17 when no broker serves the topic. */
  topicRoute(topic: string): Promise<TopicRouteData>;
  clusterInfo(): Promise<ClusterInfo>;
  topicList(): Promise<readonly string[]>;
}

const getAllTopicList = bareCommand(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER);

/** @param namesrvAddrs `host:port`; without any every call throws NAMESRV_ADDR_ILLEGAL */
export function createNamesrvCalls(remoting: RemotingClient, namesrvAddrs: readonly string[]): NamesrvCalls {
  let chosen = 0;

  async function ask<Q extends HeaderSchema, R extends HeaderSchema>(
    command: Command<Q, R>,
    header: HeaderInit<Q>,
  ): Promise<Answer<R>> {
    let failure: unknown = new SwitchlabError('NAMESRV_ADDR_ILLEGAL', 'No NameServer address was given.');
    for (let tried = 0; tried < namesrvAddrs.length; tried++) {
      const current = chosen;
      try {
        return await call(remoting, namesrvAddrs[current]!, command, header);
      } catch (thrown) {
        // An answer is an answer, whatever its code: only silence leads to another NameServer.
        if (refusalCode(thrown) !== null) throw thrown;
        failure = thrown;
        chosen = (current + 1) % namesrvAddrs.length;
      }
    }
    throw failure;
  }

  return {
    topicRoute: async (topic) => decodeTopicRoute((await ask(getRouteinfoByTopic, { topic })).body),
    clusterInfo: async () => decodeClusterInfo((await ask(getBrokerClusterInfo, {})).body),
    topicList: async () => decodeTopicList((await ask(getAllTopicList, {})).body).topicList,
  };
}
