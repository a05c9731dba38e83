import { Command } from 'commander';
import { positiveInteger } from '../cli/arguments.ts';
import { exitWhenInterrupted } from '../lab/interrupts.ts';
import { SetupError } from '../lab/setup-error.ts';
import { parseTargets, type Targets } from '../lab/targets.ts';
import { benchBoot } from './boot-bench.ts';
import { benchFailover } from './failover-bench.ts';
import { benchSend } from './send-bench.ts';

const program = new Command('bench')
  .description('Measures an implementation. Figures for comparison; nothing is judged.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));

function measurement(name: string, description: string, bench: (targets: Targets) => Promise<void>): void {
  program
    .command(name)
    .description(description)
    .option('--target <list>', 'reference, or apache:<new>', 'reference')
    .action(async ({ target }: { target: string }) => {
      const targets = parseTargets(target);
      await targets.prepare();
      const { name, version } = targets.new;
      console.log(
        `${version}${name.startsWith('apache') ? ', with the JVM options of the lab: heap 256 MiB, quick compiler only' : ''}`,
      );
      await bench(targets);
    });
}

measurement('send', 'messages/s, latency and CPU time per message, and their ratio to a naive server', benchSend);
measurement('boot', 'time from start to ready of each process, and to a pair in sync', benchBoot);

program
  .command('failover')
  .description('time from the loss of a master to the first accepted write')
  .option('--target <list>', 'reference, or apache:<new>', 'reference')
  .option('--beside <list>', 'another target, measured in the same run')
  .option('--profile <name>', 'documented or compressed', 'documented')
  .option('--runs <number>', 'losses of each kind', positiveInteger, 10)
  .action(async ({ target, beside, profile, runs }: FailoverArguments) => {
    const targets = [target, ...(beside === undefined ? [] : [beside])].map((text) => parseTargets(text));
    for (const prepared of targets) await prepared.prepare();
    await benchFailover({ targets, profile, runs });
  });

interface FailoverArguments {
  readonly target: string;
  readonly beside?: string;
  readonly profile: string;
  readonly runs: number;
}

exitWhenInterrupted();
try {
  await program.parseAsync();
} catch (thrown) {
  console.error(thrown instanceof SetupError ? thrown.message : thrown);
  process.exitCode = thrown instanceof SetupError ? 3 : 1;
}
