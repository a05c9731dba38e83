import path from 'node:path';
import { setWorldConstructor, World } from '@cucumber/cucumber';
import { evidenceFolder, type ScenarioPlace } from '../../tools/lab/evidence-folder.ts';
import { type Profile, readProfile } from '../../tools/lab/profile.ts';
import { settingsFromEnv } from '../../tools/lab/run-settings.ts';
import type { Settings } from '../../tools/lab/settings-file.ts';
import { assertReleases, assertSupported } from '../../tools/lab/support.ts';
import { parseTargets, type RoleTexts, type Targets } from '../../tools/lab/targets.ts';
import { readTopology } from '../../tools/lab/topology.ts';
import { type Observe, Trial } from '../../tools/lab/trial.ts';
import { Unsupported } from '../../tools/lab/unsupported.ts';
import { UpgradeTrial } from '../../tools/lab/upgrade/upgrade-trial.ts';
import type { SiteShape } from '../../tools/lab/upgrade/cluster-site.ts';
import { type Observation, observationMediaType } from '../../tools/report/types.ts';

const settings = settingsFromEnv();
const runProfile = readProfile(settings.profile);
let prepared: Promise<Targets> | null = null;

/** Finds the targets once per worker; the runner has fetched and cached them already. */
async function preparedTargets(): Promise<Targets> {
  const targets = parseTargets(settings.target, settings.guest, settings.roles);
  await targets.prepare();
  return targets;
}

/** What a scenario has in hand: the configuration it asked for, and the trial once its cluster runs. */
export class SwitchlabWorld extends World {
  /** Broker keys of this scenario, over those of profile and topology. */
  brokerConfig: Settings = {};
  /** Controller keys, likewise. */
  controllerConfig: Settings = {};
  /** Keys of single processes by name, over everything else. */
  configOf: Readonly<Record<string, Settings>> = {};
  /** Timings of this scenario; those of the run unless it asks for others before its start. */
  profile: Profile = runProfile;
  evidenceFolder = '';
  #trial: Trial | null = null;
  #upgrade: UpgradeTrial | null = null;
  readonly #companions = new Map<new (trial: Trial) => object, object>();

  /** Stock client that the run names, null for none. */
  get stockClient(): string | null {
    return settings.client;
  }

  get trial(): Trial {
    if (this.#trial === null) throw new Error('The scenario has no running group before this step.');
    return this.#trial;
  }

  /** The companion of this kind to the running group, made at its first use and kept for the scenario. */
  with<T extends object>(Companion: new (trial: Trial) => T): T {
    const companion = this.#companions.get(Companion) ?? new Companion(this.trial);
    this.#companions.set(Companion, companion);
    return companion as T;
  }

  /** Starts the group and waits for nothing but its processes. */
  async startTrial(topologyParts: readonly string[], heldBack: readonly string[] = []): Promise<void> {
    prepared ??= preparedTargets();
    this.#trial = await Trial.start({
      topology: readTopology(...topologyParts),
      targets: await prepared,
      profile: this.profile,
      seed: settings.seed,
      toxiproxyUrl: settings.toxiproxyUrl,
      labDefect: settings.labDefect,
      evidenceFolder: this.evidenceFolder,
      config: { broker: this.brokerConfig, controller: this.controllerConfig },
      configOf: this.configOf,
      heldBack,
      observe: this.#observe,
    });
  }

  /** Called by the hooks. Throws `Unsupported` when a target of the run has not what a scenario with these tags is about. */
  async assertSupported(tags: readonly string[]): Promise<void> {
    prepared ??= preparedTargets();
    assertSupported(await prepared, tags);
  }

  /** Throws `Unsupported` when a role is not played by a release in its range. */
  async assertReleases(ranges: RoleTexts): Promise<void> {
    prepared ??= preparedTargets();
    assertReleases(await prepared, ranges);
  }

  /** Throws when the scenario has no site. */
  get upgrade(): UpgradeTrial {
    if (this.#upgrade === null) throw new Error('The scenario has no site before this step.');
    return this.#upgrade;
  }

  /**
   * Starts a site as the plan begins, with traffic.
   * @param showTheLoss plays harmful steps too
   * @param from target that is upgraded, null: the one of the run that the plan upgrades
   */
  async startUpgrade(plan: string, shape: SiteShape, showTheLoss = false, from: string | null = null): Promise<void> {
    if (Object.keys(settings.roles).length > 0)
      throw new Unsupported('Upgrades are played with --target alone, and this run has targets for single roles.');
    prepared ??= preparedTargets();
    const { profile, evidenceFolder } = this;
    const { seed, toxiproxyUrl, labDefect } = settings;
    const targets = await prepared;
    const observe = this.#observe;
    const config = { broker: this.brokerConfig };
    const origin = from === null ? {} : { from: parseTargets(from).new };
    const options = {
      ...origin,
      config,
      targets,
      plan,
      shape,
      profile,
      seed,
      toxiproxyUrl,
      labDefect,
      evidenceFolder,
      observe,
    };

    this.#upgrade = await UpgradeTrial.start(options, showTheLoss);
  }

  /** Throws the first exit of a process that nobody asked for. */
  assertNoUnexpectedExit(): void {
    this.#trial?.cluster.assertNoUnexpectedExit();
    this.#upgrade?.assertNoUnexpectedExit();
  }

  /** Called by the hooks: where this scenario leaves its evidence. */
  beginEvidence(place: ScenarioPlace): void {
    this.evidenceFolder = path.join(settings.runFolder, evidenceFolder(place));
  }

  async end(): Promise<void> {
    // What fails to end keeps none of the others.
    await using left = new AsyncDisposableStack();
    left.use(this.#upgrade);
    left.use(this.#trial);
    for (const companion of this.#companions.values())
      if (Symbol.asyncDispose in companion) left.use(companion as AsyncDisposable);
  }

  readonly #observe: Observe = (what, value, text) => {
    const observation: Observation = { what, value, text, atMs: Date.now() };
    this.attach(JSON.stringify(observation), observationMediaType);
  };
}

setWorldConstructor(SwitchlabWorld);
