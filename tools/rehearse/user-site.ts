import path from 'node:path';
import { sameAddress } from '../doctor/host.ts';
import { reservePort } from '../lab/ports.ts';
import { PreparedProcess } from '../lab/prepared-process.ts';
import type { Profile } from '../lab/profile.ts';
import type { Settings } from '../lab/settings-file.ts';
import type { Target } from '../lab/targets/target.ts';
import { timelineIn } from '../lab/timeline.ts';
import type { UpgradePlan } from '../lab/upgrade/plan-file.ts';
import { apartFrom, roomFor } from '../lab/upgrade/second-places.ts';
import { SetupError } from '../lab/setup-error.ts';
import { Site, type SiteMember } from '../lab/upgrade/site.ts';
import { versionOf } from '../lab/upgrade/version-of.ts';
import { compareVersions } from '../lab/version-range.ts';
import { homesOfControllers, joinsControllers } from './joining.ts';
import { labAddresses } from './lab-addresses.ts';
import { below, rewrite, type Change } from './rewrite.ts';
import type { Server } from './servers.ts';
import { usersWords } from './users-words.ts';

export interface UserSiteOptions {
  readonly servers: readonly Server[];
  readonly plan: UpgradePlan;
  readonly from: Target;
  readonly to: Target;
  readonly profile: Profile;
  /** Homes of the processes go below it. */
  readonly folder: string;
  /** Takes configuration files, logs and the timeline. */
  readonly evidenceFolder: string;
  readonly overrides: Settings;
}

/** The user's cluster as a plan begins, rewritten for this machine; nothing runs. */
export interface UserSite extends AsyncDisposable {
  readonly site: Site;
  readonly changes: ReadonlyMap<Server, readonly Change[]>;
  /** Null for a process that no file describes yet: a controller that is to leave its NameServer. */
  readonly serverOf: (member: SiteMember) => Server | null;
  /** Puts the user's addresses and files in place of those of this machine. */
  readonly inUsersWords: (text: string) => string;
}

