import { ownAddress } from '../doctor/controllers.ts';
import type { ConfFile } from '../doctor/conf-file.ts';
import { type Deployment, isEmbedded } from '../doctor/deployment.ts';
import { sameAddress, sameName } from '../doctor/host.ts';
import { listenPort } from '../doctor/ports.ts';
import { SetupError } from '../lab/setup-error.ts';
import type { Role } from '../lab/targets/target.ts';
import { groupReplacedBy, nobodyJoins } from './joining.ts';

/** One process of the user's cluster, as its configuration file and those of the others describe it. */
export interface Server {
  readonly file: ConfFile;
  /** Unique among the servers: the name of its file, with folders where several have it. */
  readonly name: string;
  readonly role: Role;
  /** `brokerName` of a broker, null for others. */
  readonly group: string | null;
  /** `host:port` by which the others know it. */
  readonly address: string;
  /** False when nothing in the files names its machine: its own name stands for that. */
  readonly isHostKnown: boolean;
  /** The same of the controller that it is or carries, null without one. */
  readonly controllerAddress: string | null;
  /** Was given as one that a plan adds. */
  readonly joins: boolean;
  /** Group that an added broker's takes the place of, null for all others. */
  readonly replaces: string | null;
}

/**
 * The processes of a deployment. NameServers do not name themselves: each is found in the `namesrvAddr` of the brokers by its
 * host, its port, or else its place. A broker whose host nothing tells is called by its own name. Throws `SetupError` when the files do not say who is who.
 */
export function serversOf(deployment: Deployment, joining = nobodyJoins): Server[] {
  const { brokers, namesrvs, files } = deployment;
  if (brokers.length === 0) throw new SetupError('No broker was given: a rehearsal upgrades at least one group.');
  const proxy = files.find(({ role }) => role === 'proxy');
  if (proxy) throw new SetupError(`${proxy.path}: a proxy cannot be rehearsed; leave its file out.`);
  const namesrvAddresses = addressesOfNamesrvs(deployment);
  const apart = files.filter(({ role }) => role === 'controller');
  const joins = (file: ConfFile) => joining.files.has(file.path);
  const running = [...new Set(brokers.filter((file) => !joins(file)).map((file) => file.text('brokerName')))];
  if (running.length === 0)
    throw new SetupError('No broker runs before the upgrade: --add names only what joins later.');
  const names = namesOf(files);
  const hostOf = (file: ConfFile) => file.given('brokerIP1')?.value.trim() ?? deployment.hostOf(file);
  const server = (file: ConfFile, own: Pick<Server, 'role' | 'group' | 'address' | 'controllerAddress'>): Server => ({
    file,
    name: names.get(file)!,
    isHostKnown: own.role !== 'broker' || hostOf(file) !== null,
    ...own,
    joins: joins(file),
    replaces: own.group === null || !joins(file) ? null : groupReplacedBy(own.group, running, joining),
  });
  return [
    ...namesrvs.map((file, i) => {
      const controllerAddress = isEmbedded(file) ? controllerOf(file) : null;
      return server(file, { role: 'namesrv', group: null, address: namesrvAddresses[i]!, controllerAddress });
    }),
    ...apart.map((file) => {
      const address = controllerOf(file);
      return server(file, { role: 'controller', group: null, address, controllerAddress: address });
    }),
    ...brokers.map((file) => {
      const address = `${hostOf(file) ?? names.get(file)!}:${listenPort(file, 10911)}`;
      return server(file, { role: 'broker', group: file.text('brokerName'), address, controllerAddress: null });
    }),
  ];
}

/** A name for each file: its own, with as many folders before it as tell it from others. */
function namesOf(files: readonly ConfFile[]): Map<ConfFile, string> {
  const parts = (file: ConfFile) => file.path.replace(/\.(conf|properties)$/, '').split(/[/\\]+/);
  const name = (file: ConfFile, folders: number) =>
    parts(file)
      .slice(-1 - folders)
      .join('-');
  const unique = (file: ConfFile) => {
    const isAlone = (folders: number) =>
      files.every((other) => other === file || name(other, folders) !== name(file, folders));
    const folders = parts(file).findIndex((_, i) => isAlone(i));
    // Two of one folder that differ in their ending.
    return folders === -1 ? file.path.replaceAll(/[/\\]+/g, '-') : name(file, folders);
  };
  return new Map(files.map((file) => [file, unique(file)]));
}

function controllerOf(file: ConfFile): string {
  const address = ownAddress(file);
  if (address !== null) return address;
  throw new SetupError(
    `${file.path}: controllerDLegerSelfId ${file.text('controllerDLegerSelfId')} is none of its controllerDLegerPeers.`,
  );
}

function addressesOfNamesrvs(deployment: Deployment): string[] {
  const { brokers, namesrvs } = deployment;
  const [first] = brokers;
  const listed = splitList(first!.text('namesrvAddr'));
  if (listed.length !== namesrvs.length) {
    const text = `${first!.path}:${first!.line('namesrvAddr')} namesrvAddr lists ${listed.length} NameServers`;
    throw new SetupError(`${text}, and the files of ${namesrvs.length} were given: give one file for each.`);
  }
  const other = brokers.find((broker) => sortedText(splitList(broker.text('namesrvAddr'))) !== sortedText(listed));
  if (other)
    throw new SetupError(
      `${other.path}:${other.line('namesrvAddr')} namesrvAddr differs from that of ${first!.path}: all brokers register with every NameServer.`,
    );
  const free = new Set(listed);
  const take = (isWanted: (address: string) => boolean) => {
    const found = [...free].find(isWanted);
    if (found !== undefined) free.delete(found);
    return found;
  };
  const portOf = (address: string) => Number(address.slice(address.lastIndexOf(':') + 1));
  const isOn = (address: string, host: string | null) =>
    host !== null && sameName(address.slice(0, address.lastIndexOf(':'))) === host;
  const hosts = namesrvs.map((file) => deployment.hostOf(file));
  const exact = namesrvs.map((file, i) =>
    take((address) => isOn(address, hosts[i]!) && portOf(address) === listenPort(file, 9876)),
  );
  const byHost = exact.map((found, i) => found ?? take((address) => isOn(address, hosts[i]!)));
  const byPort = byHost.map(
    (found, i) => found ?? take((address) => portOf(address) === listenPort(namesrvs[i]!, 9876)),
  );
  return byPort.map((found) => found ?? take(() => true)!);
}

function sortedText(addresses: readonly string[]): string {
  return addresses.map(sameAddress).sort().join(';');
}

/** Items of a list with semicolons, without blanks. */
export function splitList(text: string): string[] {
  return text
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
