import { type Dirent, readdirSync, statSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { SwitchlabError, errorText } from '../../reference-impl/base/errors.ts';
import { readProperties } from '../../reference-impl/config/properties.ts';
import { SetupError } from '../lab/setup-error.ts';
import { type Assignment, Assignments } from './assignments.ts';
import { ConfFile, type ConfFacts, type Role, roles } from './conf-file.ts';
import { Deployment } from './deployment.ts';
import { isEmbedded } from './deployment.ts';
import { readProxyFile } from './proxy-file.ts';
import { tellRole } from './roles.ts';
import { readBrokerStore, readControllerStore } from './store-facts.ts';
import { parseVersion } from './version.ts';

/** What was asked for, as it was typed. Relative paths begin at `base`. */
export interface Request {
  readonly base: string;
  /** Files, and folders of files, whose role is to be told from their names and keys. */
  readonly paths: readonly string[];
  readonly byRole: Readonly<Partial<Record<Role, readonly string[]>>>;
  readonly stores: readonly string[];
  readonly controllerStores: readonly string[];
  readonly versions: readonly string[];
  readonly hosts: readonly string[];
  /** The folder of a file names its machine. */
  readonly hostsByFolder: boolean;
  readonly probes: readonly string[];
}

export interface Read {
  readonly deployment: Deployment;
  /** Files in folders that nothing tells the role of: they were not judged. */
  readonly passedOver: readonly string[];
}

/** Release that files are read as unless told otherwise. */
export const defaultVersion = '5.3.3';
const filesMax = 500;
const foldersDeep = 6;
const isConf = (name: string) => /\.(conf|properties)$/.test(name) || /^rmq-proxy.*\.json$/.test(name);

/** Reads everything that was asked for. Writes nothing. Throws `SetupError`, naming what was typed. */
export function readDeployment(request: Request): Read {
  const passedOver: string[] = [];
  const found = [
    ...filesOf(request, request.paths, null),
    ...roles.flatMap((role) => filesOf(request, request.byRole[role] ?? [], role)),
  ];
  const files = found.flatMap(({ file, role, inFolder }) => {
    const pairs = readPairs(request.base, file, role);
    const told =
      role ??
      tellRole(
        file,
        pairs.map(({ key }) => key),
      );
    if (told !== null) return [{ path: file, role: told, pairs }];
    if (!inFolder)
      throw new SetupError(`Nothing tells the role of ${file}: give it with --namesrv, --controller or --broker.`);
    passedOver.push(file);
    return [];
  });
  if (files.length === 0)
    throw new SetupError('No configuration file was given: name files or a folder. --help has examples.');
  const twice = files.find(({ path: file }, i) => files.slice(0, i).some((other) => other.path === file));
  if (twice) throw new SetupError(`${twice.path} was given twice.`);
  return { deployment: withFacts(request, files), passedOver };
}

function filesOf(request: Request, names: readonly string[], role: Role | null) {
  return names.flatMap((name) => {
    const place = path.resolve(request.base, name);
    const stat = statSync(place, { throwIfNoEntry: false });
    if (stat === undefined) throw new SetupError(`${name} does not exist (looked for in ${request.base}).`);
    if (!stat.isDirectory()) return [{ file: name, role, inFolder: false }];
    const found = confFiles(place, foldersDeep).map((file) => path.join(name, path.relative(place, file)));
    if (found.length > filesMax)
      throw new SetupError(`${name} holds more than ${filesMax} configuration files: name a smaller folder.`);
    return found.map((file) => ({ file, role, inFolder: true }));
  });
}

/**
 * Files with the name of a configuration below a folder, each once. A mounted configuration is a link, and so are the folders
 * around it; one that leads nowhere is named, and reading it says so.
 */
function confFiles(folder: string, deep: number, known = new Set<string>()): string[] {
  const entries = readFolder(folder).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const name = path.join(folder, entry.name);
    const real = realPathOf(name);
    const isLinked = entry.isSymbolicLink() && real !== name;
    const isFolder = entry.isDirectory() || (isLinked && statSync(real).isDirectory());
    if (isFolder ? deep === 0 || /^\.|^node_modules$/.test(entry.name) : !isConf(entry.name)) return [];
    if (known.has(real)) return [];
    known.add(real);
    if (isFolder) return confFiles(name, deep - 1, known);
    return entry.isFile() || entry.isSymbolicLink() ? [name] : [];
  });
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (thrown) {
    throw new SetupError(`${folder} cannot be read: name the files, or let this user read it.`, { cause: thrown });
  }
}

