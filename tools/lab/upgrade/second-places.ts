import { parseAddress } from '../../../reference-impl/base/address.ts';
import type { SiteMember } from './site.ts';

/** Keys of a NameServer that a controller of its own has no use for. */
const namesrvKeys = ['listenPort', 'kvConfigPath', 'enableControllerInNamesrv'];

/** The process that the controller of a NameServer can become, with the same address and the same data. */
export function apartFrom(namesrv: SiteMember, name: string): SiteMember {
  const own = Object.entries(namesrv.prepared.config).filter(([key]) => !namesrvKeys.includes(key));
  const address = namesrv.controllerAddress!;
  const serves = [{ role: 'controller' as const, listens: listenAddress(address) }];
  const prepared = namesrv.prepared.beside({ name, role: 'controller', serves, config: Object.fromEntries(own) });
  return { ...namesrv, name, role: 'controller', joins: true, address, prepared };
}

/** A NameServer with the keys of the controller that it can take in; it does not before it is told to. */
export function roomFor({ address, storeFolder, prepared }: SiteMember, namesrv: SiteMember): SiteMember {
  namesrv.prepared.reconfigure({
    config: { ...prepared.config, ...namesrv.prepared.config },
    serves: [
      { role: 'namesrv', listens: listenAddress(namesrv.address) },
      { role: 'controller', listens: listenAddress(address) },
    ],
  });
  return { ...namesrv, controllerAddress: address, storeFolder };
}

/** Every server of the lab listens on loopback, whatever name it is known by. */
function listenAddress(address: string): string {
  return `127.0.0.1:${parseAddress(address).port}`;
}
