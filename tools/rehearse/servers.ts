import path from 'node:path';
import { ownAddress } from '../doctor/controllers.ts';
import type { ConfFile } from '../doctor/conf-file.ts';
import { type Deployment, isEmbedded } from '../doctor/deployment.ts';
import { sameAddress, sameName } from '../doctor/host.ts';
import { SetupError } from '../lab/setup-error.ts';
import type { Role } from '../lab/targets/target.ts';
import { groupReplacedBy, nobodyJoins } from './joining.ts';

/** One process of the user's cluster, as its configuration file and those of the others describe it. */
export interface Server {
  readonly file: ConfFile;
  /** Unique among the servers: the name of its file. */
  readonly name: string;
  readonly role: Role;
  /** `brokerName` of a broker, null for others. */
  readonly group: string | null;
  /** `host:port` by which the others know it. */
  readonly address: string;
  /** The same of the controller that it is or carries, null without one. */
  readonly controllerAddress: string | null;
  /** Was given as one that a plan adds. */
  readonly joins: boolean;
  /** Group that an added broker's takes the place of, null for all others. */
  readonly replaces: string | null;
}

/**
 * The processes of a deployment. NameServers do not name themselves: each is found in the `namesrvAddr` of the brokers by its
 * host, or else by its place. Throws `SetupError` when the files do not say who is who.
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
  const server = (file: ConfFile, own: Pick<Server, 'role' | 'group' | 'address' | 'controllerAddress'>): Server => ({
    file,
    name: nameOf(file, files),
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
      const host = file.given('brokerIP1')?.value.trim() ?? deployment.hostOf(file) ?? file.path;
      const address = `${host}:${file.number('listenPort')}`;
      return server(file, { role: 'broker', group: file.text('brokerName'), address, controllerAddress: null });
    }),
  ];
}

function nameOf(file: ConfFile, all: readonly ConfFile[]): string {
  const short = path.basename(file.path).replace(/\.(conf|properties)$/, '');
  const twins = all.filter((other) => path.basename(other.path) === path.basename(file.path));
  const folder = path.basename(path.dirname(file.path));
  return twins.length > 1 ? `${folder}-${short}` : short;
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
  const hosts = namesrvs.map((file) => deployment.hostOf(file));
  return listed.map((address, i) => {
    const host = hosts[i];
    const byHost = listed.find((candidate) => host !== null && sameName(candidate.split(':')[0]!) === host);
    return byHost ?? address;
  });
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
