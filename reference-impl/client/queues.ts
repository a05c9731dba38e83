import { MASTER_ID } from '../remoting/bodies/broker-data.ts';
import type { TopicRouteData } from '../remoting/commands/get-routeinfo-by-topic.ts';

/** One queue of a topic, as clients name it. */
export interface MessageQueue {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
}

const Perm = { READ: 4, WRITE: 2 } as const;

/** Queues that a producer may use: write permission, and a master in the route. In the order of the route. */
export function publishQueues(topic: string, route: TopicRouteData): MessageQueue[] {
  return route.queueDatas.flatMap((data) =>
    (data.perm & Perm.WRITE) !== 0 && brokerAddress(route, data.brokerName, MASTER_ID) !== null
      ? queuesOf(topic, data.brokerName, data.writeQueueNums)
      : [],
  );
}

/** Queues that a consumer may read, whether or not their master is in the route. */
export function subscribeQueues(topic: string, route: TopicRouteData): MessageQueue[] {
  return route.queueDatas.flatMap((data) =>
    (data.perm & Perm.READ) === 0 ? [] : queuesOf(topic, data.brokerName, data.readQueueNums),
  );
}

/** Address of one broker of a set, null when the route does not list it. */
export function brokerAddress(route: TopicRouteData, brokerName: string, brokerId: number): string | null {
  const set = route.brokerDatas.find((data) => data.brokerName === brokerName);
  return set?.brokerAddrs.get(brokerId) ?? null;
}

function queuesOf(topic: string, brokerName: string, count: number): MessageQueue[] {
  return Array.from({ length: count }, (_, queueId) => ({ topic, brokerName, queueId }));
}
