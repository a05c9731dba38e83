import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Settings } from '../lab/settings-file.ts';
import { readProfile } from '../lab/profile.ts';
import { SetupError } from '../lab/setup-error.ts';
import type { Target } from '../lab/targets/target.ts';
import { holds } from '../lab/upgrade/hold.ts';
import { createTopic, topic } from '../lab/upgrade/load-topic.ts';
import { type PlayEvent, Player, type PlayResult } from '../lab/upgrade/player.ts';
import type { UpgradePlan } from '../lab/upgrade/plan-file.ts';
import { type Masters, type ScriptStep, scriptOf } from '../lab/upgrade/script.ts';
import { isRunning, processOf, type Site } from '../lab/upgrade/site.ts';
import { type Judgement, UpgradeLoad } from '../lab/upgrade/upgrade-load.ts';
import { keptOf, type OwnLogKept } from './own-messages.ts';
import type { Change } from './rewrite.ts';
import type { Server } from './servers.ts';
import { checkUserStores, copyUserStores } from './user-stores.ts';
import { prepareUserSite, type UserSite } from './user-site.ts';

export interface RehearsalOptions {
  readonly servers: readonly Server[];
  readonly plan: UpgradePlan;
  readonly from: Target;
  readonly to: Target;
  readonly profile: string;
  readonly seed: number;
  /** Store folder of the user by server. */
  readonly stores: ReadonlyMap<Server, string>;
  /** Takes copies while it runs; removed at the end. */
  readonly folder: string;
  readonly evidenceFolder: string;
  readonly overrides: Settings;
  readonly showTheLoss: boolean;
  readonly onEvent: (event: PlayEvent) => void;
  readonly onProgress: (text: string) => void;
  readonly mayGoOn?: (step: ScriptStep) => Promise<boolean>;
}

/** What a rehearsal came to. */
export interface RehearsalResult {
  readonly script: readonly ScriptStep[];
  readonly play: PlayResult;
  readonly judgement: Judgement | null;
  readonly ownLogs: readonly OwnLogKept[];
}

/** Messages acknowledged in each group, and delivered, before the first step. */
const seedMessages = 50;
const messagesPerSecond = 100;

/** A user's upgrade on copies of their stores: prepared, shown, played, judged. The originals are only read. */
export class Rehearsal implements AsyncDisposable {
  readonly #options: RehearsalOptions;
  readonly #userSite: UserSite;
  readonly #resources: AsyncDisposableStack;
  /** Nothing more is copied, started or written from then on. */
  readonly #ending = new AbortController();

  private constructor(options: RehearsalOptions, userSite: UserSite, resources: AsyncDisposableStack) {
    this.#options = options;
    this.#userSite = userSite;
    this.#resources = resources;
  }

  /** Rewrites the files; copies and starts nothing. Throws `SetupError`. */
  static async prepare(options: RehearsalOptions): Promise<Rehearsal> {
    await using resources = new AsyncDisposableStack();
    mkdirSync(options.folder, { recursive: true });
    mkdirSync(options.evidenceFolder, { recursive: true });
    resources.defer(() => rm(options.folder, { recursive: true, force: true }));
    const userSite = resources.use(await prepareUserSite({ ...options, profile: readProfile(options.profile) }));
    return new Rehearsal(options, userSite, resources.move());
  }

  get changes(): ReadonlyMap<Server, readonly Change[]> {
    return this.#userSite.changes;
  }

