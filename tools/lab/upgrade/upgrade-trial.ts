import { isDeepStrictEqual } from 'node:util';
import { violation } from '../../check/ledger.ts';
import type { Targets } from '../targets.ts';
import type { Target } from '../targets/target.ts';
import type { Observe } from '../trial.ts';
import { ConditionFailure, until } from '../until.ts';
import { assertNone } from '../violations.ts';
import type { ClusterOptions } from '../cluster.ts';
import { type ClusterSite, type SiteShape, startClusterSite } from './cluster-site.ts';
import { type UpgradePlan, readPlan } from './plan-file.ts';
import { type PlayEvent, Player, type PlayResult } from './player.ts';
import { lookAt, servingMaster } from './looks.ts';
import type { Condition } from './condition.ts';
import { holds } from './hold.ts';
import { createTopic, topic } from './load-topic.ts';
import { type Judgement, UpgradeLoad } from './upgrade-load.ts';
import { isRunning, processOf, type Site } from './site.ts';
import { commitLogFolders } from './stores.ts';
import { Inconclusive } from '../inconclusive.ts';
import type { Settings } from '../settings-file.ts';
import { keysInCommitLog } from '../traffic/commit-log.ts';
import { lies } from './version-of.ts';

export interface UpgradeTrialOptions extends Omit<ClusterOptions, 'targets' | 'heldBack' | 'mayEnter'> {
  readonly targets: Targets;
  readonly plan: string;
  readonly shape: SiteShape;
  /** What it is upgraded from; the old target of the run unless given. */
  readonly from?: Target;
  readonly observe: Observe;
}

