import type { RoleTexts } from './targets.ts';

/** What one conformance run was asked for; the runner hands it to the step workers through the environment. */
export interface RunSettings {
  /** `reference` or a target list as given on the command line. */
  readonly target: string;
  /** Target that runs beside it in mixed clusters, null for none. */
  readonly guest: string | null;
  /** Targets of single roles, in place of those of the run. */
  readonly roles: RoleTexts;
  /** Stock client that takes part in the compatibility table, null for none. */
  readonly client: string | null;
  /** Name of a file in `configs/profiles`. */
  readonly profile: string;
  readonly seed: number;
  /** Absolute path of `test-results/<run>`. */
  readonly runFolder: string;
  /** API address of the run's Toxiproxy server, null when there is none: steps that need a link are inconclusive. */
  readonly toxiproxyUrl: string | null;
  /** Lab defect that the reference processes take, null for none. */
  readonly labDefect: string | null;
}

const variable = 'SWITCHLAB_RUN_SETTINGS';

/** Environment that carries the settings to a child process. */
export function settingsToEnv(settings: RunSettings): Record<string, string> {
  return { [variable]: JSON.stringify(settings) };
}

/** Settings of the run this process belongs to; throws when it was not started by the runner. */
export function settingsFromEnv(): RunSettings {
  const text = process.env[variable];
  if (text === undefined)
    throw new Error('Start the features with `npm run conformance`: it prepares targets, proxies and evidence.');
  return JSON.parse(text) as RunSettings;
}
