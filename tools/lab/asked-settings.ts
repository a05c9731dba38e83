import { brokerConfig } from '../../reference-impl/config/broker.ts';
import { controllerConfig } from '../../reference-impl/config/controller.ts';
import { namesrvConfig } from '../../reference-impl/config/namesrv.ts';
import type { Settings } from './settings-file.ts';
import type { Role } from './targets/target.ts';

/** A key that a scenario set to something else than the documented default. */
export interface AskedSetting {
  /** Role or name of the process that got it. */
  readonly of: string;
  readonly key: string;
  readonly value: string | number | boolean;
  /** Null for a key that has none in any table. */
  readonly default: string | number | boolean | null;
}

interface Asked {
  readonly config?: Partial<Record<Role, Settings>>;
  readonly configOf?: Readonly<Record<string, Settings>>;
}

/** What a scenario asked for beyond profile and topology, as far as it differs from the defaults of the new release. */
export function askedSettings({ config = {}, configOf = {} }: Asked): AskedSetting[] {
  const byRole = Object.entries(config) as [Role, Settings][];
  return [
    ...byRole.flatMap(([role, settings]) => differing(role, role, settings)),
    ...Object.entries(configOf).flatMap(([name, settings]) => differing(name, roleOf(name), settings)),
  ];
}

function differing(of: string, role: Role, settings: Settings): AskedSetting[] {
  const defaults = defaultsOf(role);
  return Object.entries(settings)
    .map(([key, value]) => ({ of, key, value, default: defaults[key] ?? null }))
    .filter((asked) => String(asked.value) !== String(asked.default));
}

function defaultsOf(role: Role): Readonly<Record<string, string | number | boolean | undefined>> {
  if (role === 'broker') return { ...brokerConfig('new') };
  // A NameServer's file may hold the keys of the controller in it.
  return { ...controllerConfig(), ...(role === 'namesrv' ? namesrvConfig('new') : {}) };
}

/** `broker-a-0` is a broker. */
function roleOf(name: string): Role {
  return (['namesrv', 'controller'] as const).find((role) => name.startsWith(role)) ?? 'broker';
}
