import { planNames, readPlan, type UpgradePlan } from '../lab/upgrade/plan-file.ts';
import { lies } from '../lab/upgrade/version-of.ts';
import { SetupError } from '../lab/setup-error.ts';
import type { Target } from '../lab/targets/target.ts';
import type { Server } from './servers.ts';

/**
 * The plan of that name, or the only one that leads the servers from one target to the other. Plans that do harm are played
 * only when they are named. Throws `SetupError` that lists what fits.
 */
export function choosePlan(
  name: string | undefined,
  servers: readonly Server[],
  from: Target,
  to: Target,
): UpgradePlan {
  if (name !== undefined) return readPlan(name);
  const fitting = planNames()
    .map(readPlan)
    .filter((plan) => !doesHarm(plan) && fits(plan, servers, from, to));
  if (fitting.length === 1) return fitting[0]!;
  const list = (fitting.length > 0 ? fitting : planNames().map(readPlan)).map(
    (plan) => `  --plan ${plan.name}\n      ${plan.title}`,
  );
  const said =
    fitting.length > 0
      ? 'These plans fit your files; name one'
      : `No plan leads these files from ${from.name} to ${to.name}; there are`;
  throw new SetupError(`${said}:\n${list.join('\n')}`);
}

function doesHarm({ stages }: UpgradePlan): boolean {
  return stages.some(({ steps }) => steps.some(({ harm }) => harm !== undefined));
}

/** As far as the files tell; whether everything fits is said when the plan meets the site. */
function fits({ from, to, start }: UpgradePlan, servers: readonly Server[], source: Target, target: Target): boolean {
  if (!lies(source, from) || !lies(target, to)) return false;
  const apart = servers.some(({ role }) => role === 'controller');
  const within = servers.some(({ role, controllerAddress }) => role === 'namesrv' && controllerAddress !== null);
  const controllers = apart ? 'apart' : within ? 'in NameServers' : 'none';
  const wanted = start.controller === 'joins' ? 'apart' : start.controllers;
  const brokers = servers.filter(({ role }) => role === 'broker');
  const namesrvs = servers.filter(({ role }) => role === 'namesrv').length;
  return (
    wanted === controllers &&
    !start.controllersMove &&
    !start.groupsJoin &&
    !start.controllersJoin &&
    brokers.every(({ file }) => rolesOf(file) === start.roles) &&
    namesrvs >= start.namesrvsLeast
  );
}

function rolesOf(file: Server['file']): UpgradePlan['start']['roles'] {
  const says = (key: string) => file.facts.pairs.findLast((pair) => pair.key === key)?.value.trim() === 'true';
  if (says('enableControllerMode')) return 'elected';
  return says('enableDLegerCommitLog') ? 'dledger' : 'fixed';
}
