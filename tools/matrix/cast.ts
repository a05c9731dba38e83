import type { Targets } from '../lab/targets.ts';
import { type Release, type Role } from '../lab/targets/target.ts';
import { readTopology } from '../lab/topology.ts';
import type { DocumentedCell } from '../report/compatibility.ts';

/** One target in one role of a cell. */
export interface Part {
  readonly role: Role | 'client';
  /** Name of the target, or of the stock client. */
  readonly target: string;
}

/**
 * Who really plays in a cell when these targets are there: a cell of old processes is the same for every new target.
 * @param client stock client, null for none
 */
export function castOf({ nameservers, broker }: DocumentedCell, targets: Targets, client: string | null): Part[] {
  const topology = readTopology(`nameservers/${nameservers}`, `brokers/${broker}`);
  const named = (role: Role, release: Release) => targets.of(role, release).name;
  return [
    ...topology.namesrvs.flatMap(({ release, controller }): Part[] => {
      const target = named('namesrv', release);
      // A controller inside a NameServer is of the NameServer's target.
      return [{ role: 'namesrv', target }, ...(controller ? [{ role: 'controller' as const, target }] : [])];
    }),
    ...topology.controllers.map((): Part => ({ role: 'controller', target: named('controller', 'new') })),
    ...topology.brokers.map(({ release }): Part => ({ role: 'broker', target: named('broker', release) })),
    ...(client === null ? [] : [{ role: 'client' as const, target: client }]),
  ];
}