/** Prepares a process for every server. Throws `SetupError` when the files do not fit together. */
export async function prepareUserSite(options: UserSiteOptions): Promise<UserSite> {
  const { servers, plan, from, to, folder, evidenceFolder, overrides } = options;
  await using resources = new AsyncDisposableStack();
  const addresses = await labAddresses(servers);
  const spare = await Promise.all(Array.from({ length: sparePortsMax }, reservePort));
  const freePort = () => spare.pop()!;
  const note = timelineIn(path.join(evidenceFolder, 'timeline.ndjson'));
  const words = wordsOfSite(servers);
  const changes = new Map<Server, readonly Change[]>();
  const at = (address: string) => addresses.get(sameAddress(address))!;
  const controllers = servers.flatMap(({ controllerAddress }) => controllerAddress ?? []).map(at);
  const memberOf = (server: Server): SiteMember => {
    const home = path.join(folder, server.name);
    const begins = plan.start[server.role] === 'from' && !server.joins ? from : to;
    const storeFolder = storeFolderOf(server, home, begins);
    const rewritten = rewrite(server, { addresses, controllers, folder: home, freePort, overrides });
    const shared = plan.start.controllersMove ? sharedFolder(server, storeFolder) : [];
    changes.set(server, [...rewritten.changes, ...shared]);
    const config = { ...rewritten.config, ...Object.fromEntries(shared.map((change) => [change.key, change.to])) };
    const controllerAddress = server.controllerAddress === null ? null : at(server.controllerAddress);
    const serves = [{ role: server.role, listens: at(server.address) }];
    if (server.role === 'namesrv' && controllerAddress !== null)
      serves.push({ role: 'controller', listens: controllerAddress });
    const prepared = new PreparedProcess({
      name: server.name,
      role: server.role,
      target: begins,
      folder: home,
      config: Object.assign(config, ...serves.map(({ role }) => options.profile.keys[role])),
      hosts: {},
      dials: {},
      serves,
      evidenceFolder,
      environment: options.profile.environment,
      labDefect: null,
      note,
    });
    resources.use(prepared.process);
    const host = server.address.slice(0, server.address.lastIndexOf(':'));
    const { address, name } = server;
    return {
      name,
      role: server.role,
      group: server.group,
      replaces: server.replaces,
      joins: server.joins || (server.role === 'controller' && joinsControllers(plan)),
      address: at(address),
      controllerAddress,
      storeFolder,
      prepared,
      words: {
        ...words,
        name,
        host,
        address,
        conf: server.file.path,
        store: storeOf(server, begins) ?? '',
        home: '$ROCKETMQ_HOME',
      },
    };
  };
  const byServer = new Map(servers.map((server) => [server, memberOf(server)]));
  const apart = plan.start.controllersMove ? secondPlaces(byServer) : [];
  for (const { prepared } of apart) resources.use(prepared.process);
  const clusterName = servers.find(({ role }) => role === 'broker')!.file.text('brokerClusterName');
  const site = resources.use(new Site({ members: [...byServer.values(), ...apart], from, to, clusterName }));
  const servedBy = new Map([...byServer].map(([server, member]) => [member, server]));
  const serverOf = (member: SiteMember) => servedBy.get(member) ?? null;
  const owned = resources.move();
  const inUsersWords = usersWords({ servers, addresses, folder, evidenceFolder });
  return { site, changes, serverOf, inUsersWords, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** A default folder is one below the home of each process here, and so not one that a NameServer and its controller share. */
function sharedFolder({ file }: Server, storeFolder: string | null): Change[] {
  const key = 'controllerStorePath';
  const given = file.given(key);
  if (storeFolder === null || file.role === 'broker' || path.isAbsolute(given?.value.trim() ?? '')) return [];
  return [{ key, line: given?.line ?? null, from: given?.value ?? null, to: storeFolder }];
}

/**
 * Prepares every controller for the other place that it can have, in a NameServer of its host or apart, with the same address
 * and data. Returns the processes that controllers of NameServers become; their files are still to be written.
 */
function secondPlaces(byServer: Map<Server, SiteMember>): SiteMember[] {
  for (const [controller, namesrv] of homesOfControllers([...byServer.keys()]))
    byServer.set(namesrv, roomFor(byServer.get(controller)!, byServer.get(namesrv)!));
  const leaving = [...byServer].filter(
    ([{ role, controllerAddress }]) => role === 'namesrv' && controllerAddress !== null,
  );
  return leaving.map(([server, member]) => {
    const name = `${server.name}-controller`;
    const conf = path.join(path.dirname(server.file.path), `${name}.conf`);
    const words = Object.assign({}, member.words, { name, address: server.controllerAddress!, conf });
    return Object.assign(apartFrom(member, name), { words });
  });
}

/** Keys that name ports of their own, in all files together. */
const sparePortsMax = 32;

/** Where the data of a server is on the user's machine, null when it keeps none. @param begins what it runs now */
function storeOf(server: Server, begins: Target): string | null {
  if (keepsNothing(server)) return null;
  return givenStore(server) ?? `~/${defaultFolder(server, begins)}`;
}

/** The same in the rehearsal: below the home of the process, by the file or by its default. Throws `SetupError`. */
function storeFolderOf(server: Server, home: string, begins: Target): string | null {
  if (keepsNothing(server)) return null;
  const given = givenStore(server);
  // Processes of the rehearsal have their own home folder, where the default lies.
  if (given === null) return path.join(home, defaultFolder(server, begins));
  if (path.isAbsolute(given)) return below(home, given);
  const place = path.resolve(home, given);
  if (place.startsWith(`${home}/`)) return place;
  const { file } = server;
  const key = storeKey(server);
  throw new SetupError(
    `${file.path}:${file.line(key)} ${key} = ${given} leads out of the folder that the process runs in: write an absolute path.`,
  );
}

function keepsNothing({ role, controllerAddress }: Server): boolean {
  return role !== 'broker' && controllerAddress === null;
}

function storeKey({ role }: Server): string {
  return role === 'broker' ? 'storePathRootDir' : 'controllerStorePath';
}

function givenStore(server: Server): string | null {
  return server.file.given(storeKey(server))?.value.trim() || null;
}

/** In the home folder of the user; that of controllers has another name since 5.2.0 (CTL-CFG-05). */
function defaultFolder({ role, file }: Server, begins: Target): string {
  if (role === 'broker') return 'store';
  const version = versionOf(begins);
  const isRenamed = version === null || compareVersions(version, '5.2.0') >= 0;
  return isRenamed ? `${file.text('controllerType')}Controller` : 'DledgerController';
}

/** What sentences of a plan call the cluster: by the user's own addresses. */
function wordsOfSite(servers: readonly Server[]): Record<string, string> {
  const controllers = servers.flatMap(({ controllerAddress }) => controllerAddress ?? []);
  return {
    namesrvs: servers
      .filter(({ role }) => role === 'namesrv')
      .map(({ address }) => address)
      .join(';'),
    controllers: controllers.join(';'),
    controller: controllers[0] ?? '',
    peers: servers
      .filter(({ controllerAddress }) => controllerAddress !== null)
      .map(({ controllerAddress, file }, i) => `${file.text('controllerDLegerSelfId') || `n${i}`}-${controllerAddress}`)
      .join(';'),
  };
}
