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
  .addHelpText('after', '\nExit codes: 0 nothing lost, 1 something was, 2 inconclusive, 3 usage or set-up.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));

async function drill(options: { target: string; release: string; moments: number; seed: number }): Promise<number> {
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
    onMoment: (text) => console.log(text),
  });
  for (const { check, text } of violations) console.error(`${check}: ${text}`);
  console.log(
    `${options.moments} kills, ${acknowledged} acknowledged messages, ${violations.length} violations; seed ${options.seed}`,
  );
  return violations.length === 0 ? 0 : 1;
}

exitWhenInterrupted();
program.action(async (options: Parameters<typeof drill>[0]) => {
  try {
    process.exitCode = await drill(options);
  } catch (thrown) {
    console.error(thrown instanceof SetupError ? thrown.message : thrown);
    process.exitCode = thrown instanceof SetupError ? 3 : 2;
  }
});
await program.parseAsync();
