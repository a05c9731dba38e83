import { type Settings, SettingsFile } from './settings-file.ts';
import type { Role } from './targets/target.ts';

/** Timings of a run: configuration keys by role, and how long the lab waits. */
export interface Profile {
  readonly name: string;
  readonly keys: Readonly<Record<Role, Settings>>;
  /** Environment variables of every process; what no configuration key can say. */
  readonly environment: Settings;
  /** All in ms. */
  readonly deadlines: {
    /** A process serves after its start. */
    readonly ready: number;
    /** A started group is online, with every replica. */
    readonly online: number;
    /** A replica took over after a fault, or a healed one is back. */
    readonly switch: number;
    /** A process ended after SIGTERM. */
    readonly stop: number;
    /** How long the lab looks before it says that something does not happen. Longer than any switch takes. */
    readonly quiet: number;
  };
}

/** Profiles that a target may ask for, the slowest last. */
export const targetProfiles = ['compressed', 'tuned', 'documented'] as const;

/** Reads `configs/profiles/<name>.yaml`. Throws `SetupError`. */
export function readProfile(name: string): Profile {
  const file = SettingsFile.read(`profiles/${name}`);
  const keys = file.mapping('keys');
  const deadlines = file.mapping('deadlines');
  const profile: Profile = {
    name,
    keys: {
      namesrv: keys.settings('namesrv'),
      controller: keys.settings('controller'),
      broker: keys.settings('broker'),
    },
    environment: file.settings('environment'),
    deadlines: {
      ready: deadlines.durationMs('ready'),
      online: deadlines.durationMs('online'),
      switch: deadlines.durationMs('switch'),
      stop: deadlines.durationMs('stop'),
      quiet: deadlines.durationMs('quiet'),
    },
  };
  for (const part of [keys, deadlines, file]) part.end();
  return profile;
}
