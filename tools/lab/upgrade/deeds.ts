import path from 'node:path';
import { assert } from '../../../reference-impl/base/assert.ts';
import type { Profile } from '../profile.ts';
import type { Settings } from '../settings-file.ts';
import type { Action } from './action.ts';
import type { Load } from './load.ts';
import { fillSettings, wordsOf } from './sentence.ts';
import { isRunning, processOf, type Site, type SiteMember } from './site.ts';
import {
  clearStore,
  copyFiles,
  deleteFiles,
  placeIn,
  placeOf,
  placeOfStopped,
  type StorePlace,
} from './store-files.ts';
import type { Masters } from './script.ts';

export interface DeedContext {
  readonly site: Site;
  readonly load: Load;
  readonly masters: Masters;
  readonly deadlines: Profile['deadlines'];
  /** Configuration of each member before the upgrade. */
  readonly originally: ReadonlyMap<SiteMember, Settings>;
  /** A process of this step may end by itself. */
  readonly mayEnd: boolean;
}

const permission = { forbid: 4, allow: 6 } as const;

/** Does what an action says to one member. `wait` and `check` do nothing here: the player looks. Resolves with what was done. */
export async function act(action: Action, member: SiteMember, context: DeedContext): Promise<string> {
  const { site, originally, deadlines } = context;
  const { prepared, name } = member;
  const process = processOf(member);
  switch (action.verb) {
    case 'start':
      if (isRunning(member)) return `${name} runs already`;
      await process.start(context.mayEnd);
      return `${name} started as ${prepared.target.name}`;
    case 'stop':
      if (!isRunning(member)) return `${name} did not run`;
      await process.stop(deadlines.stop);
      return `${name} stopped`;
    case 'upgrade':
      prepared.reconfigure({ target: site[action.of] });
      return `${name} is ${site[action.of].name} from its next start on`;
    case 'set': {
      const keys = fillSettings(action.of, wordsOf(site, member, context.masters));
      prepared.reconfigure({ config: { ...prepared.config, ...keys } });
      return `${name}: ${Object.entries(keys)
        .map(([key, value]) => `${key}=${value}`)
        .join(' ')}`;
    }
    case 'unset':
      prepared.reconfigure({ config: without(prepared.config, action.of) });
      return `${name}: without ${action.of.join(', ')}`;
    case 'restore': {
      const before = originally.get(member)!;
      const kept = Object.fromEntries(
        action.of.flatMap((key) => (before[key] === undefined ? [] : [[key, before[key]]])),
      ) as Settings;
      prepared.reconfigure({ config: { ...without(prepared.config, action.of), ...kept } });
      return `${name}: ${action.of.join(', ')} as before`;
    }
    case 'forbid writes':
      return await permit(member, permission.forbid, context);
    case 'allow writes':
      return await permit(member, permission.allow, context);
    case 'copy':
      return `${name}: ${await copy(action.of, member, context)} files copied`;
    case 'keep':
      return `${name}: ${await copyFiles(placeOfStopped(member), keptStore(member))} files kept`;
    case 'clear':
      if (context.masters.get(member.group ?? '') === member) context.load.giveUp(member.group!);
      return `${name}: ${await clearStore(member, action.of.except)} files removed`;
    case 'delete':
      return `${name}: ${await deleteFiles(member, action.of)} files removed`;
    default:
      return '';
  }
}

/** The running broker hears it, and the file of its next start says it too, as a broker writes it there itself. */
async function permit(member: SiteMember, brokerPermission: number, { site }: DeedContext): Promise<string> {
  const { prepared, address, name } = member;
  if (isRunning(member))
    await site.operator.updateConfig('broker', address, 'brokerPermission', String(brokerPermission));
  prepared.reconfigure({ config: { ...prepared.config, brokerPermission } });
  return `${name}: brokerPermission=${brokerPermission}`;
}

async function copy(
  { from, only }: Extract<Action, { verb: 'copy' }>['of'],
  member: SiteMember,
  context: DeedContext,
): Promise<number> {
  const to = placeOfStopped(member);
  if (from === 'kept') return await copyFiles(keptStore(member), to, only);
  const group = from === 'master' ? member.group : member.replaces;
  const source = context.masters.get(group ?? '');
  assert(source !== undefined && source !== member, `${member.name} has no ${from} to copy from`);
  // Small configuration files may be taken from a running broker; a log may not.
  const place = only?.every((pattern) => pattern.startsWith('config/')) ? placeOf(source) : placeOfStopped(source);
  return await copyFiles(place, to, only);
}

function keptStore(member: SiteMember): StorePlace {
  return placeIn(path.join(member.prepared.folder, 'kept-store'));
}

function without(config: Settings, keys: readonly string[]): Settings {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));
}
