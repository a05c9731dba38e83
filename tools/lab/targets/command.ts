import path from 'node:path';
import { globSync, readFileSync } from 'node:fs';
import { releases } from '../../../reference-impl/base/release.ts';
import { hostsText } from '../hosts-text.ts';
import { propertiesText } from '../properties-text.ts';
import { type Settings, SettingsFile } from '../settings-file.ts';
import { SetupError } from '../setup-error.ts';
import { targetProfiles } from '../profile.ts';
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
const featuresFolder = path.resolve(import.meta.dirname, '../../../features');

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
  const dialling = diallingOf(yaml, commands, Object.values(environment));
  const config = readConfig(yaml.mapping('config'), here);
  const ready = readReadiness(yaml.mapping('ready'));
  const signals = readSignals(yaml.mapping('stop'));
  const target: Target = {
    name: ownName(yaml, file),
    release: yaml.oneOf('release', releases),
    version: yaml.text('version', 'unknown version'),
    apacheVersion: null,
    support: readSupport(yaml, new Set(commands.keys())),
    dialling,
    defaultProfile: yaml.keys.includes('profile') ? yaml.oneOf('profile', targetProfiles) : 'tuned',
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

/** A name that other targets may have would stand for them in reports and in the cache of the matrix. */
function ownName(yaml: SettingsFile, file: string): string {
  const name = yaml.text('name');
  if (/^(reference|apache|dist):/.test(name))
    throw new SetupError(`${file}: another target is called ${name}: name it otherwise.`);
  return name;
}

/** By what each role that dials others is told; one that dials past the lab would make cuts of its links look proved. */
function diallingOf(
  yaml: SettingsFile,
  commands: ReadonlyMap<Role, readonly string[]>,
  environment: readonly string[],
): Target['dialling'] {
  const diallers = (['controller', 'broker'] as const).filter((role) => commands.has(role));
  const told = (placeholder: Placeholder) =>
    diallers.filter((role) => [...commands.get(role)!, ...environment].join(' ').includes(`{${placeholder}}`));
  for (const placeholder of ['dials', 'hosts'] as const) {
    const those = told(placeholder);
    yaml.checked('commands', () => {
      if (those.length === 1 && diallers.length === 2)
        throw new SetupError(`{${placeholder}} is given to the ${those[0]} alone: give it to controllers and brokers`);
    });
    if (those.length > 0) return placeholder === 'dials' ? 'address-book' : 'hosts';
  }
  return 'configuration';
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

/** A role needs a command. Of these and the other abilities the file names those that there are, or says nothing: all. */
function readSupport(yaml: SettingsFile, commanded: ReadonlySet<Role>): Support {
  const saysNothing = !yaml.keys.includes('supports');
  const listed = yaml.texts('supports');
  yaml.checked('supports', () => {
    const unknown = listed.find((word) => !abilities.some((ability) => ability === word));
    if (unknown !== undefined) throw new SetupError(`"${unknown}" is unknown, known are ${abilities.join(', ')}`);
    const idle = roles.find((role) => listed.includes(role) && !commanded.has(role));
    if (idle !== undefined) throw new SetupError(`${idle} has no command`);
  });
  const isRole = (ability: Ability): ability is Role => roles.some((role) => role === ability);
  const says = (ability: Ability) => saysNothing || listed.includes(ability);
  const has = (ability: Ability) => says(ability) && (!isRole(ability) || commanded.has(ability));
  return { abilities: new Set(abilities.filter(has)), lacks: readLacks(yaml) };
}

/** By tag, as features have it. */
function readLacks(yaml: SettingsFile): Record<string, string> {
  const lacks = Object.entries(texts(yaml.settings('lacks')));
  const tagged = lacks.map(([tag, reason]) => [tag.startsWith('@') ? tag : `@${tag}`, reason] as const);
  yaml.checked('lacks', () => {
    const known = lacks.length === 0 ? null : tagsOfFeatures();
    const unknown = tagged.find(([tag]) => !known!.has(tag));
    if (unknown !== undefined) throw new SetupError(`no feature has the tag ${unknown[0]}`);
  });
  return Object.fromEntries(tagged);
}

function tagsOfFeatures(): Set<string> {
  const files = globSync('**/*.feature', { cwd: featuresFolder });
  const lines = files.flatMap((file) => readFileSync(path.join(featuresFolder, file), 'utf8').split('\n'));
  return new Set(lines.flatMap((line) => (line.trimStart().startsWith('@') ? line.trim().split(/\s+/) : [])));
}

function texts(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]));
}
