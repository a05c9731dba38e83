import { SetupError } from '../setup-error.ts';
import type { Action } from './action.ts';
import type { Condition } from './condition.ts';
import type { PlanHarm, PlanStage, PlanStep, UpgradePlan } from './plan-file.ts';
import type { StageSelector, StepSelector } from './selectors.ts';
import { fill, readWordsOf } from './sentence.ts';
import { carriesController, rolesBy, type Site, type SiteMember } from './site.ts';
import { lies, versionOf } from './version-of.ts';

/** One step of a plan on the members of one site: what is played, shown by a dry run, and written into a runbook. */
export interface ScriptStep {
  /** From 1, in the order of playing. */
  readonly number: number;
  readonly stage: string;
  readonly requirement: string;
  readonly action: Action;
  readonly members: readonly SiteMember[];
  /** Groups that it is about: those of its members, or all. */
  readonly groups: readonly string[];
  readonly before: readonly Condition[];
  readonly after: readonly Condition[];
  /** One sentence for each member, as an operator follows them, with every placeholder filled. */
  readonly hand: readonly string[];
  readonly rollback: ScriptRollback | null;
  /** Why there is no way back from here on, null when there is. */
  readonly noReturn: string | null;
  readonly harm: PlanHarm | null;
}

export interface ScriptRollback {
  readonly action: Action;
  readonly after: readonly Condition[];
  readonly hand: readonly string[];
}

/** The master of each group as the upgrade finds it: an old master stays "the master" of a plan whatever happens. */
export type Masters = ReadonlyMap<string, SiteMember>;

/** Masters of all groups that run before the upgrade. Throws while a group has none. */
export async function mastersOf(site: Site): Promise<Masters> {
  const groups = site.groups(false);
  return new Map(await Promise.all(groups.map(async (group) => [group, await site.masterOf(group)] as const)));
}

/** The steps of a plan on a site. Throws `SetupError` when the plan does not fit it. */
export function scriptOf(plan: UpgradePlan, site: Site, masters: Masters): ScriptStep[] {
  const misfit = misfitOf(plan, site);
  if (misfit !== null) throw new SetupError(`The plan "${plan.name}" does not fit: ${misfit}`);
  const places = plan.stages.flatMap((stage) => placesOf(stage, site, masters).map((place) => ({ stage, place })));
  const steps = places.flatMap(({ stage, place }) => stage.steps.map((step) => ({ stage, place, step })));
  return steps
    .map(({ stage, place, step }) =>
      scriptStep(stage, step, membersOf(step.on, place, site, masters), place, site, masters),
    )
    .filter(({ members }) => members.length > 0)
    .map((step, i) => Object.assign(step, { number: i + 1 }));
}

/** Why a plan cannot be played on a site, null when it can. */
export function misfitOf({ from, to, start }: UpgradePlan, site: Site): string | null {
  if (!lies(site.from, from)) return `it upgrades ${from}, and ${site.from.name} is ${versionOf(site.from)}.`;
  if (!lies(site.to, to)) return `it leads to ${to}, and ${site.to.name} is ${versionOf(site.to)}.`;
  const running = site.members.filter(({ joins }) => !joins);
  const namesrvs = running.filter(({ role }) => role === 'namesrv');
  if (namesrvs.length < start.namesrvsLeast)
    return `it needs ${start.namesrvsLeast} NameServers, and there are ${namesrvs.length}.`;
  for (const group of site.groups(false)) {
    const replicas = site.replicas(group);
    if (replicas.length < start.replicasLeast)
      return `it needs ${start.replicasLeast} replicas in each group, and ${group} has ${replicas.length}.`;
    const other = replicas.find(({ prepared: { config } }) => rolesBy(config) !== start.roles);
    if (other)
      return `its brokers have ${start.roles} roles, and ${other.name} has ${rolesBy(other.prepared.config)} ones.`;
  }
  const controllers = running.filter((member) => carriesController(member));
  const present = {
    none: 0,
    apart: controllers.filter(({ role }) => role === 'controller').length,
    'in NameServers': controllers.filter(({ role }) => role === 'namesrv').length,
  };
  if (start.controllers === 'none' ? controllers.length > 0 : present[start.controllers] === 0)
    return `it begins with controllers ${start.controllers}, and there are ${present.apart} apart and ${present['in NameServers']} in NameServers.`;
  if (start.controller === 'joins' && !site.members.some((member) => member.joins && member.controllerAddress !== null))
    return 'it adds controllers, and the site names none to add.';
  return null;
}

