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
