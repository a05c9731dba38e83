import { brokerAddress } from '../client/queues.ts';
import type { AdminContext } from './command.ts';

/** Addresses of the masters that serve a topic. Throws RefusedError 17 without a route. */
export async function topicMasters({ operator }: AdminContext, topic: string): Promise<string[]> {
  const route = await operator.topicRoute(topic);
  return route.brokerDatas.flatMap(({ brokerName }) => brokerAddress(route, brokerName, 0) ?? []);
}
