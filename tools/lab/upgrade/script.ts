import { SetupError } from '../setup-error.ts';
import type { Action } from './action.ts';
import type { Condition } from './condition.ts';
import { type BrokerFacts, type ClusterFacts, misfitOf } from './misfit.ts';
import type { PlanHarm, PlanStage, PlanStep, UpgradePlan } from './plan-file.ts';
import type { StageSelector, StepSelector } from './selectors.ts';
import { fill, readWordsOf } from './sentence.ts';
import { carriesController, rolesBy, type Site, type SiteMember } from './site.ts';

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
  const misfit = misfitOf(plan, factsOf(site));
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

function factsOf(site: Site): ClusterFacts {
  const running = site.members.filter(({ joins }) => !joins);
  const controllers = running.filter((member) => carriesController(member));
  const count = (role: SiteMember['role'], among: readonly SiteMember[]) =>
    among.filter((member) => member.role === role).length;
  const replicas = (group: string): BrokerFacts[] =>
    site.replicas(group).map(({ name, prepared: { config } }) => ({ name, roles: rolesBy(config) }));
  return {
    from: site.from,
    to: site.to,
    namesrvs: count('namesrv', running),
    controllers: {
      apart: count('controller', controllers),
      within: count('namesrv', controllers),
      joining: site.members.filter(({ joins, controllerAddress }) => joins && controllerAddress !== null).length,
    },
    groups: new Map(site.groups(false).map((group) => [group, replicas(group)])),
  };
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
    'first joining broker': () => brokers.filter(({ joins }) => joins).slice(0, 1),
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
    ...new Set(
      members.map((member) => fill(text, readWordsOf(site, member, masters)) + endsOthers(text, member, site)),
    ),
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

/** `mqshutdown` ends every process of its kind on a host: what to mind when there are several. */
function endsOthers(text: string, member: SiteMember, site: Site): string {
  const role = /\bmqshutdown (\w+)/.exec(text)?.[1];
  const { host, conf } = member.words;
  const others = site.members.filter((other) => other !== member && other.role === role && other.words.host === host);
  if (host === undefined || others.length === 0) return '';
  const names = others.map(({ words, name }) => words.name ?? name).join(', ');
  return `${text.endsWith('.') ? '' : '.'} That ends every ${role} of ${host}, also ${names}: end the process of ${conf} alone.`;
}
