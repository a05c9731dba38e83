import type { Settings } from '../settings-file.ts';
import type { Site, SiteMember } from './site.ts';

const placeholder = /\{([\w.]+)\}/g;

type Words = Readonly<Record<string, string>>;

/**
 * Words that placeholders stand for, of one member at its site:
 * `{name} {host} {address} {group} {conf} {store} {home}` of the member, the same with `master.` before them of the master of
 * its group, and `{namesrvs} {controllers} {controller} {peers} {cluster}` of the site.
 */
export function wordsOf(site: Site, member: SiteMember, masters: ReadonlyMap<string, SiteMember>): Words {
  const controllers = site.members.filter(isController);
  const master = masters.get(member.replaces ?? member.group ?? '');
  const ofMaster = Object.entries(master === undefined ? {} : ownWords(master));
  return {
    ...Object.fromEntries(ofMaster.map(([name, word]) => [`master.${name}`, word])),
    namesrvs: site.namesrvs.map(({ address }) => address).join(';'),
    controllers: controllers.map(({ controllerAddress }) => controllerAddress).join(';'),
    controller: controllers[0]?.controllerAddress ?? '',
    peers: controllers.map(peerOf).join(';'),
    cluster: site.clusterName,
    ...ownWords(member),
  };
}

/** The same for sentences that people read: what the owner of the site calls things goes first. */
export function readWordsOf(site: Site, member: SiteMember, masters: ReadonlyMap<string, SiteMember>): Words {
  const master = masters.get(member.replaces ?? member.group ?? '');
  const ofMaster = Object.entries(master?.words ?? {}).map(([name, word]) => [`master.${name}`, word]);
  return { ...wordsOf(site, member, masters), ...Object.fromEntries(ofMaster), ...member.words };
}

function ownWords(member: SiteMember): Words {
  return {
    name: member.name,
    host: member.address.slice(0, member.address.lastIndexOf(':')),
    address: member.address,
    group: member.group ?? '',
    conf: member.prepared.configFile,
    store: member.storeFolder ?? '',
    home: member.prepared.folder,
  };
}

/** The text with every known placeholder filled. */
export function fill(text: string, words: Words): string {
  return text.replaceAll(placeholder, (whole, name: string) => words[name] ?? whole);
}

/** Values of a configuration with their placeholders filled. */
export function fillSettings(settings: Settings, words: Words): Settings {
  const filled = Object.entries(settings).map(([key, value]) => [
    key,
    typeof value === 'string' ? fill(value, words) : value,
  ]);
  return Object.fromEntries(filled) as Settings;
}

/** A controller as `controllerDLegerPeers` names it. */
function peerOf({ controllerAddress, prepared }: SiteMember, i: number): string {
  return `${prepared.config.controllerDLegerSelfId ?? `n${i}`}-${controllerAddress}`;
}

/** Whether a member is or carries a controller now, or joins to be one; two that share an address count once. */
function isController(member: SiteMember, _: number, all: readonly SiteMember[]): boolean {
  if (member.controllerAddress === null) return false;
  return all.find(({ controllerAddress }) => controllerAddress === member.controllerAddress) === member;
}
