import { rmSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { missingTools } from '../cli/tools-present.ts';
import { projectRoot } from '../cli/run.ts';
import { Inconclusive } from '../lab/inconclusive.ts';
import { exitWhenInterrupted } from '../lab/interrupts.ts';
import { ProcessExit } from '../lab/process-exit.ts';
import { readProfile } from '../lab/profile.ts';
import { SetupError } from '../lab/setup-error.ts';
import { parseTargets } from '../lab/targets.ts';
import { ConditionFailure } from '../lab/until.ts';
import { type ClientVersion, prepareJavaClient } from './java-client.ts';
import { playRound, type Round } from './round.ts';

/** The longest first. */
const rounds: readonly (Round & { readonly client: ClientVersion })[] = [
  {
    client: '4.9.7',
    title: 'a controller-mode pair loses its master, old NameServer and controller apart',
    topology: ['nameservers/old-and-controller', 'brokers/controller-mode'],
    brokerConfig: { allAckInSyncStateSet: true },
    killsMaster: true,
    asksTools: false,
  },
  {
    client: '5.3.3',
    title: 'a controller-mode pair loses its master',
    topology: ['nameservers/new-with-controller', 'brokers/controller-mode'],
    brokerConfig: { allAckInSyncStateSet: true },
    killsMaster: true,
    asksTools: true,
  },
  {
    client: '4.9.7',
    title: 'an old pair with fixed roles, undisturbed',
    topology: ['nameservers/old', 'brokers/old'],
    brokerConfig: {},
    killsMaster: false,
    asksTools: false,
  },
];
/** Side by side: a 4.9.7 consumer spends 30 s on a pull whose broker closed without a reset. */
const lanes = 2;

const program = new Command('stock-clients')
  .description("Plays Apache's own Java clients and mqadmin against an implementation. Needs java, javac and mvn.")
  .option('--target <list>', 'reference, or apache:<new>[,apache:<old>]', 'reference')
  .addHelpText('after', '\nExit codes: 0 all pass or skipped, 1 a promise was broken, 2 inconclusive, 3 set-up.');

program.action(async ({ target }: { target: string }) => {
  const missing = await missingTools('java', 'javac', 'mvn');
  if (missing.length > 0) {
    console.log(`SKIPPED: no ${missing.join(' and no ')} on PATH, so no stock client can run here.`);
    return;
  }
  try {
    process.exitCode = Math.max(...(await playAll(target)));
  } catch (thrown) {
    console.error(thrown instanceof SetupError ? thrown.message : thrown);
    process.exitCode = thrown instanceof SetupError ? 3 : 2;
  }
});

/** Plays every round; returns their exit codes. */
async function playAll(target: string): Promise<number[]> {
  const targets = parseTargets(target);
  await targets.prepare();
  const profile = readProfile(targets.defaultProfile);
  const evidence = path.join(projectRoot, 'test-results', 'stock-clients');
  rmSync(evidence, { recursive: true, force: true });
  const left = rounds.entries();
  const codes: number[] = [];
  const lane = async () => {
    for (const [index, round] of left) {
      const startedMs = Date.now();
      const lines = [`client ${round.client}: ${round.title}`];
      const print = (line: string) => void lines.push(`  ${line}`);
      const client = await prepareJavaClient(round.client);
      const folder = path.join(evidence, `${index + 1}-client-${round.client}`);
      const { code, text } = await playRound(round, { client, targets, profile, folder, print }).then(passed, failed);
      print(`${text}, ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
      console.log(lines.join('\n'));
      codes.push(code);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return codes;
}

function passed() {
  return { code: 0, text: 'pass' };
}

/** A broken promise, or a set-up in which none could be judged. */
function failed(thrown: unknown) {
  if (thrown instanceof SetupError) throw thrown;
  if (thrown instanceof Inconclusive) return { code: 2, text: `inconclusive: ${thrown.message}` };
  const judged = thrown instanceof ConditionFailure || thrown instanceof ProcessExit;
  return { code: 1, text: `FAIL: ${judged ? thrown.message : ((thrown as Error).stack ?? String(thrown))}` };
}

exitWhenInterrupted();
await program.parseAsync();