/** Messages acknowledged in each group, and delivered, before the first step. */
const seedMessages = 50;
const proofMessages = 20;

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
  /** Keys that were acknowledged and are not in every replica's log when the harmful step comes. */
  readonly #atRisk = new Set<string>();

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
    const from = options.from ?? [targets.old, targets.new].find((target) => lies(target, plan.from)) ?? targets.old;
    await from.prepare();
    await using resources = new AsyncDisposableStack();
    const clusterSite = resources.use(await startClusterSite({ plan, shape, from, to: targets.new, cluster: options }));
    const { site } = clusterSite;
    const { deadlines } = profile;
    const deadline = { deadlineMs: deadlines.online };
    const groups = site.groups(false);
    await holds('online', site, groups, profile);
    for (const group of groups) await createTopic(site, group, profile);
    const load = resources.use(await UpgradeLoad.start({ site, topic, seed, evidenceFolder, rate: 100, deadline }));
    await load.flows(groups, seedMessages);
    const onEvent = noteIn(options.observe);
    const player = await Player.prepare({ site, plan, load, deadlines, onEvent, showTheLoss });
    const trial = new UpgradeTrial(options, plan, clusterSite, load, player);
    resources.move();
    return trial;
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
    const { lost, violations, skipped } = await this.judge();
    const gone =
      lost.length === 0
        ? []
        : [violation('no-acknowledged-loss', `${lost.length} acknowledged messages are lost`, lost)];
    const unread =
      skipped === 0 ? [] : [{ check: 'no-skip', text: `${skipped} readable messages were not delivered`, rows: [] }];
    assertNone([...gone, ...unread, ...violations], this.#options.evidenceFolder);
  }

  async judge(): Promise<Judgement> {
    this.#judgement ??= await this.load.judge();
    this.#options.observe('ledger', this.#judgement.lost.length, this.#judgement.text);
    return this.#judgement;
  }

  /** Takes back what was played. */
  async rollBack(): Promise<void> {
    await this.player.rollBack();
  }

  /** Every process runs that ran before the upgrade, with its release and configuration, and every group has its old master. */
  async isAsBefore(): Promise<void> {
    const { originally, masters } = this.player;
    for (const member of this.site.members) {
      if (isRunning(member) === member.joins)
        throw new ConditionFailure(`${member.name} ${member.joins ? 'still' : 'no longer'} runs.`);
      const [before, now] = [originally.get(member)!, member.prepared.config].map(withoutPermission);
      if (!isDeepStrictEqual(now, before))
        throw new ConditionFailure(`${member.name} has another configuration than before: ${JSON.stringify(now)}`);
      const target = this.site[this.plan.start[member.role] === 'from' ? 'from' : 'to'];
      if (!member.joins && member.prepared.target !== target)
        throw new ConditionFailure(`${member.name} is ${member.prepared.target.name}.`);
    }
    const groups = this.site.groups(false);
    await holds('online', this.site, groups, this.#options.profile);
    // Elected masters may change at any time.
    for (const group of this.plan.start.roles === 'fixed' ? groups : []) {
      const master = await servingMaster(this.site, group);
      if (master !== masters.get(group)) throw new ConditionFailure(`${master.name} is the master of ${group}.`);
    }
    await this.load.flows(groups, proofMessages);
  }

  /** Kills the master of each group that runs now; another replica takes over, and the killed one comes back in sync. */
  async switches(): Promise<void> {
    for (const group of this.#groupsNow) await this.#switch(group);
  }

  /** The play stopped before a step that would have done harm. */
  stoppedBeforeHarm(): void {
    const { outcome, steps } = this.result;
    const last = steps.at(-1)!;
    if (outcome !== 'refused' || last.step.harm === null)
      throw new ConditionFailure(
        `The play ${outcome} at step ${last.step.number}: ${last.reason ?? 'nothing stopped it'}`,
      );
    this.#options.observe('stopped before harm', last.step.number, last.reason!);
  }

  /**
   * Plays up to the step that does harm, notes which acknowledged messages the shorter logs lack, and plays on.
   */
  async playToTheLoss(): Promise<void> {
    const harmful = this.player.script.find(({ harm }) => harm !== null);
    if (harmful === undefined) throw new Error(`The plan "${this.plan.name}" does no harm.`);
    // A slave of fixed roles copies topics every 10 s only; without the topic it takes no message as master.
    await this.#seesOn('topics known');
    await this.play(harmful.number - 1);
    for (const group of harmful.groups) {
      const logs = this.site.replicas(group).map((member) => keysInCommitLog(commitLogFolders(member)[0]!, topic));
      const acknowledged = this.load.attempts.filter(
        ({ outcome, brokerName }) => outcome === 'SEND_OK' && brokerName === group,
      );
      for (const { key } of acknowledged) if (!logs.every((keys) => keys.has(key))) this.#atRisk.add(key);
    }
    await this.play();
  }

  /** Exactly the acknowledged messages are lost that the shorter log lacked, and nothing else is broken. */
  async losesWhatWasAtRisk(): Promise<void> {
    const { lost, violations: all, skipped } = await this.judge();
    // The new master has offsets of consumers that had read what it lacks.
    const violations = all.filter(({ check }) => check !== 'no-skip');
    const lostKeys = new Set(lost.map(({ key }) => key));
    this.#options.observe(
      'lost',
      lostKeys.size,
      `${lostKeys.size} acknowledged messages lost, ${this.#atRisk.size} were only in the longer log`,
    );
    this.#options.observe(
      'skipped',
      skipped,
      `${skipped} messages of the new master lie before the offset that a consumer had reached`,
    );
    if (this.#atRisk.size === 0) throw new Inconclusive('The logs did not differ: nothing was at risk.');
    const other = [...lostKeys, ...this.#atRisk].filter((key) => !lostKeys.has(key) || !this.#atRisk.has(key));
    if (other.length > 0)
      throw new ConditionFailure(
        `Lost ${lostKeys.size}, at risk ${this.#atRisk.size}: they differ in ${other.slice(0, 3).join(', ')}`,
      );
    assertNone(violations, this.#options.evidenceFolder);
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

  async #seesOn(condition: Condition): Promise<void> {
    const { site, load } = this;
    const groups = site.groups(false);
    const sight = { site, load, members: groups.flatMap((group) => site.replicas(group)), groups, memory: new Map() };
    const look = () => lookAt(condition, sight);
    const { online } = this.#options.profile.deadlines;
    await until(condition, look, ({ holds }) => holds, { deadlineMs: online });
  }

  get #groupsNow(): string[] {
    const groups = [...this.site.groups(false), ...this.site.groups(true)];
    return groups.filter((group) => this.site.replicas(group).some(isRunning));
  }

  async #switch(group: string): Promise<void> {
    const { deadlines } = this.#options.profile;
    const master = await servingMaster(this.site, group);
    await processOf(master).kill();
    const killedMs = Date.now();
    const other = () => servingMaster(this.site, group);
    await until('another replica is master', other, (now) => now !== master, { deadlineMs: deadlines.switch });
    await this.load.flows([group], proofMessages);
    const first = this.load.attempts.find(
      (row) => row.brokerName === group && row.sentMs > killedMs && row.outcome === 'SEND_OK',
    )!;
    this.#options.observe(
      'switches',
      true,
      `${group} took messages again ${first.answeredMs - killedMs} ms after its master was killed`,
    );
    await processOf(master).start();
    await holds('in the SyncStateSet', this.site, [group], this.#options.profile);
  }

  assertNoUnexpectedExit(): void {
    this.#clusterSite.cluster.assertNoUnexpectedExit();
  }
}

/** A forbidden and allowed group says so in its files. */
function withoutPermission(config: Settings): Settings {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'brokerPermission'));
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
