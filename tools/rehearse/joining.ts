import { sameName } from '../doctor/host.ts';
import { SetupError } from '../lab/setup-error.ts';
import type { UpgradePlan } from '../lab/upgrade/plan-file.ts';
import type { Server } from './servers.ts';

/** Files of servers that do not run before the upgrade, and the group that an added one takes the place of. */
export interface Joining {
  readonly files: ReadonlySet<string>;
  readonly replaces: ReadonlyMap<string, string>;
}

export const nobodyJoins: Joining = { files: new Set(), replaces: new Map() };

/** Controllers that the plan adds are there in their files only, without being told so. */
export function joinsControllers({ start }: UpgradePlan): boolean {
  return start.controller === 'joins';
}

/**
 * The running group whose place an added one takes: the one that was named, the only one, or the one whose name the added
 * one's begins with. Throws `SetupError` when nothing tells.
 */
export function groupReplacedBy(added: string, running: readonly string[], { replaces }: Joining): string {
  const named = replaces.get(added);
  if (named !== undefined) {
    if (running.includes(named)) return named;
    throw new SetupError(`--replaces ${added}=${named}: no broker of the group "${named}" runs before the upgrade.`);
  }
  if (running.includes(added))
    throw new SetupError(
      `--add: the group "${added}" runs before the upgrade; a new one beside it has its own brokerName.`,
    );
  const longestFirst = running.toSorted((a, b) => b.length - a.length);
  const found = running.length === 1 ? running[0] : longestFirst.find((group) => added.startsWith(group));
  if (found !== undefined) return found;
  throw new SetupError(
    `Nothing tells which group "${added}" takes the place of: write --replaces ${added}=<group>, one of ${running.join(', ')}.`,
  );
}

/** What a plan adds and no file was given for, or the reverse; null when they agree. */
export function addingMisfit(plan: UpgradePlan, servers: readonly Server[]): string | null {
  const { groupsJoin, controllersJoin } = plan.start;
  const added = (role: Server['role']) => servers.find((server) => server.joins && server.role === role);
  if (groupsJoin && !added('broker'))
    return 'it sets new groups beside the old ones: give the files of their brokers with --add.';
  if (controllersJoin && !added('controller'))
    return 'it adds controllers to those that run: give their files with --add.';
  const unwanted =
    (groupsJoin ? undefined : added('broker')) ??
    (controllersJoin || joinsControllers(plan) ? undefined : added('controller')) ??
    added('namesrv');
  return unwanted === undefined ? null : `it adds no ${unwanted.role}, and --add gives ${unwanted.name}.`;
}

/** Why controllers cannot move into NameServers where a plan does that, null when they can. */
export function movingMisfit({ start }: UpgradePlan, servers: readonly Server[]): string | null {
  if (!start.controllersMove || start.controllers !== 'apart') return null;
  const homes = homesOfControllers(servers);
  const homeless = servers.find((server) => server.role === 'controller' && !homes.has(server));
  return homeless === undefined
    ? null
    : `it moves each controller into a NameServer of its host, and there is none for ${homeless.name} on ${hostOf(homeless)}.`;
}

/** The NameServer of its host that each controller can move into; without one it is not in the map. */
export function homesOfControllers(servers: readonly Server[]): Map<Server, Server> {
  const free = new Set(
    servers.filter(({ role, controllerAddress }) => role === 'namesrv' && controllerAddress === null),
  );
  const homes = new Map<Server, Server>();
  for (const controller of servers.filter(({ role }) => role === 'controller')) {
    const home = [...free].find((namesrv) => hostOf(namesrv) === hostOf(controller));
    if (home === undefined) continue;
    free.delete(home);
    homes.set(controller, home);
  }
  return homes;
}

function hostOf({ address }: Server): string {
  return sameName(address.slice(0, address.lastIndexOf(':')));
}
