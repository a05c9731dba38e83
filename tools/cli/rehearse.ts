import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { Command } from 'commander';
import { Assignments } from '../doctor/assignments.ts';
import { readDeployment } from '../doctor/read-deployment.ts';
import { Inconclusive } from '../lab/inconclusive.ts';
import { interruptedCode, interruption } from '../lab/interrupts.ts';
import { reapOrphans } from '../lab/process-registry.ts';
import { SetupError } from '../lab/setup-error.ts';
import { parseOneTarget } from '../lab/targets.ts';
import { actionText, type PlayEvent } from '../lab/upgrade/player.ts';
import type { ScriptStep } from '../lab/upgrade/script.ts';
import { versionOf } from '../lab/upgrade/version-of.ts';
import { userFolder } from '../lab/user-folder.ts';
import { startWatcher } from '../lab/watcher.ts';
import { choosePlan } from '../rehearse/choose-plan.ts';
import { notesOf } from '../rehearse/notes.ts';
import { interruptedText, type Reached } from '../rehearse/interrupted.ts';
import { Rehearsal, type RehearsalOptions } from '../rehearse/rehearsal.ts';
import { renderMarkdown, type Runbook, runbookOf } from '../rehearse/runbook.ts';
import { renderRunbookHtml } from '../rehearse/runbook-html.ts';
import { type Server, serversOf } from '../rehearse/servers.ts';
import { verdictOf } from '../rehearse/verdict.ts';
import { positiveInteger } from './arguments.ts';
import { runFolderOf } from './finish.ts';

interface Options {
  readonly plan?: string;
  readonly from: string;
  readonly to: string;
  readonly namesrv?: string[];
  readonly controller?: string[];
  readonly broker?: string[];
  readonly add?: string[];
  readonly replaces?: string[];
  readonly store?: string[];
  readonly host?: string[];
  readonly set?: string[];
  readonly profile: string;
  readonly seed: number;
  readonly folder?: string;
  readonly name?: string;
  readonly dryRun?: true;
  readonly step?: true;
  readonly showTheLoss?: true;
  readonly json?: true;
}

/** Where lines for people go. */
type Say = (text: string) => void;

