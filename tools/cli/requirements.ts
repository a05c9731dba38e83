import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { coverageOf, isWhole, readRequirements, renderCoverage, taggedScenarios } from '../report/requirements.ts';
import { projectRoot } from './run.ts';

const program = new Command('requirements')
  .description('Which documented statement has which scenario, or why it has none.')
  .option('--json', 'as JSON: npm run -s requirements -- --json')
  .addHelpText(
    'after',
    '\nExit codes: 0 each has a scenario or a reason, 1 one has neither or both, or a tag is unknown, 3 usage.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3))
  .action(({ json }: { json?: true }) => {
    const features = globSync('features/**/*.feature', { cwd: projectRoot }).sort();
    const scenarios = features.flatMap((file) =>
      taggedScenarios(file, readFileSync(path.join(projectRoot, file), 'utf8')),
    );
    const coverage = coverageOf(readRequirements(), scenarios);
    console.log(json ? JSON.stringify(coverage, null, 1) : renderCoverage(coverage));
    process.exitCode = isWhole(coverage) ? 0 : 1;
  });
program.parse();