/** Where a link leads; the link itself when that is nowhere. */
function realPathOf(link: string): string {
  try {
    return realpathSync(link);
  } catch {
    return link;
  }
}

function readPairs(base: string, file: string, role: Role | null): ConfFacts['pairs'] {
  const place = path.resolve(base, file);
  try {
    return role === 'proxy' || file.endsWith('.json') ? readProxyFile(place) : readProperties(place);
  } catch (thrown) {
    if (thrown instanceof SwitchlabError) throw new SetupError(thrown.describe(), { cause: thrown });
    throw thrown;
  }
}

type NamedFile = Pick<ConfFacts, 'path' | 'role' | 'pairs'>;

function withFacts(request: Request, named: readonly NamedFile[]): Deployment {
  const versions = new Assignments('--version', request.versions, named, { roles: true, all: true });
  const hosts = new Assignments('--host', request.hosts, named);
  const stores = new Assignments('--store', request.stores, named);
  const controllerStores = new Assignments('--controller-store', request.controllerStores, named);
  const files = named.map((file) => {
    const version = versions.of(file);
    const bare = new ConfFile({ ...file, ...versionFacts(version), host: hostOf(request, hosts.of(file), file) });
    return new ConfFile({
      ...bare.facts,
      ...storeFacts(request.base, bare, stores.of(file), controllerStores.of(file)),
    });
  });
  return new Deployment(files, request.probes);
}

function versionFacts(given: Assignment | null) {
  const version = parseVersion(given?.value ?? defaultVersion);
  if (version === null) throw new SetupError(`--version ${given!.text}: write a release such as 5.3.3.`);
  return { version, versionGiven: given !== null };
}

function hostOf({ hostsByFolder, base }: Request, given: Assignment | null, file: NamedFile): string | null {
  if (given !== null) return given.value;
  return hostsByFolder ? path.basename(path.dirname(path.resolve(base, file.path))) : null;
}

function storeFacts(base: string, file: ConfFile, store: Assignment | null, controllerStore: Assignment | null) {
  const facts: Partial<Pick<ConfFacts, 'store' | 'controllerStore'>>[] = [];
  if (store !== null) {
    if (file.role !== 'broker')
      throw new SetupError(`--store ${store.text}: ${file.path} is the file of a ${file.role}.`);
    const folder = path.resolve(base, store.value);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new SetupError(`--store ${store.text}: ${folder} is no folder.`);
    }
    const [root, identity, epochs] = ['storePathRootDir', 'storePathBrokerIdentity', 'storePathEpochFile'].map((key) =>
      file.text(key),
    );
    const places = { root: root!, identity: identity!, epochs: epochs! };
    facts.push({ store: { ...readable('--store', store, () => readBrokerStore(folder, places)), path: store.value } });
  }
  if (controllerStore !== null) {
    if (file.role !== 'controller' && !isEmbedded(file)) {
      throw new SetupError(`--controller-store ${controllerStore.text}: ${file.path} runs no controller.`);
    }
    const folder = path.resolve(base, controllerStore.value);
    const read = readable('--controller-store', controllerStore, () => readControllerStore(folder));
    facts.push({ controllerStore: { ...read, path: controllerStore.value } });
  }
  return Object.assign({}, ...facts) as Partial<ConfFacts>;
}

function readable<T>(option: string, { text }: Assignment, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw new SetupError(`${option} ${text} cannot be read: ${errorText(thrown)}`, { cause: thrown });
  }
}
