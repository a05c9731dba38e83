import { splitAddresses } from '../../reference-impl/base/address.ts';
import { controllerGroups, ownAddress } from './controllers.ts';
import type { ConfFile } from './conf-file.ts';
import { endpoint, isLoopback, isWildcard, sameName } from './host.ts';

/** Brokers of one name in one cluster. */
export interface BrokerGroup {
  readonly cluster: string;
  readonly name: string;
  readonly replicas: readonly ConfFile[];
}

/** Every file that was given, by what its process does, and what they say of each other. */
export class Deployment {
  readonly files: readonly ConfFile[];
  /** Ports, or `host:port`, that health probes dial. */
  readonly probes: readonly string[];
  readonly brokers: readonly ConfFile[];
  readonly namesrvs: readonly ConfFile[];
  /** Controllers apart, and NameServers that carry one. */
  readonly controllers: readonly ConfFile[];
  readonly controllerGroups: readonly (readonly ConfFile[])[];
  readonly groups: readonly BrokerGroup[];

  constructor(files: readonly ConfFile[], probes: readonly string[] = []) {
    this.files = files;
    this.probes = probes;
    this.brokers = files.filter(({ role }) => role === 'broker');
    this.namesrvs = files.filter(({ role }) => role === 'namesrv');
    this.controllers = files.filter((file) => file.role === 'controller' || isEmbedded(file));
    this.controllerGroups = controllerGroups(this.controllers);
    this.groups = groupsOf(this.brokers, (file) => this.hostOf(file) ?? file.path);
  }

  /** Brokers in controller mode. */
  get switchingBrokers(): ConfFile[] {
    return this.brokers.filter(inControllerMode);
  }

  /** Machine of a file by the one name it has here, null when nothing tells. Files that name only loopback share one. */
  hostOf(file: ConfFile): string | null {
    const told = toldHost(file);
    if (told !== null) return told;
    const others = this.files.flatMap((other) => toldHost(other) ?? []);
    return others.length > 0 && others.every(isLoopback) ? '127.0.0.1' : null;
  }

  /** A machine apart from `file`'s own that other files name, or that its lists name; null when all is one machine. */
  elsewhere(file: ConfFile): string | null {
    const own = file.facts.host === null ? null : sameName(file.facts.host);
    const hosts = this.files.flatMap((other) =>
      other === file ? dialled(other) : [...dialled(other), toldHost(other)],
    );
    return hosts.find((host) => host !== null && !isLoopback(host) && host !== own) ?? null;
  }
}

export function inControllerMode(broker: ConfFile): boolean {
  return broker.role === 'broker' && broker.release === 'new' && broker.flag('enableControllerMode');
}

/** A NameServer that carries a controller. */
export function isEmbedded(file: ConfFile): boolean {
  return file.role === 'namesrv' && file.release === 'new' && file.flag('enableControllerInNamesrv');
}

function toldHost(file: ConfFile): string | null {
  if (file.facts.host !== null) return sameName(file.facts.host);
  const named = ownHost(file);
  return named === null || named === '' || isWildcard(named) ? null : sameName(named);
}

function ownHost(file: ConfFile): string | null {
  if (file.role === 'broker') return file.given('brokerIP1')?.value.trim() ?? null;
  if (file.role === 'proxy') return null;
  const address = file.role === 'controller' || isEmbedded(file) ? ownAddress(file) : null;
  const bound = file.given('bindAddress')?.value.trim() ?? null;
  return address === null ? bound : (endpoint(address)?.host ?? null);
}

/** Hosts that a broker is told to dial. */
function dialled(file: ConfFile): string[] {
  if (file.role !== 'broker') return [];
  const lists = [file.text('controllerAddr'), file.text('namesrvAddr')];
  return lists.flatMap(splitAddresses).flatMap((address) => sameName(endpoint(address)?.host ?? '') || []);
}

/** Without a brokerName each is called as its machine is. */
function groupsOf(brokers: readonly ConfFile[], machineOf: (file: ConfFile) => string): BrokerGroup[] {
  const groups = new Map<string, BrokerGroup & { replicas: ConfFile[] }>();
  for (const broker of brokers) {
    const cluster = broker.text('brokerClusterName');
    const name = broker.given('brokerName') === undefined ? machineOf(broker) : broker.text('brokerName');
    const key = `${cluster}#${name}`;
    const group = groups.get(key) ?? { cluster, name, replicas: [] };
    group.replicas.push(broker);
    groups.set(key, group);
  }
  return [...groups.values()];
}
