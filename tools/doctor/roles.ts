import path from 'node:path';
import { brokerFileKeys } from '../../reference-impl/config/broker.ts';
import { controllerFileKeys } from '../../reference-impl/config/controller.ts';
import type { KeyTable } from '../../reference-impl/config/key-table.ts';
import { namesrvFileKeys } from '../../reference-impl/config/namesrv.ts';
import type { Role } from './conf-file.ts';

const tables: Readonly<Record<'namesrv' | 'controller' | 'broker', KeyTable>> = {
  namesrv: namesrvFileKeys,
  controller: controllerFileKeys,
  broker: brokerFileKeys,
};

const names: readonly (readonly [Role, RegExp])[] = [
  ['namesrv', /name-?(srv|server)/i],
  ['controller', /controller/i],
  ['broker', /broker/i],
  ['proxy', /proxy.*\.json$/i],
];

/**
 * Role of a file that was given without one: by its own name, else by keys that no other role has, else by the nearest
 * folder that names one; null when nothing tells.
 */
export function tellRole(file: string, keys: readonly string[]): Role | null {
  const [own = '', ...folders] = path.resolve(file).split(path.sep).reverse();
  return (
    byName(own) ??
    byKeys(keys) ??
    folders
      .slice(0, 3)
      .map(byName)
      .find((role) => role !== null) ??
    null
  );
}

function byName(name: string): Role | null {
  const matches = names.filter(([, pattern]) => pattern.test(name));
  return matches.length === 1 ? matches[0]![0] : null;
}

/** Keys of a controller in a NameServer's file make it no controller. */
function byKeys(keys: readonly string[]): Role | null {
  const owners = keys.flatMap((key) => {
    const known = (Object.keys(tables) as (keyof typeof tables)[]).filter((role) => Object.hasOwn(tables[role], key));
    return known.length === 1 ? known : [];
  });
  if (owners.includes('namesrv')) return 'namesrv';
  const [brokers, controllers] = ['broker', 'controller'].map(
    (role) => owners.filter((owner) => owner === role).length,
  );
  if (brokers === controllers) return null;
  return brokers! > controllers! ? 'broker' : 'controller';
}
