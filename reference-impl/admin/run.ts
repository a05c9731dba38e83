import { setTimeout as delay } from 'node:timers/promises';
import { type AddressBook, directDial, readAddressBook, splitAddresses } from '../base/address.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { SwitchlabError, errorText } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { type Release, releases } from '../base/release.ts';
import { createOperator } from '../client/operator.ts';
import type { AdminCommand } from './command.ts';
import { adminCommands } from './commands.ts';
import { failureText } from './failure.ts';
import { commonOptions, type OptionSpec, type OptionValues, parseOptions } from './options.ts';
import { usageText } from './usage.ts';

/** Where a command writes. */
export interface AdminOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

interface Terminal extends AdminOutput {
  readonly clock: Clock;
}

interface Ours {
  readonly release: Release;
  readonly addressBook: AddressBook;
}

/**
 * Runs `mqadmin <args>` and resolves with its exit code: 1 when the options are wrong, else 0, also when the command
 * failed: callers of the real tool read the text, so this one does not make them rely on more.
 * @param args after the program name; `--release` and `--address-book` are ours and are taken out first
 */
export async function runAdmin(
  args: readonly string[],
  output: AdminOutput,
  clock: Clock = systemClock,
): Promise<number> {
  try {
    const { ours, rest } = takeOurOptions(args);
    return await dispatch(rest, ours, { ...output, clock });
  } catch (thrown) {
    output.err(`${thrown instanceof SwitchlabError ? thrown.describe() : errorText(thrown)}\n`);
    return 1;
  }
}

async function dispatch(args: readonly string[], ours: Ours, output: Terminal): Promise<number> {
  const [first, ...rest] = args;
  const { release } = ours;
  const known = adminCommands.filter((command) => command.releases.includes(release));
  const find = (name: string) => known.find((command) => command.name.toLowerCase() === name.toLowerCase());
  const name = first === 'help' ? rest[0] : first;
  if (name === undefined) {
    output.out(listText(known));
    return 0;
  }
  const command = find(name);
  if (command === undefined) {
    output.out(`The sub command ${name} not exist.\n`);
    return 0;
  }
  const specs = [...command.options(release), ...commonOptions];
  const help = `${usageText(command.name, specs)}\n`;
  if (first === 'help') {
    output.out(help);
    return 0;
  }
  const options = parse(specs, rest, release, output, help);
  if (options === null) return 1;
  const { anyOf } = command;
  const tooLittle = anyOf !== undefined && !anyOf.some((short) => options.has(short));
  if (options.has('h') || tooLittle) output.out(help);
  else await execute(command, options, ours, output);
  return 0;
}

function parse(
  specs: readonly OptionSpec[],
  args: readonly string[],
  release: Release,
  output: AdminOutput,
  help: string,
): OptionValues | null {
  try {
    return parseOptions(specs, args);
  } catch (thrown) {
    // Old prints the usage alone.
    if (release === 'new') output.err(`${errorText(thrown)}\n`);
    output.out(help);
    return null;
  }
}

async function execute(
  command: AdminCommand,
  options: OptionValues,
  { release, addressBook }: Ours,
  output: Terminal,
): Promise<void> {
  const refused = command.notBuilt?.find((short) => options.has(short));
  if (refused !== undefined)
    throw new SwitchlabError('NOT_BUILT', `mqadmin ${command.name} takes no -${refused} here.`);
  const namesrvAddrs = splitAddresses(options.get('n') ?? process.env.NAMESRV_ADDR ?? '');
  await using operator = createOperator({ namesrvAddrs, release, log: silentLog, addressBook });
  const warn = (thrown: unknown) => output.err(`${errorText(thrown)}\n`);
  const intervalMs = command.repeats ? secondsOf(options.get('i') ?? '0') * 1000 : 0;
  try {
    for (;;) {
      const nowMs = output.clock.nowMs();
      await command.run({ operator, release, namesrvAddrs, options, nowMs, print: output.out, warn });
      if (intervalMs === 0) return;
      await delay(intervalMs);
    }
  } catch (thrown) {
    output.err(`${failureText(command.javaClass, thrown, release)}\n`);
  }
}

/** Throws COMMAND_LINE_INVALID. */
function secondsOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new SwitchlabError('COMMAND_LINE_INVALID', `-i ${text}: a number of seconds is wanted.`);
}

function takeOurOptions(args: readonly string[]): { ours: Ours; rest: string[] } {
  const rest: string[] = [];
  let release: Release = 'new';
  let addressBook = directDial;
  for (let at = 0; at < args.length; at++) {
    if (args[at] === '--release') release = asRelease(args[++at]);
    else if (args[at] === '--address-book') addressBook = readAddressBook(args[++at] ?? '');
    else rest.push(args[at]!);
  }
  return { ours: { release, addressBook }, rest };
}

function asRelease(text: string | undefined): Release {
  const release = releases.find((name) => name === text);
  if (release !== undefined) return release;
  throw new SwitchlabError('COMMAND_LINE_INVALID', `--release ${text} is none of ${releases.join(', ')}.`);
}

function listText(commands: readonly AdminCommand[]): string {
  const lines = commands.map(({ name, description }) => `   ${name.padEnd(35)} ${description}`);
  return [
    'The most commonly used mqadmin commands are:',
    ...lines,
    '',
    "See 'mqadmin help <command>' for more information on a specific command.",
    '',
  ].join('\n');
}
