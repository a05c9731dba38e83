import { groupDefaults } from '../copied-tables.ts';
import type { Profile } from '../profile.ts';
import { until } from '../until.ts';
import { servingMaster } from './looks.ts';
import type { Site } from './site.ts';
import { consumerGroup } from './upgrade-load.ts';

/** The topic of the load. */
export const topic = 'SwitchlabUpgrade';
const topicQueues = 4;

/**
 * Creates topic and consumer group of the load in one broker group, which may create none by itself; resolves when every
 * NameServer has a route.
 */
export async function createTopic(site: Site, group: string, profile: Profile): Promise<void> {
  const config = { topicName: topic, readQueueNums: topicQueues, writeQueueNums: topicQueues, perm: 6 };
  const deadline = { deadlineMs: profile.deadlines.online };
  // A group that elects its master may lose the first one again while it starts.
  const { address } = await until(
    `${group} has a master`,
    () => servingMaster(site, group),
    () => true,
    deadline,
  );
  await site.operator.createTopic(address, config);
  await site.operator.createSubscriptionGroup(address, { ...groupDefaults, groupName: consumerGroup });
  const look = () =>
    site.askNamesrvs(async (operator) =>
      (await operator.topicRoute(topic)).queueDatas.map(({ brokerName }) => brokerName),
    );
  const routed = (names: readonly (readonly string[])[]) => names.every((known) => known.includes(group));
  await until(`${group} has a route`, look, routed, deadline);
}