interface Place {
  /** The process that a stage is played for, null for others. */
  readonly member: SiteMember | null;
  readonly groups: readonly string[];
}

function placesOf({ for: selector }: PlanStage, site: Site, masters: Masters): Place[] {
  const groups = site.groups(false);
  const running = site.members.filter(({ joins }) => !joins);
  const forEach = (accept: (member: SiteMember) => boolean) =>
    running.filter(accept).map((member) => ({ member, groups: member.group === null ? groups : [member.group] }));
  const isMaster = (member: SiteMember) => masters.get(member.group ?? '') === member;
  const places: Record<StageSelector, () => Place[]> = {
    once: () => [{ member: null, groups }],
    'each NameServer': () => forEach(({ role }) => role === 'namesrv'),
    'each controller': () => forEach(carriesController),
    'each joining controller': () =>
      site.members.filter(({ joins, role }) => joins && role === 'controller').map((member) => ({ member, groups })),
    'each group': () => groups.map((group) => ({ member: null, groups: [group] })),
    'each joining group': () => site.groups(true).map((group) => ({ member: null, groups: [group] })),
    'each slave': () => forEach((member) => member.role === 'broker' && !isMaster(member)),
    'each master': () => forEach(isMaster),
  };
  return places[selector]();
}

function membersOf(selector: StepSelector, { member: it, groups }: Place, site: Site, masters: Masters): SiteMember[] {
  const isHere = ({ group, replaces }: SiteMember) => groups.includes(group ?? '') || groups.includes(replaces ?? '');
  const brokers = site.brokers.filter(isHere);
  const isMaster = (member: SiteMember) => masters.get(member.group!) === member;
  const controllers = site.members.filter(({ controllerAddress }) => controllerAddress !== null);
  const sharesAddress = ({ controllerAddress }: SiteMember) => controllerAddress === it?.controllerAddress;
  const members: Record<StepSelector, () => SiteMember[]> = {
    it: () => (it === null ? [] : [it]),
    everything: () => site.members.filter(({ joins }) => !joins),
    NameServers: () => site.namesrvs,
    controllers: () => controllers.filter((member) => !member.joins && carriesController(member)),
    'joining controllers': () => controllers.filter(({ joins }) => joins),
    'its controller': () => controllers.filter((member) => member.role === 'controller' && sharesAddress(member)),
    'its NameServer': () => controllers.filter((member) => member.role === 'namesrv' && sharesAddress(member)),
    replicas: () => brokers.filter(({ joins }) => !joins),
    master: () => brokers.filter(isMaster),
    slaves: () => brokers.filter((member) => !member.joins && !isMaster(member)),
    'joining brokers': () => brokers.filter(({ joins }) => joins),
  };
  return members[selector]();
}

function scriptStep(
  stage: PlanStage,
  step: PlanStep,
  members: readonly SiteMember[],
  place: Place,
  site: Site,
  masters: Masters,
): ScriptStep {
  const filled = (text: string) => [
    ...new Set(members.map((member) => fill(text, readWordsOf(site, member, masters)))),
  ];
  const own = [...new Set(members.flatMap(({ group }) => group ?? []))];
  const { rollback } = step;
  return {
    number: 0,
    stage: stage.title,
    requirement: step.requirement,
    action: step.do,
    members,
    groups: own.length > 0 ? own : place.groups,
    before: step.before,
    after: step.after,
    hand: filled(step.hand),
    rollback: rollback ? { action: rollback.do, after: rollback.after, hand: filled(rollback.hand) } : null,
    noReturn: step.noReturn ?? null,
    harm: step.harm ?? null,
  };
}
