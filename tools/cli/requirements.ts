import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { coverageOf, isWhole, parseRequirements, renderCoverage, taggedScenarios } from '../report/requirements.ts';
import { projectRoot } from './run.ts';

/** Which documented statement has which scenario. Exit code 1: one has neither scenario nor reason, or a tag is unknown. */
const read = (file: string) => readFileSync(path.join(projectRoot, file), 'utf8');
const families = parseRequirements(read('matrix/requirements.yaml'));
const features = globSync('features/**/*.feature', { cwd: projectRoot }).sort();
const coverage = coverageOf(
  families,
  features.flatMap((file) => taggedScenarios(file, read(file))),
);
console.log(renderCoverage(coverage));
process.exitCode = isWhole(coverage) ? 0 : 1;