  /** The steps as they would be played; masters that are elected are not known yet, and the first replica stands for them. */
  script(): ScriptStep[] {
    const { site } = this.#userSite;
    return scriptOf(this.#options.plan, site, expectedMasters(site));
  }

  /** Looks at the stores, and copies nothing. Throws `SetupError` for what `play` would refuse before it starts anything. */
  async check(): Promise<void> {
    await checkUserStores({ ...this.#options, userSite: this.#userSite, script: this.script() });
  }

  /** Copies the stores, starts the cluster with load on it, plays the plan, and judges. */
  async play(): Promise<RehearsalResult> {
    const { plan, seed, evidenceFolder, profile, onEvent, onProgress, mayGoOn, showTheLoss } = this.#options;
    const { site, inUsersWords } = this.#userSite;
    const { deadlines } = readProfile(profile);
    const script = this.script();
    const { signal } = this.#ending;
    const ownLogs = await copyUserStores({ ...this.#options, userSite: this.#userSite, script }, signal);
    onProgress('starting the cluster as it is before the upgrade');
    await this.#startAll();
    const groups = site.groups(false);
    await holds('online', site, groups, readProfile(profile));
    for (const group of groups) await createTopic(site, group, readProfile(profile));
    if (showTheLoss) {
      // A slave of fixed roles copies topics every 10 s only; without the topic it takes no message as master.
      onProgress('waiting until slaves know the topic of the rehearsal');
      await holds('topics known', site, groups, readProfile(profile));
    }
    const deadline = { deadlineMs: deadlines.online };
    await using load = await UpgradeLoad.start({
      site,
      topic,
      seed,
      evidenceFolder,
      rate: messagesPerSecond,
      deadline,
    });
    onProgress('sending and consuming');
    await load.flows(groups, seedMessages);
    const player = await Player.prepare({
      site,
      plan,
      load,
      deadlines,
      onEvent: (event) => onEvent(eventIn(inUsersWords, event)),
      showTheLoss,
      mayGoOn: async (step) => {
        const goesOn = (await mayGoOn?.(step)) ?? true;
        signal.throwIfAborted();
        return goesOn;
      },
    });
    const played = resultIn(inUsersWords, await player.play());
    const judged = played.outcome === 'played' || played.outcome === 'stopped';
    onProgress('comparing what was acknowledged with what is there');
    const judgement = judged ? await load.judge() : null;
    await load.off();
    const kept = judged ? await Promise.all(ownLogs.map((log) => keptOf(log, site))) : [];
    return { script: player.script, play: played, judgement, ownLogs: kept };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#resources.disposeAsync();
  }

  /** Controllers and NameServers first, then masters, then everybody else. */
  async #startAll(): Promise<void> {
    const { site } = this.#userSite;
    const { deadlines } = readProfile(this.#options.profile);
    const masters = new Set(expectedMasters(site).values());
    const waves = [
      site.members.filter(({ role }) => role !== 'broker'),
      site.members.filter((member) => masters.has(member)),
      site.members.filter((member) => member.role === 'broker' && !masters.has(member)),
    ];
    for (const wave of waves) {
      const starting = wave.filter(({ joins }) => !joins).map(processOf);
      await Promise.all(starting.map((process) => process.start()));
      await Promise.all(starting.map((process) => process.waitReady(deadlines.ready)));
    }
    if (!site.members.some(isRunning)) throw new SetupError('Nothing runs before this plan: it cannot be rehearsed.');
  }
}

function eventIn(inUsersWords: (text: string) => string, event: PlayEvent): PlayEvent {
  if ('text' in event) return { ...event, text: inUsersWords(event.text) };
  return 'reason' in event ? { ...event, reason: inUsersWords(event.reason) } : event;
}

function resultIn(inUsersWords: (text: string) => string, play: PlayResult): PlayResult {
  const steps = play.steps.map((result) => ({
    ...result,
    reason: result.reason === null ? null : inUsersWords(result.reason),
    seen: result.seen.map(inUsersWords),
  }));
  return { ...play, steps };
}

function expectedMasters(site: Site): Masters {
  return new Map(
    site.groups(false).map((group) => {
      const replicas = site.replicas(group);
      const configured = replicas.find(({ prepared: { config } }) =>
        String(config.brokerRole ?? 'ASYNC_MASTER').endsWith('_MASTER'),
      );
      return [group, configured ?? replicas[0]!] as const;
    }),
  );
}
