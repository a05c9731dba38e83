import type { Target } from '../targets/target.ts';
import type { UpgradePlan } from './plan-file.ts';
import { lies, versionOf } from './version-of.ts';

/** What a plan asks of a cluster before its first step. */
export interface ClusterFacts {
  readonly from: Target;
  readonly to: Target;
  readonly namesrvs: number;
  /** Controllers that run before the upgrade, by their place, and those that join. */
  readonly controllers: { readonly apart: number; readonly within: number; readonly joining: number };
  /** Brokers that run before the upgrade, by group. */
  readonly groups: ReadonlyMap<string, readonly BrokerFacts[]>;
}

export interface BrokerFacts {
  readonly name: string;
  readonly roles: UpgradePlan['start']['roles'];
}

/** Why a plan cannot be played on a cluster, null when it can. */
export function misfitOf({ from, to, start }: UpgradePlan, facts: ClusterFacts): string | null {
  const { namesrvs, controllers, groups } = facts;
  if (!lies(facts.from, from)) return `it upgrades ${from}, and ${facts.from.name} is ${versionOf(facts.from)}.`;
  if (!lies(facts.to, to)) return `it leads to ${to}, and ${facts.to.name} is ${versionOf(facts.to)}.`;
  if (namesrvs < start.namesrvsLeast) return `it needs ${start.namesrvsLeast} NameServers, and there are ${namesrvs}.`;
  for (const [group, replicas] of groups) {
    if (replicas.length < start.replicasLeast)
      return `it needs ${start.replicasLeast} replicas in each group, and ${group} has ${replicas.length}.`;
    const other = replicas.find(({ roles }) => roles !== start.roles);
    if (other) return `its brokers have ${start.roles} roles, and ${other.name} has ${other.roles} ones.`;
  }
  const { apart, within, joining } = controllers;
  const present = { none: 0, apart, 'in NameServers': within };
  if (start.controllers === 'none' ? apart + within > 0 : present[start.controllers] === 0)
    return `it begins with controllers ${start.controllers}, and there are ${apart} apart and ${within} in NameServers.`;
  if (start.controller === 'joins' && joining === 0) return 'it adds controllers, and the site names none to add.';
  return null;
}
