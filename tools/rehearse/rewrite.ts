import path from 'node:path';
import { sameAddress } from '../doctor/host.ts';
import type { Settings } from '../lab/settings-file.ts';
import { SetupError } from '../lab/setup-error.ts';
import { type LabAddresses, peerAddress } from './lab-addresses.ts';
import { type Server, splitList } from './servers.ts';

/** One key that the rehearsal had to change, so that everything fits on this machine and nothing of the user's is touched. */
export interface Change {
  readonly key: string;
  /** Line of the user's file, null for a key that is added. */
  readonly line: number | null;
  readonly from: string | null;
  readonly to: string;
}

export interface Rewritten {
  readonly config: Settings;
  readonly changes: readonly Change[];
}

export interface RewriteOptions {
  readonly addresses: LabAddresses;
  /** Of every controller, in the rehearsal. */
  readonly controllers: readonly string[];
  /** Home of the process in the rehearsal; absolute paths of the file come to lie below it. */
  readonly folder: string;
  /** A free port for a key that names one apart from the addresses. */
  readonly freePort: () => number;
  /** Keys that the user sets for the rehearsal alone. */
  readonly overrides: Settings;
}

const addressLists = ['namesrvAddr', 'controllerAddr', 'haMasterAddress'];
const dnsSwitch = 'fetchControllerAddrByDnsLookup';
const peerLists = ['controllerDLegerPeers', 'dLegerPeers'];
const ownHosts = ['brokerIP1', 'brokerIP2', 'bindAddress'];
const loopback = '127.0.0.1';

/** A user's configuration with other addresses, ports and paths, and every other key as it is. Throws `SetupError`. */
export function rewrite(server: Server, options: RewriteOptions): Rewritten {
  const { file } = server;
  const changes: Change[] = [];
  const config: Record<string, string> = {};
  for (const { key, value, line } of file.facts.pairs) {
    if (key === 'rocketmqHome') {
      changes.push({ key, line, from: value, to: '(that of the release that runs here)' });
      continue;
    }
    // A blank at the end stays: it makes a switch false, and a number its default.
    const to = rewritten(server, key, value.trim(), options) ?? value;
    config[key] = to;
    if (to !== value) changes.push({ key, line, from: value, to });
  }
  for (const [key, to] of Object.entries(added(server, config, options))) {
    config[key] = to;
    changes.push({ key, line: null, from: null, to });
  }
  for (const [key, value] of Object.entries(options.overrides)) {
    if (server.role !== 'broker') continue;
    changes.push({ key, line: null, from: config[key] ?? null, to: String(value) });
    config[key] = String(value);
  }
  return { config, changes };
}

/** The value that a key takes, null when it stays. */
function rewritten(server: Server, key: string, value: string, options: RewriteOptions): string | null {
  const at = (address: string) => placed(server, key, address, options.addresses);
  // One name for all controllers would lead to the user's.
  if (key === dnsSwitch) return 'false';
  if (key === 'controllerAddr' && server.file.flag(dnsSwitch)) return options.controllers.join(';');
  if ([...addressLists, ...peerLists].includes(key) && /;\s|\s;/.test(value))
    throw new SetupError(
      `${server.file.path}:${server.file.line(key)} ${key} has a blank beside a semicolon, which RocketMQ takes for a part of the address: remove it.`,
    );
  if (addressLists.includes(key)) return splitList(value).map(at).join(';');
  if (peerLists.includes(key))
    return splitList(value)
      .map((peer) => `${peer.slice(0, peer.indexOf('-') + 1)}${at(peerAddress(peer))}`)
      .join(';');
  if (ownHosts.includes(key)) return loopback;
  if (key === 'listenPort') return portOf(at(server.address));
  if (key === 'haListenPort') return String(Number(portOf(at(server.address))) + 1);
  if (key.endsWith('Port') && Number(value) > 0) return String(options.freePort());
  const moved = movedPaths(server, key, value, options.folder);
  if (moved !== null) return moved;
  if (elsewhere.test(value) && options.overrides[key] === undefined)
    throw new SetupError(
      `${server.file.path}:${server.file.line(key)} ${key} = ${value} leads to another machine, and the rehearsal does not know what is there: give another value with --set ${key}=…, or leave the key out of a copy of the file.`,
    );
  return null;
}

/** Whatever the key is: an absolute path would lead to files of the user's. Null when there is none. */
function movedPaths({ file }: Server, key: string, value: string, folder: string): string | null {
  const parts = value.split(',').map((part) => part.trim());
  const paths = parts.filter((part) => path.isAbsolute(part));
  if (paths.length === 0) return null;
  if (parts.some((part) => part !== '' && !path.isAbsolute(part)))
    throw new SetupError(
      `${file.path}:${file.line(key)} ${key} = ${value} mixes absolute paths with others: write all of them as absolute ones.`,
    );
  return paths.map((part) => below(folder, part)).join(',');
}

/** An address, alone or in a list. */
const elsewhere = /(^|[;,/@])[\w-]+(\.[\w-]+)+:\d{2,5}($|[;,/])/;

/** Keys that the file leaves to their defaults, which would be those of the user's machine. */
function added(server: Server, config: Readonly<Record<string, string>>, { addresses }: RewriteOptions) {
  const wanted: Record<string, string> = {};
  const own = placed(server, 'listenPort', server.address, addresses);
  if (server.role !== 'controller') wanted.listenPort = portOf(own);
  if (server.role === 'broker') Object.assign(wanted, { brokerIP1: loopback, brokerIP2: loopback });
  wanted.bindAddress = loopback;
  return Object.fromEntries(Object.entries(wanted).filter(([key]) => config[key] === undefined));
}

function placed({ file }: Server, key: string, address: string, addresses: LabAddresses): string {
  const place = addresses.get(sameAddress(address));
  if (place !== undefined) return place;
  throw new SetupError(
    `${file.path}:${file.line(key)} ${key} names ${address}, and no file of a process there was given: add it, or the rehearsal would reach for your cluster.`,
  );
}

/** Where an absolute path of the user's lies in the rehearsal. */
export function below(folder: string, absolute: string): string {
  return path.join(folder, 'files', absolute);
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}
