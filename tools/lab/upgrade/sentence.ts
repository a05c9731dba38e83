import type { Settings } from '../settings-file.ts';
import type { Site, SiteMember } from './site.ts';

const placeholder = /\{([\w.]+)\}/g;

type Words = Readonly<Record<string, string>>;

/**
 * Words that placeholders stand for, of one member at its site:
 * `{name} {host} {address} {group} {conf} {store} {home}` of the member, the same with `master.` before them of the master of
 * its group, and `{namesrvs} {controllers} {controller} {peers} {cluster}` of the site. `words` of a member go before what
 * is made up here.
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
    peers: controllers.map(({ controllerAddress }, i) => `n${i}-${controllerAddress}`).join(';'),
    cluster: site.clusterName,
    ...ownWords(member),
  };
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
    ...member.words,
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

/** Whether a member is or carries a controller now, or joins to be one; two that share an address count once. */
function isController(member: SiteMember, _: number, all: readonly SiteMember[]): boolean {
  if (member.controllerAddress === null) return false;
  return all.find(({ controllerAddress }) => controllerAddress === member.controllerAddress) === member;
}
