import { loadConfiguration, loadSources } from '@cucumber/cucumber/api';
import { SetupError } from '../lab/setup-error.ts';
import type { NamedScenario } from '../report/scenario-names.ts';
import { readDurations, scenariosOfShard } from '../report/shards.ts';
import type { Shard } from '../report/types.ts';
import { projectRoot } from './run.ts';

/** The scenarios that Cucumber would run for these paths and tags. Throws `SetupError` for features that are no Gherkin. */
export async function selectScenarios(features: readonly string[], tags: string | null): Promise<NamedScenario[]> {
  const environment = { cwd: projectRoot };
  const provided = { paths: [...features], ...(tags === null ? {} : { tags }) };
  const { runConfiguration } = await loadConfiguration({ file: false, provided }, environment);
  const { plan, errors } = await loadSources(runConfiguration.sources, environment);
  const [error] = errors;
  if (error) throw new SetupError(`${error.uri}:${error.location.line}: ${error.message}`);
  return plan.map(({ uri, location, name }) => ({ uri, line: location.line, name }));
}

/** Throws `SetupError` for paths without a scenario, each by itself, and for a selection by tags that is empty. */
export async function assertSelects(features: readonly string[], tags: string | null): Promise<void> {
  for (const feature of features.length > 1 ? features : [])
    if ((await selectScenarios([feature], null)).length === 0) throw noScenarios([feature], null);
  if ((await selectScenarios(features, tags)).length === 0) throw noScenarios(features, tags);
}

function noScenarios(features: readonly string[], tags: string | null): SetupError {
  const tagged = tags === null ? '' : ` with tags ${tags}`;
  return new SetupError(`No scenario is in ${features.join(' ')}${tagged}: \`npm run list -- features\` has them all.`);
}

/** Paths for Cucumber that select the scenarios of one shard: `file:line:line`. None when the shard is empty. */
export async function pathsOfShard(
  features: readonly string[],
  tags: string | null,
  shard: Shard,
  profile: string,
): Promise<string[]> {
  const chosen = scenariosOfShard(await selectScenarios(features, tags), readDurations(profile), shard);
  const byFile = Map.groupBy(chosen, ({ uri }) => uri);
  return [...byFile].map(([uri, scenarios]) => [uri, ...scenarios.map(({ line }) => line)].join(':'));
}
