import path from 'node:path';
import { Command } from 'commander';
import { crashDrill } from '../lab/crash-drill.ts';
import { readProfile } from '../lab/profile.ts';
import { SetupError } from '../lab/setup-error.ts';
import { parseTargets } from '../lab/targets.ts';
import { positiveInteger } from './arguments.ts';
import { exitWhenInterrupted } from '../lab/interrupts.ts';
import { projectRoot } from './run.ts';

const program = new Command('drill')
  .description('Kills a broker with SIGKILL at seeded moments under load; every acknowledged message must survive.')
  .option('--target <list>', 'as for conformance', 'reference')
  .option('--release <release>', 'old or new', 'new')
  .option('--moments <count>', 'kills', positiveInteger, 50)
  .option('--seed <number>', 'seed of the moments', positiveInteger, 1)
  .option('--json', 'print the outcome as JSON, all else on standard error: npm run -s drill -- --json')
  .addHelpText('after', '\nExit codes: 0 nothing lost, 1 something was, 2 inconclusive, 3 usage or set-up.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));

interface Options {
  readonly target: string;
  readonly release: string;
  readonly moments: number;
  readonly seed: number;
  readonly json?: true;
}

async function drill(options: Options): Promise<number> {
  if (options.release !== 'old' && options.release !== 'new') throw new SetupError('--release is old or new.');
  const targets = parseTargets(options.target);
  await targets.prepare();
  const { acknowledged, violations } = await crashDrill({
    targets,
    release: options.release,
    moments: options.moments,
    seed: options.seed,
    profile: readProfile(targets.defaultProfile),
    toxiproxyUrl: null,
    evidenceFolder: path.join(projectRoot, 'test-results', `drill-${options.release}`),
    onMoment: options.json ? console.error : console.log,
  });
  for (const { check, text } of violations) console.error(`${check}: ${text}`);
  const { target, release, moments, seed } = options;
  if (options.json) console.log(JSON.stringify({ target, release, moments, seed, acknowledged, violations }, null, 1));
  else
    console.log(
      `${moments} kills, ${acknowledged} acknowledged messages, ${violations.length} violations; seed ${seed}`,
    );
  return violations.length === 0 ? 0 : 1;
}

exitWhenInterrupted();
program.action(async (options: Options) => {
  try {
    process.exitCode = await drill(options);
  } catch (thrown) {
    console.error(thrown instanceof SetupError ? thrown.message : thrown);
    process.exitCode = thrown instanceof SetupError ? 3 : 2;
  }
});
await program.parseAsync();
