import path from 'node:path';
import { readFileSync } from 'node:fs';
import { releases } from '../../../reference-impl/base/release.ts';
import { hostsText } from '../hosts-text.ts';
import { propertiesText } from '../properties-text.ts';
import { type Settings, SettingsFile } from '../settings-file.ts';
import { SetupError } from '../setup-error.ts';
import {
  abilities,
  type Ability,
  type LaunchSpec,
  type Readiness,
  type Role,
  roles,
  type Signals,
  type Support,
  type Target,
} from './target.ts';

/** What command lines and environment may name in braces. */
const placeholders = ['config', 'folder', 'here', 'hosts', 'dials'] as const;
type Placeholder = (typeof placeholders)[number];
const inBraces = /\{(\w+)\}/g;

/** How the keys of a RocketMQ configuration come to the target. */
interface ConfigRules {
  /** Key to the name that the target gives it. */
  readonly rename: Settings;
  /** Keys that it is not given. */
  readonly drop: readonly string[];
  /** Keys of its own. */
  readonly set: Settings;
  /** Text of a file with `{{key}}` in it; a role without one gets a properties file. */
  readonly templates: ReadonlyMap<Role, string>;
}

/**
 * A target that a YAML file describes: a command line for each role it plays, and how it is configured, found ready and
 * ended. `docs/targets.md` has the keys. Throws `SetupError` naming file and key.
 */
export function commandTarget(file: string): Target {
  const yaml = SettingsFile.readFile(file);
  const here = path.dirname(file);
  const commands = readCommands(yaml.mapping('commands'));
  const environment = texts(yaml.settings('environment'));
  for (const words of [...commands.values(), Object.values(environment)]) checkPlaceholders(yaml, words);
  const named = new Set([...[...commands.values()].flat().join(' ').matchAll(inBraces)].map(([, name]) => name));
  const config = readConfig(yaml.mapping('config'), here);
  const ready = readReadiness(yaml.mapping('ready'));
  const signals = readSignals(yaml.mapping('stop'));
  const target: Target = {
    name: yaml.text('name'),
    release: yaml.oneOf('release', releases),
    version: yaml.text('version', 'unknown version'),
    apacheVersion: null,
    support: readSupport(yaml, new Set(commands.keys())),
    dialling: named.has('dials') ? 'address-book' : named.has('hosts') ? 'hosts' : 'configuration',
    defaultProfile: yaml.text('profile', 'tuned'),
    prepare: async () => undefined,
    configText: (role, settings) => configText(role, settings, config),
    launch(spec) {
      const { values, files } = placed(spec, here);
      const fill = (text: string) => text.replaceAll(inBraces, (_, name) => values[name as Placeholder]);
      const [command, ...args] = commands.get(spec.role)!.map(fill);
      const env = Object.fromEntries(Object.entries(environment).map(([key, text]) => [key, fill(text)]));
      return { command: command!, args, env, files, logFolder: null, signals, ready };
    },
  };
  yaml.end();
  return target;
}

/** Values of the placeholders for one process, and the files that some of them name. */
function placed({ folder, configFile, hosts, dials }: LaunchSpec, here: string) {
  const values: Record<Placeholder, string> = {
    config: configFile,
    folder,
    here,
    hosts: path.join(folder, 'hosts'),
    dials: path.join(folder, 'address-book.json'),
  };
  return { values, files: { [values.hosts]: hostsText(hosts), [values.dials]: JSON.stringify(dials, null, 1) } };
}

function readCommands(yaml: SettingsFile): Map<Role, readonly string[]> {
  const commands = new Map<Role, readonly string[]>();
  for (const role of roles) {
    const words = yaml.texts(role);
    if (words.length > 0) commands.set(role, words);
  }
  yaml.end();
  return commands;
}

function checkPlaceholders(yaml: SettingsFile, words: readonly string[]): void {
  for (const [braces, name] of words.join(' ').matchAll(inBraces)) {
    const known = placeholders.some((placeholder) => placeholder === name);
    yaml.checked('commands', () => {
      if (!known) throw new SetupError(`${braces} is unknown, known are {${placeholders.join('}, {')}}`);
    });
  }
}

function readConfig(yaml: SettingsFile, here: string): ConfigRules {
  const templates = yaml.mapping('templates');
  const files = roles.flatMap((role) => (templates.keys.includes(role) ? [[role, templates.text(role)] as const] : []));
  const read = ([role, name]: readonly [Role, string]) =>
    [role, templates.checked(role, () => readFileSync(path.resolve(here, name), 'utf8'))] as const;
  const rules: ConfigRules = {
    rename: yaml.settings('rename'),
    drop: yaml.texts('drop'),
    set: yaml.settings('set'),
    templates: new Map(files.map(read)),
  };
  templates.end();
  yaml.end();
  return rules;
}

function configText(role: Role, settings: Settings, { rename, drop, set, templates }: ConfigRules): string {
  const kept = Object.entries(settings).filter(([key]) => !drop.includes(key));
  const renamed = { ...Object.fromEntries(kept.map(([key, value]) => [String(rename[key] ?? key), value])), ...set };
  const template = templates.get(role);
  if (template === undefined) return propertiesText(renamed);
  return template.replaceAll(/\{\{([\w.-]+)\}\}/g, (_, key: string) => String(renamed[key] ?? ''));
}

function readReadiness(yaml: SettingsFile): Readiness {
  const pattern = yaml.keys.includes('output') ? yaml.text('output') : null;
  const probe = yaml.keys.includes('probe') ? yaml.oneOf('probe', ['answer', 'connect']) : 'answer';
  const output = pattern === null ? null : yaml.checked('output', () => new RegExp(pattern));
  yaml.end();
  return { output, probe };
}

function readSignals(yaml: SettingsFile): Signals {
  const stop = yaml.keys.includes('signal')
    ? yaml.oneOf('signal', ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'])
    : 'SIGTERM';
  const stopReaches = yaml.keys.includes('reaches') ? yaml.oneOf('reaches', ['first', 'all']) : 'first';
  yaml.end();
  return { stop, stopReaches };
}

/** A role needs a command; of the other abilities the file names those that there are, or says nothing: all. */
function readSupport(yaml: SettingsFile, commanded: ReadonlySet<Role>): Support {
  const listed = yaml.texts('supports');
  yaml.checked('supports', () => {
    const unknown = listed.find((word) => !abilities.some((ability) => ability === word));
    if (unknown !== undefined) throw new SetupError(`"${unknown}" is unknown, known are ${abilities.join(', ')}`);
    const idle = roles.find((role) => listed.includes(role) && !commanded.has(role));
    if (idle !== undefined) throw new SetupError(`${idle} has no command`);
  });
  const isRole = (ability: Ability): ability is Role => roles.some((role) => role === ability);
  const says = (ability: Ability) => listed.length === 0 || listed.includes(ability);
  const has = (ability: Ability) => (isRole(ability) ? commanded.has(ability) : says(ability));
  return { abilities: new Set(abilities.filter(has)), lacks: texts(yaml.settings('lacks')) };
}

function texts(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]));
}
