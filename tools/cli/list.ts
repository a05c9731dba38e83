import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Argument, Command } from 'commander';
import { allReleases } from '../lab/targets/apache-releases.ts';
import { planNames, readPlan } from '../lab/upgrade/plan-file.ts';
import { projectRoot } from './run.ts';
import { selectScenarios } from './select-scenarios.ts';

/** Something that a command takes by this name. */
interface Listed {
  readonly name: string;
  readonly about: string;
}

const read = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8');
const find = (pattern: string) => globSync(pattern, { cwd: projectRoot }).sort();

/** The comment at the head of a file. */
function head(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^# ?/, ''))
    .join(' ');
}

/** YAML files below a folder of `configs`, by their path there, with the comment at their head. */
function configs(folder: string): Listed[] {
  return find(`configs/${folder}/**/*.yaml`).map((file) => ({
    name: file.slice(`configs/${folder}/`.length, -'.yaml'.length),
    about: head(read(file)) || 'what its keys say',
  }));
}

const lists: Readonly<Record<string, () => readonly Listed[] | Promise<readonly Listed[]>>> = {
  targets: () => [
    { name: 'reference:new', about: 'the reference of this repository, as 5.3.3' },
    { name: 'reference:old', about: 'the same, as 4.9.7, which knows no controller' },
    ...allReleases().map(({ version, missing = [] }) => ({
      name: `apache:${version}`,
      about: missing.length === 0 ? 'Apache RocketMQ, whole' : `Apache RocketMQ, without ${missing.join(', ')}`,
    })),
    ...find('configs/targets/*.yaml').map((file) => ({ name: file, about: head(read(file)) })),
    { name: 'dist:<folder>', about: 'an unpacked distribution, by the scripts in its bin' },
    { name: '<file>.yaml', about: 'a command line for each role: docs/targets.md' },
  ],
  features: async () => {
    const scenarios = Map.groupBy(await selectScenarios(['features'], null), ({ uri }) => uri);
    return find('features/**/*.feature').map((file) => {
      const title = /^Feature: (.*)$/m.exec(read(file))![1]!;
      return { name: file, about: `${title}: ${scenarios.get(file)?.length ?? 0} scenarios` };
    });
  },
  plans: () => planNames().map((name) => ({ name, about: readPlan(name).title })),
  profiles: () => configs('profiles'),
  topologies: () => configs('topologies'),
};

const program = new Command('list')
  .description('What other commands take by name.')
  .addArgument(new Argument('<what>', 'which list').choices(Object.keys(lists)))
  .option('--json', 'as JSON')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3))
  .action(async (what: string, { json }: { json?: true }) => {
    const listed = await lists[what]!();
    const width = Math.max(...listed.map(({ name }) => name.length));
    const lines = listed.map(({ name, about }) => `${name.padEnd(width)}  ${about}`);
    console.log(json ? JSON.stringify(listed, null, 1) : lines.join('\n'));
  });
await program.parseAsync();
