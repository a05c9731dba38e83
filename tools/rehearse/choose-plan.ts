import { SetupError } from '../lab/setup-error.ts';
import type { Target } from '../lab/targets/target.ts';
import { type ClusterFacts, misfitOf } from '../lab/upgrade/misfit.ts';
import { planNames, readPlan, type UpgradePlan } from '../lab/upgrade/plan-file.ts';
import { rolesBy } from '../lab/upgrade/site.ts';
import { versionOf } from '../lab/upgrade/version-of.ts';
import { addingMisfit, joinsControllers, movingMisfit } from './joining.ts';
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
    misfitOf(plan, factsOf(servers, joinsControllers(plan), from, to)) ??
    idleMisfit(plan, from, to) ??
    addingMisfit(plan, servers) ??
    movingMisfit(plan, servers);
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

/** A plan that exchanges no release would rehearse another upgrade than the one that is asked for. */
function idleMisfit({ start }: UpgradePlan, from: Target, to: Target): string | null {
  const upgrades = [start.namesrv, start.controller, start.broker].includes('from');
  if (upgrades || versionOf(from) === versionOf(to)) return null;
  return `it exchanges no release: name ${from.name} or ${to.name} for both --from and --to.`;
}

function doesHarm({ stages }: UpgradePlan): boolean {
  return stages.some(({ steps }) => steps.some(({ harm }) => harm !== undefined));
}

/** As far as files tell. */
function factsOf(servers: readonly Server[], controllersJoin: boolean, from: Target, to: Target): ClusterFacts {
  const count = (joining: boolean) =>
    servers.filter(({ role, joins }) => role === 'controller' && (controllersJoin || joins) === joining).length;
  const namesrvs = servers.filter(({ role }) => role === 'namesrv');
  const within = namesrvs.filter(({ controllerAddress }) => controllerAddress !== null).length;
  const brokers = servers.filter(({ role, joins }) => role === 'broker' && !joins);
  return {
    from,
    to,
    namesrvs: namesrvs.length,
    controllers: { apart: count(false), within, joining: count(true) },
    groups: Map.groupBy(
      brokers.map(({ name, group, file }) => ({ name, group: group!, roles: rolesBy(settingsOf(file)) })),
      ({ group }) => group,
    ),
  };
}

function settingsOf({ facts }: Server['file']): Record<string, string> {
  return Object.fromEntries(facts.pairs.map(({ key, value }) => [key, value]));
}
