import { SetupError } from '../lab/setup-error.ts';
import type { Target } from '../lab/targets/target.ts';
import { type ClusterFacts, misfitOf } from '../lab/upgrade/misfit.ts';
import { planNames, readPlan, type UpgradePlan } from '../lab/upgrade/plan-file.ts';
import { rolesBy } from '../lab/upgrade/site.ts';
import type { Server } from './servers.ts';

/**
 * The plan of that name, or the only one that leads the servers from one target to the other. Plans that do harm are played
 * only when they are named. Throws `SetupError` that lists what fits, or why each plan does not.
 */
export function choosePlan(
  name: string | undefined,
  servers: readonly Server[],
  from: Target,
  to: Target,
): UpgradePlan {
  const whyNot = (plan: UpgradePlan) =>
    beyondFiles(plan) ?? misfitOf(plan, factsOf(servers, joinsControllers(plan), from, to));
  if (name !== undefined) {
    const plan = readPlan(name);
    const reason = whyNot(plan);
    if (reason === null) return plan;
    throw new SetupError(`The plan "${name}" does not fit: ${reason}`);
  }
  const plans = planNames()
    .map(readPlan)
    .filter((plan) => !doesHarm(plan))
    .map((plan) => ({ plan, reason: whyNot(plan) }));
  const fitting = plans.filter(({ reason }) => reason === null);
  if (fitting.length === 1) return fitting[0]!.plan;
  const list = (fitting.length > 0 ? fitting : plans).map(
    ({ plan, reason }) => `  --plan ${plan.name}\n      ${plan.title}${reason === null ? '' : `\n      but ${reason}`}`,
  );
  const said =
    fitting.length > 0
      ? 'These plans fit your files; name one'
      : `No plan leads these files from ${from.name} to ${to.name}; there are`;
  throw new SetupError(`${said}:\n${list.join('\n')}`);
}

/** What a plan begins with that no set of files of one cluster describes; null when they do. */
function beyondFiles({ start }: UpgradePlan): string | null {
  const what = [
    start.controllersMove ? 'it gives controllers two places' : null,
    start.groupsJoin ? 'it sets new groups beside the old ones' : null,
    start.controllersJoin ? 'it adds controllers to those that run' : null,
  ].find((text) => text !== null);
  return what === undefined
    ? null
    : `${what}, which a rehearsal cannot play. \`npm run conformance -- features/upgrade\` plays it on a cluster of the lab.`;
}

/** Controllers that the plan adds are there in their files only. */
export function joinsControllers({ start }: UpgradePlan): boolean {
  return start.controller === 'joins';
}

function doesHarm({ stages }: UpgradePlan): boolean {
  return stages.some(({ steps }) => steps.some(({ harm }) => harm !== undefined));
}

/** As far as files tell. */
function factsOf(servers: readonly Server[], controllersJoin: boolean, from: Target, to: Target): ClusterFacts {
  const apart = servers.filter(({ role }) => role === 'controller').length;
  const namesrvs = servers.filter(({ role }) => role === 'namesrv');
  const within = namesrvs.filter(({ controllerAddress }) => controllerAddress !== null).length;
  const brokers = servers.filter(({ role }) => role === 'broker');
  return {
    from,
    to,
    namesrvs: namesrvs.length,
    controllers: controllersJoin ? { apart: 0, within, joining: apart } : { apart, within, joining: 0 },
    groups: Map.groupBy(
      brokers.map(({ name, group, file }) => ({ name, group: group!, roles: rolesBy(settingsOf(file)) })),
      ({ group }) => group,
    ),
  };
}

function settingsOf({ facts }: Server['file']): Record<string, string> {
  return Object.fromEntries(facts.pairs.map(({ key, value }) => [key, value.trim()]));
}
