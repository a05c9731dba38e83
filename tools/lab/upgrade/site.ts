import { createLog } from '../../../reference-impl/base/log.ts';
import { type AddressBook, directDial } from '../../../reference-impl/base/address.ts';
import type { Release } from '../../../reference-impl/base/release.ts';
import type { ReplicasInfo } from '../../../reference-impl/client/controller-calls.ts';
import { type ClientOptions, createOperator, type Operator } from '../../../reference-impl/client/operator.ts';
import type { PreparedProcess } from '../prepared-process.ts';
import type { LabProcess } from '../processes.ts';
import { isOn, type Settings } from '../settings-file.ts';
import type { Role, Target } from '../targets/target.ts';

/** One process that an upgrade is about. */
export interface SiteMember {
  /** Unique at the site: `broker-a-0`. */
  readonly name: string;
  readonly role: Role;
  /** `brokerName` of a broker, null for others. */
  readonly group: string | null;
  /** Group that a joining group takes the place of, null for all others. */
  readonly replaces: string | null;
  /** Does not run before the upgrade: a plan starts it. */
  readonly joins: boolean;
  /** `host:port` by which others know it. */
  readonly address: string;
  /** The same of the controller that it is or can carry; null when it can carry none. */
  readonly controllerAddress: string | null;
  /** Store root of a broker, `controllerStorePath` of a controller (also inside a NameServer), null when it keeps no data. */
  readonly storeFolder: string | null;
  /** Process, target and configuration file, all of which an upgrade changes. */
  readonly prepared: PreparedProcess;
  /**
   * What placeholders stand for in the sentences that are read by people: `host`, `conf`, `store`, `home` …, as the owner of
   * the site calls them. What is absent is taken from the member itself.
   */
  readonly words: Readonly<Record<string, string>>;
}

export interface SiteOptions {
  readonly members: readonly SiteMember[];
  /** What it is upgraded from and to. */
  readonly from: Target;
  readonly to: Target;
  readonly clusterName: string;
  /** Leads clients of the lab from announced addresses to where processes listen; without one they are the same. */
  readonly addressBook?: AddressBook;
}

/** NameServers, controllers and broker groups that an upgrade plan is played on. The owner of the processes ends them. */
export class Site implements AsyncDisposable {
  readonly members: readonly SiteMember[];
  readonly from: Target;
  readonly to: Target;
  readonly clusterName: string;
  readonly addressBook: AddressBook;
  readonly operator: Operator;
  /** One for each NameServer, because clients may meet any of them. */
  readonly #asking = new Map<SiteMember, Operator>();

  constructor({ members, from, to, clusterName, addressBook = directDial }: SiteOptions) {
    this.members = members;
    this.from = from;
    this.to = to;
    this.clusterName = clusterName;
    this.addressBook = addressBook;
    this.operator = createOperator(this.client('new'));
    for (const namesrv of this.namesrvs) this.#asking.set(namesrv, createOperator(this.client('new', [namesrv])));
  }

  get namesrvs(): SiteMember[] {
    return this.members.filter(({ role }) => role === 'namesrv');
  }

  get brokers(): SiteMember[] {
    return this.members.filter(({ role }) => role === 'broker');
  }

  /** Members that hold a controller by their present configuration, joining ones too. */
  get controllers(): SiteMember[] {
    return this.members.filter((member) => member.controllerAddress !== null && carriesController(member));
  }

  /** Names of the broker groups, in the order of the members. */
  groups(joining: boolean): string[] {
    return [...new Set(this.brokers.filter(({ joins }) => joins === joining).map(({ group }) => group!))];
  }

  replicas(group: string): SiteMember[] {
    return this.brokers.filter((member) => member.group === group);
  }

  /** Options for a client of that release. @param namesrvs default: all */
  client(release: Release, namesrvs: readonly SiteMember[] = this.namesrvs): ClientOptions {
    const namesrvAddrs = namesrvs.map(({ address }) => address);
    return { namesrvAddrs, release, log: createLog('lab', 'error'), addressBook: this.addressBook };
  }

  /** Asks every NameServer that runs. Throws when none does. */
  async askNamesrvs<T>(look: (operator: Operator, namesrv: SiteMember) => Promise<T>): Promise<T[]> {
    const running = [...this.#asking].filter(([namesrv]) => isRunning(namesrv));
    if (running.length === 0) throw new Error('No NameServer runs that could be asked.');
    return await Promise.all(running.map(([namesrv, operator]) => look(operator, namesrv)));
  }

  /** What the controllers' leader says of a group; undefined when it does not know it. Throws when no controller runs. */
  async replicasInfo(group: string): Promise<ReplicasInfo | undefined> {
    const controller = this.controllers.find(isRunning);
    if (controller === undefined) throw new Error('No controller runs that could be asked.');
    return (await this.operator.syncStateSet(controller.controllerAddress!, [group])).get(group);
  }

  /**
   * The master of a group: by its configuration, or as controllers or NameServers say. Throws while there is none.
   */
  async masterOf(group: string): Promise<SiteMember> {
    const replicas = this.replicas(group);
    const configured = replicas.find(({ prepared: { config } }) => isConfiguredMaster(config));
    if (configured !== undefined) return configured;
    const [address] = await this.askNamesrvs(async (operator) => {
      const broker = (await operator.clusterInfo()).brokerAddrTable.get(group);
      return [...(broker?.brokerAddrs ?? [])].find(([id]) => id === 0)?.[1];
    });
    const master = replicas.find((replica) => replica.address === address);
    if (master === undefined) throw new Error(`${group} has no master: NameServers say ${address ?? 'nobody'}.`);
    return master;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.operator.close();
    for (const operator of this.#asking.values()) await operator.close();
  }
}

export function processOf(member: SiteMember): LabProcess {
  return member.prepared.process;
}

export function isRunning(member: SiteMember): boolean {
  return processOf(member).state === 'running';
}

/** Whether a process holds a controller by its configuration. */
export function carriesController({ role, prepared: { config } }: SiteMember): boolean {
  return role === 'controller' || (role === 'namesrv' && isOn(config.enableControllerInNamesrv));
}

/** How the brokers of that configuration come to their roles. */
export function rolesBy(config: Settings): 'fixed' | 'elected' | 'dledger' {
  if (isOn(config.enableControllerMode)) return 'elected';
  return isOn(config.enableDLegerCommitLog) ? 'dledger' : 'fixed';
}

/** Whether the configuration alone makes it the master of its group. */
export function isConfiguredMaster(config: Settings): boolean {
  return rolesBy(config) === 'fixed' && String(config.brokerRole ?? 'ASYNC_MASTER').endsWith('_MASTER');
}