const program = new Command('rehearse')
  .description('Plays an upgrade on your configuration files and copies of your stores, and writes the runbook.')
  .argument('[paths...]', 'configuration files, or folders of files, of the cluster as it is')
  .option('--plan <name>', 'a plan of matrix/plans (default: the one that fits)')
  .option('--from <target>', 'what runs now: reference:old, apache:4.9.7 …', 'reference:old')
  .option('--to <target>', 'what it becomes: reference:new, apache:5.3.3 …', 'reference:new')
  .option('--namesrv <files...>', 'configuration of NameServers')
  .option('--controller <files...>', 'configuration of controllers, also of those that the plan adds')
  .option('--broker <files...>', 'configuration of brokers')
  .option('--add <paths...>', 'files, or folders of files, of what joins: groups beside the old ones, more controllers')
  .option('--replaces <group=group...>', 'which old group an added one takes the place of, where names do not tell')
  .option('--store <file=folder...>', 'store of a broker or controller: it is copied, and only read')
  .option('--host <file=host...>', 'machine of a file, where its own addresses do not tell')
  .option('--set <key=value...>', 'keys of every broker, for the rehearsal alone')
  .option('--profile <name>', 'timings: documented keeps yours, compressed and tuned shorten them', 'documented')
  .option('--seed <number>', 'seed of the traffic', positiveInteger, 1)
  .option('--folder <place>', 'where copies go while it runs (default: in the folder of the run)')
  .option('--name <run>', 'folder of the run in test-results')
  .option('--dry-run', 'print what would be changed and every step, and start nothing')
  .option('--step', 'wait for Enter before each step')
  .option('--show-the-loss', 'play steps that do harm, too, and count what is lost')
  .option(
    '--json',
    'print verdict.json, or the steps of a dry run, all else on standard error: npm run -s rehearse -- --json',
  )
  .addHelpText(
    'after',
    `
Examples:
  npm run rehearse -- --plan master-slave-aligned configs/samples/production-4.9 configs/samples/production/controller-*.conf --dry-run
  npm run rehearse -- conf/ --controller new/controller-*.conf --store broker-a-0.conf=/backup/a-0/store broker-a-1.conf=/backup/a-1/store
  npm run rehearse -- conf/ --plan rolling-restart --from reference:new --to reference:new --step

Exit codes: 0 every step held and nothing was lost, 1 not so, 2 inconclusive, 3 usage or set-up.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));

const interrupted = interruption();
/** How far the rehearsal came. */
const reached: Reached = { where: 'before the first step', kept: null };

async function rehearse(paths: readonly string[], options: Options): Promise<number> {
  const base = userFolder();
  const say: Say = options.json ? console.error : console.log;
  const { namesrv, controller, broker } = options;
  const request = { base, paths, byRole: { namesrv, controller, broker }, hosts: options.host ?? [] };
  const [from, to] = [parseOneTarget(options.from), parseOneTarget(options.to)];
  const version = versionOf(from);
  const versions = version === null ? [] : [`broker=${version}`];
  const nothing = { stores: [], controllerStores: [], hostsByFolder: false, probes: [] };
  const joining = {
    files: filesOf(options.add ?? [], base),
    replaces: new Map((options.replaces ?? []).map((text) => assigned('--replaces', text))),
  };
  const all = { ...request, paths: [...paths, ...joining.files] };
  const { deployment } = readDeployment({ ...all, ...nothing, versions });
  const servers = serversOf(deployment, joining);
  const plan = choosePlan(options.plan, servers, from, to);
  const run = options.name ?? `rehearsal-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  const evidenceFolder = runFolderOf(run);
  const folder = path.resolve(base, options.folder ?? evidenceFolder, `site-${process.pid}`);
  // A named run starts anew: logs of the former one must not be taken for its own.
  rmSync(evidenceFolder, { recursive: true, force: true });
  mkdirSync(evidenceFolder, { recursive: true });
  reached.kept = path.relative(base, evidenceFolder);
  const settings: RehearsalOptions = {
    servers,
    plan,
    from,
    to,
    profile: options.profile,
    seed: options.seed,
    stores: storesOf(options.store ?? [], servers, base),
    folder,
    evidenceFolder,
    overrides: Object.fromEntries((options.set ?? []).map((text) => assigned('--set', text))),
    showTheLoss: options.showTheLoss ?? false,
    onEvent: (event) => tellEvent(event, say),
    onProgress: (text) => say(`… ${text}`),
    ...(options.step ? { mayGoOn: (step) => askForEnter(step, say) } : {}),
  };
  await reapOrphans();
  await using _watcher = startWatcher([folder]);
  say(`${plan.title} (plan ${plan.name}), from ${from.name} to ${to.name}\n${plan.about}\n`);
  // How a process is started is known when its release is there.
  await untilInterrupted(from.prepare());
  await untilInterrupted(to.prepare());
  await using rehearsal = await Rehearsal.prepare(settings);
  tellChanges(rehearsal, say);
  const notes = notesOf(plan, servers);
  for (const note of notes) say(`Note: ${note}\n`);
  const names = { from: from.name, to: to.name };
  if (options.dryRun) {
    await rehearsal.check();
    const script = rehearsal.script();
    for (const step of script)
      say(stepText(script.length, step.number, `${step.stage}: ${actionText(step.action)}`, step.hand));
    writeRunbook(evidenceFolder, runbookOf(plan, { ...names, notes }, script, null, []), say);
    const steps = script.map((step) => stepFields(step, { hand: step.hand }));
    if (options.json) console.log(jsonOf({ plan: plan.name, ...names, notes, steps }));
    return 0;
  }
  const result = await untilInterrupted(rehearsal.play());
  const { lines, exitCode } = verdictOf(result);
  say(`\n${lines.join('\n')}`);
  const steps = result.play.steps.map(({ step, outcome, ms, reason, seen }) => {
    return stepFields(step, { outcome, ms: Math.round(ms), reason, seen });
  });
  const verdict = jsonOf({ plan: plan.name, ...names, exitCode, notes, lines, steps });
  writeFileSync(path.join(evidenceFolder, 'verdict.json'), `${verdict}\n`);
  writeRunbook(evidenceFolder, runbookOf(plan, { ...names, notes }, result.script, result, lines), say);
  if (options.json) console.log(verdict);
  return exitCode;
}

/** A step for programs: which it is, and what there is to say of it. */
function stepFields({ number, stage, action }: ScriptStep, more: object): object {
  return { number, stage, action: actionText(action), ...more };
}

