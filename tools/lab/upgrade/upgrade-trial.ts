import { type Profile } from '../profile.ts';
import type { Targets } from '../targets.ts';
import type { Target } from '../targets/target.ts';
import type { Observe } from '../trial.ts';
import { ConditionFailure, until } from '../until.ts';
import type { ClusterOptions } from '../cluster.ts';
import { type ClusterSite, type SiteShape, startClusterSite } from './cluster-site.ts';
import { type UpgradePlan, readPlan } from './plan-file.ts';
import { type PlayEvent, Player, type PlayResult } from './player.ts';
import { lookAt, servingMaster } from './looks.ts';
import type { Condition } from './condition.ts';
import { type Judgement, UpgradeLoad } from './upgrade-load.ts';
import { isRunning, type Site } from './site.ts';

export interface UpgradeTrialOptions extends Omit<ClusterOptions, 'targets' | 'heldBack' | 'mayEnter'> {
  readonly targets: Targets;
  readonly plan: string;
  readonly shape: SiteShape;
  /** What it is upgraded from; the old target of the run unless given. */
  readonly from?: Target;
  readonly observe: Observe;
}

const topic = 'SwitchlabUpgrade';
const topicQueues = 4;
/** Messages acknowledged in each group, and delivered, before the first step. */
const seedMessages = 50;

/** One plan on a running site of the lab, with traffic through it: what a scenario of an upgrade does and looks at. */
export class UpgradeTrial implements AsyncDisposable {
  readonly plan: UpgradePlan;
  readonly site: Site;
  readonly load: UpgradeLoad;
  readonly player: Player;
  readonly #options: UpgradeTrialOptions;
  readonly #clusterSite: ClusterSite;
  #result: PlayResult | null = null;
  #judgement: Judgement | null = null;

  private constructor(
    options: UpgradeTrialOptions,
    plan: UpgradePlan,
    clusterSite: ClusterSite,
    load: UpgradeLoad,
    player: Player,
  ) {
    this.plan = plan;
    this.site = clusterSite.site;
    this.load = load;
    this.player = player;
    this.#options = options;
    this.#clusterSite = clusterSite;
  }

  /** Starts the site as the plan begins, with messages in every group and traffic through it. */
  static async start(options: UpgradeTrialOptions, showTheLoss: boolean): Promise<UpgradeTrial> {
    const plan = readPlan(options.plan);
    const { targets, shape, profile, seed, evidenceFolder } = options;
    const from = options.from ?? targets.old;
    await from.prepare();
    const clusterSite = await startClusterSite({ plan, shape, from, to: targets.new, cluster: options });
    const { site } = clusterSite;
    const deadline = { deadlineMs: profile.deadlines.online };
    try {
      const groups = site.groups(false);
      await holds('online', site, groups, profile);
      for (const group of groups) await createTopic(site, group, profile);
      const load = await UpgradeLoad.start({ site, topic, seed, evidenceFolder, rate: 100, deadline });
      await load.flows(groups, seedMessages);
      const { deadlines } = profile;
      const onEvent = noteIn(options.observe);
      const player = await Player.prepare({ site, plan, load, deadlines, onEvent, showTheLoss });
      return new UpgradeTrial(options, plan, clusterSite, load, player);
    } catch (thrown) {
      await clusterSite[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** Plays the plan, or its steps up to that number. */
  async play(upTo?: number): Promise<void> {
    this.#result = await this.player.play(upTo);
    for (const { group, ms } of this.#result.downtimes)
      this.#options.observe(
        'downtime',
        Math.round(ms),
        `${group} took no message for ${Math.round(ms)} ms at the longest`,
      );
  }

  get result(): PlayResult {
    if (this.#result === null) throw new Error('The scenario has played no plan before this step.');
    return this.#result;
  }

  /** Every step was played, and what it promises came to hold. */
  everyStepHeld(): void {
    const { outcome, steps } = this.result;
    if (outcome === 'played') return;
    const last = steps.at(-1);
    throw new ConditionFailure(
      `The play ${outcome} at step ${last?.step.number ?? 0} of ${this.player.script.length}, ${last?.step.stage}: ${last?.reason}`,
    );
  }

  /** Nothing acknowledged is lost; each message is readable once, in its place and in order, and was delivered. */
  async keepsEverything(): Promise<void> {
    const { lost, violations } = await this.judge();
    const texts = violations.map(({ check, text }) => `${check}: ${text}`);
    if (lost.length > 0) texts.unshift(`${lost.length} acknowledged messages are lost, the first is ${lost[0]!.key}`);
    if (texts.length > 0) throw new ConditionFailure(texts.join('\n'));
  }

  async judge(): Promise<Judgement> {
    this.#judgement ??= await this.load.judge();
    this.#options.observe('ledger', this.#judgement.lost.length, this.#judgement.text);
    return this.#judgement;
  }

  /** No group was without an acknowledgement for longer than that. */
  downAtMost(limitMs: number): void {
    const long = this.result.downtimes.find(({ ms }) => ms > limitMs);
    if (long) throw new ConditionFailure(`${long.group} took no message for ${Math.round(long.ms)} ms.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.load[Symbol.asyncDispose]();
    await this.#clusterSite[Symbol.asyncDispose]();
  }

  assertNoUnexpectedExit(): void {
    this.#clusterSite.cluster.assertNoUnexpectedExit();
  }
}

async function holds(condition: Condition, site: Site, groups: readonly string[], profile: Profile): Promise<void> {
  const members = groups.flatMap((group) => site.replicas(group)).filter(isRunning);
  const load = {
    topics: [topic],
    consumers: [],
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

async function createTopic(site: Site, group: string, profile: Profile): Promise<void> {
  const config = { topicName: topic, readQueueNums: topicQueues, writeQueueNums: topicQueues, perm: 6 };
  await site.operator.createTopic((await servingMaster(site, group)).address, config);
  const look = () =>
    site.askNamesrvs(async (operator) =>
      (await operator.topicRoute(topic)).queueDatas.map(({ brokerName }) => brokerName),
    );
  const routed = (names: readonly (readonly string[])[]) => names.every((known) => known.includes(group));
  await until(`${group} has a route`, look, routed, { deadlineMs: profile.deadlines.online });
}

/** Each step that ended goes into the report. */
function noteIn(observe: Observe) {
  const titles = new Map<number, string>();
  return (event: PlayEvent) => {
    const { kind, number } = event;
    if (kind === 'step started' || kind === 'rollback started') titles.set(number, event.title);
    const what = `step ${number}: ${titles.get(number)}`;
    if (kind === 'step held' || kind === 'rollback held')
      observe(kind, Math.round(event.ms), `${what}: held after ${Math.round(event.ms)} ms`);
    if (kind === 'step failed' || kind === 'rollback failed' || kind === 'stopped before harm' || kind === 'harm shown')
      observe(kind, number, `${what}: ${event.reason}`);
  };
}
