import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pageUrl, type References } from '../doctor/references.ts';
import { parseRequirements, type Requirement, taggedScenarios } from '../report/requirements.ts';
import { projectRoot } from './run.ts';

const read = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8');

/** Looks requirements up in `matrix/requirements.yaml` and scenarios in `features`. Each throws for what is not there. */
export function readReferences(): References {
  const families = parseRequirements(read('matrix/requirements.yaml'));
  const known = new Map(families.flatMap(({ requirements }) => requirements).map((entry) => [entry.id, entry]));
  const files = globSync('features/**/*.feature', { cwd: projectRoot }).sort();
  const scenarios = files.flatMap((file) => taggedScenarios(file, read(file)));
  return {
    requirement(id) {
      const { text, page } = found(known.get(id), `requirement ${id}`) satisfies Requirement;
      return { id, text, page, url: pageUrl(page) };
    },
    scenario({ tag, scenario: name }) {
      const match = scenarios.find((scenario) => scenario.name === name && scenario.tags.includes(tag));
      const { uri, line } = found(match, `scenario "${name}" tagged @${tag}`);
      return `${uri}:${line}`;
    },
  };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}: a rule of the doctor names it.`);
  return value;
}