function jsonOf(value: object): string {
  return JSON.stringify(value, null, 1);
}

/** Work that is interrupted ends here; what it started ends with the resources that hold it. */
async function untilInterrupted<T>(work: Promise<T>): Promise<T> {
  const stop = new Promise<never>((_, reject) => {
    const end = () => reject(new Inconclusive('interrupted'));
    if (interrupted.aborted) end();
    interrupted.addEventListener('abort', end, { once: true });
  });
  // Whatever is under way fails when its processes go; that failure is nobody's any more.
  work.catch(() => undefined);
  return await Promise.race([work, stop]);
}

/** Configuration files of files and folders. */
function filesOf(paths: readonly string[], base: string): Set<string> {
  if (paths.length === 0) return new Set();
  const nothing = { byRole: {}, stores: [], controllerStores: [], versions: [], hosts: [], probes: [] };
  const { deployment } = readDeployment({ base, paths, hostsByFolder: false, ...nothing });
  return new Set(deployment.files.map((file) => file.path));
}

function storesOf(texts: readonly string[], servers: readonly Server[], base: string): Map<Server, string> {
  const files = servers.map(({ file }) => file);
  const assignments = new Assignments('--store', texts, files);
  return new Map(
    servers.flatMap((server) => {
      const given = assignments.of(server.file);
      return given === null ? [] : [[server, path.resolve(base, given.value)] as const];
    }),
  );
}

function assigned(option: string, text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new SetupError(`${option} ${text}: write name=value.`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function tellChanges({ changes }: Rehearsal, say: Say): void {
  say('Changed for the rehearsal, and nothing else:');
  for (const [{ file }, made] of changes) {
    say(file.path);
    for (const { key, line, from, to } of made)
      say(`  ${line === null ? 'added' : `line ${line}`}: ${key} = ${from === null ? '' : `${from} → `}${to}`);
  }
  say('');
}

function stepText(total: number, number: number, title: string, hand: readonly string[]): string {
  return [`[${number}/${total}] ${title}`, ...byHand(hand)].join('\n');
}

function byHand(hand: readonly string[]): string[] {
  return hand.map((text) => `      by hand: ${text}`);
}

function tellEvent(event: PlayEvent, say: Say): void {
  const { acknowledged, delivered } = event.load;
  if ('title' in event) {
    const step = `[${event.number}] ${event.title}`;
    reached.where = `in step ${step}`;
    say(step);
  } else if ('text' in event) say(`      ${event.text}`);
  else if ('reason' in event) say(`      ${event.kind.toUpperCase()}: ${event.reason}`);
  else {
    reached.where = `after step ${event.number}`;
    say(`      held, ${(event.ms / 1000).toFixed(1)} s; ${acknowledged} acknowledged, ${delivered} delivered`);
  }
}

async function askForEnter({ number, stage, action, hand }: ScriptStep, say: Say): Promise<boolean> {
  say(['', `Next: [${number}] ${stage}: ${actionText(action)}`, ...byHand(hand)].join('\n'));
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return await new Promise((resolve) => {
    reader.once('close', () => resolve(false));
    // While it reads, the terminal hands Ctrl-C to it, and tells this process nothing.
    reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    reader.question('      Enter goes on, Ctrl-D ends the rehearsal here: ', () => {
      resolve(true);
      reader.close();
    });
  });
}

function writeRunbook(folder: string, runbook: Runbook, say: Say): void {
  writeFileSync(path.join(folder, 'runbook.md'), renderMarkdown(runbook));
  writeFileSync(path.join(folder, 'runbook.html'), renderRunbookHtml(runbook));
  say(`\nrunbook: ${path.relative(userFolder(), path.join(folder, 'runbook.html'))} and runbook.md`);
}

program.action(async (paths: string[], options: Options) => {
  try {
    process.exitCode = await rehearse(paths, options);
  } catch (thrown) {
    if (interrupted.aborted) {
      console.error(`\n${interruptedText(reached, process.argv.slice(2))}`);
      // A step may still wait for processes that have ended.
      process.exit(interruptedCode(interrupted));
    }
    if (thrown instanceof SetupError) {
      console.error(thrown.message);
      process.exitCode = 3;
    } else {
      console.error(thrown instanceof Inconclusive ? `Inconclusive: ${thrown.message}` : thrown);
      process.exitCode = 2;
    }
  }
});
await program.parseAsync();
