import type { Profile } from '../profile.ts';
import { until } from '../until.ts';
import type { Condition } from './condition.ts';
import { topic } from './load-topic.ts';
import { lookAt } from './looks.ts';
import { isRunning, type Site } from './site.ts';
import { consumerGroup } from './upgrade-load.ts';

/** Resolves when the condition holds for everything of these groups that runs. Throws `ConditionFailure`. */
export async function holds(
  condition: Condition,
  site: Site,
  groups: readonly string[],
  profile: Profile,
): Promise<void> {
  const members = groups.flatMap((group) => site.replicas(group)).filter(isRunning);
  const load = {
    topics: [topic],
    consumers: [{ topic, consumerGroup }],
    attempts: [],
    figures: noFigures,
    on: nothing,
    off: nothing,
    giveUp: () => undefined,
  };
  const sight = { site, load, members, groups, memory: new Map() };
  await until(
    condition,
    () => lookAt(condition, sight),
    (look) => look.holds,
    { deadlineMs: profile.deadlines.online },
  );
}

const noFigures = { sent: 0, acknowledged: 0, refused: 0, unknown: 0, delivered: 0 };
const nothing = async () => undefined;
