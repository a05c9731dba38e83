import path from 'node:path';
import { sameAddress } from '../doctor/host.ts';
import { reservePort } from '../lab/ports.ts';
import { PreparedProcess } from '../lab/prepared-process.ts';
import type { Profile } from '../lab/profile.ts';
import type { Settings } from '../lab/settings-file.ts';
import type { Target } from '../lab/targets/target.ts';
import { timelineIn } from '../lab/timeline.ts';
import type { UpgradePlan } from '../lab/upgrade/plan-file.ts';
import { Site, type SiteMember } from '../lab/upgrade/site.ts';
import { joinsControllers } from './choose-plan.ts';
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
  readonly serverOf: (member: SiteMember) => Server;
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
  const members = servers.map((server): SiteMember => {
    const home = path.join(folder, server.name);
    const { config, changes: made } = rewrite(server, { addresses, folder: home, freePort, overrides });
    changes.set(server, made);
    const at = (address: string) => addresses.get(sameAddress(address))!;
    const controllerAddress = server.controllerAddress === null ? null : at(server.controllerAddress);
    const serves = [{ role: server.role, listens: at(server.address) }];
    if (server.role === 'namesrv' && controllerAddress !== null)
      serves.push({ role: 'controller', listens: controllerAddress });
    const prepared = new PreparedProcess({
      name: server.name,
      role: server.role,
      target: plan.start[server.role] === 'from' ? from : to,
      folder: home,
      config: { ...config, ...options.profile.keys[server.role] },
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
      replaces: null,
      joins: server.role === 'controller' && joinsControllers(plan),
      address: at(address),
      controllerAddress,
      storeFolder: storeFolderOf(server, home),
      prepared,
      words: {
        ...words,
        name,
        host,
        address,
        conf: server.file.path,
        store: storeOf(server) ?? '',
        home: '$ROCKETMQ_HOME',
      },
    };
  });
  const clusterName = servers.find(({ role }) => role === 'broker')!.file.text('brokerClusterName');
  const site = resources.use(new Site({ members, from, to, clusterName }));
  const serverOf = (member: SiteMember) => servers[members.indexOf(member)]!;
  const owned = resources.move();
  const inUsersWords = usersWords({ servers, addresses, folder, evidenceFolder });
  return { site, changes, serverOf, inUsersWords, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Keys that name ports of their own, in all files together. */
const sparePortsMax = 32;

/** Where the data of a server is on the user's machine, null when it keeps none. */
export function storeOf({ role, file, controllerAddress }: Server): string | null {
  if (role === 'broker') return file.text('storePathRootDir');
  return controllerAddress === null ? null : file.text('controllerStorePath');
}

/** The same in the rehearsal: below the home of the process, by the file or by its default. */
function storeFolderOf(server: Server, home: string): string | null {
  const key = server.role === 'broker' ? 'storePathRootDir' : 'controllerStorePath';
  if (storeOf(server) === null) return null;
  const given = server.file.given(key)?.value.trim();
  if (given !== undefined && path.isAbsolute(given)) return below(home, given);
  // Processes of the rehearsal have their own home folder, where the default lies.
  return path.join(home, path.basename(server.file.text(key)));
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
    peers: controllers.map((address, i) => `n${i}-${address}`).join(';'),
  };
}
