import { takeCoverage } from 'node:v8';
import { type AddressBook, directDial, readAddressBook } from '../base/address.ts';
import type { LabDefect } from '../base/defect.ts';
import { type ErrorCode, SwitchlabError, errorText } from '../base/errors.ts';
import { createLog, type Log } from '../base/log.ts';
import type { Release } from '../base/release.ts';
import type { Running } from '../base/running.ts';
import { applyProperties } from '../config/apply.ts';
import type { KeyTable } from '../config/key-table.ts';
import { readProperties } from '../config/properties.ts';
import { type CommandLine, parseCommandLine, usage } from './command-line.ts';

type RoleName = 'mqnamesrv' | 'mqcontroller' | 'mqbroker';

/** What a role gets to start. */
export interface RoleContext<C> {
  readonly config: Readonly<C>;
  readonly release: Release;
  readonly log: Log;
  readonly addressBook: AddressBook;
  readonly defect: LabDefect | null;
  /** The -c file, '' without one. */
  readonly configFile: string;
}

/**
 * One of the bins: what is particular to its role. `runRole` does everything else.
 * `C` is its configuration, `F` what its file sets.
 */
export interface RoleProgram<C extends object, F extends object = C> {
  readonly name: RoleName;
  /** Every key that the file of this role may set. */
  readonly fileKeys: KeyTable;
  /** The key that holds the path of the -c file: updates are written back there. */
  readonly configFileKey: string;
  /** -p and -m without ROCKETMQ_HOME: the broker refuses, the others print. */
  readonly printsWithoutHome: boolean;
  /** The configuration from what file and command line set; throws when it is illegal. */
  config(release: Release, given: Partial<F>): Readonly<C>;
  /** What -p prints: the configuration classes in order, each with its values. */
  printed(config: Readonly<C>): readonly (readonly [table: KeyTable, values: Readonly<Record<string, unknown>>])[];
  /** What -m prints. */
  readonly importantKeys?: readonly string[];
  /** Legal settings that will not serve anybody. */
  warnings?(config: Readonly<C>): readonly SwitchlabError[];
  /** Starts the role. Import its layers here: -h, -p and refusals need none of them. */
  start(context: RoleContext<C>): Promise<Running>;
  /** What RocketMQ prints on standard output after a start. */
  bootText(context: RoleContext<C>, running: Running): string;
}

/** Shell exit codes of RocketMQ's start classes; every other failure is 255. */
const exitCodes: Partial<Record<ErrorCode, number>> = {
  COMMAND_LINE_INVALID: 1,
  ROCKETMQ_HOME_MISSING: 254,
  NAMESRV_ADDR_ILLEGAL: 253,
  BROKER_ID_ILLEGAL: 253,
  STORE_CORRUPT: 253,
  MODES_EXCLUSIVE: 252,
};

const stopDeadlineMs = 5000;
const coveragePeriodMs = 1000;

/**
 * Runs one role as a process, from its command line to its exit: prints RocketMQ's own lines and then one
 * `ready {addresses}` line on standard output once it serves, stops cleanly at SIGTERM and SIGINT.
 * Never resolves while the role runs; a failing start is described on standard error and exits with RocketMQ's code.
 */
export async function runRole<C extends object, F extends object = C>(program: RoleProgram<C, F>): Promise<void> {
  const log = createLog(program.name);
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'uncaught error');
    process.exit(255);
  });
  if (process.env.NODE_V8_COVERAGE !== undefined) setInterval(takeCoverage, coveragePeriodMs).unref();
  try {
    const line = parseCommandLine(process.argv.slice(2));
    if (line.help) print(usage(program.name));
    else await startRole(program, line, log);
  } catch (thrown) {
    fail(program.name, thrown);
  }
}

async function startRole<C extends object, F extends object>(
  program: RoleProgram<C, F>,
  line: CommandLine,
  log: Log,
): Promise<void> {
  const given = givenValues(program, line, log);
  const home = given.rocketmqHome ?? process.env.ROCKETMQ_HOME;
  if (!program.printsWithoutHome) requireHome(home);
  const config = program.config(line.release, given as Partial<F>);
  if (line.printConfigItem || line.printImportantConfig) return print(configText(program, line, config));
  requireHome(home);
  program.warnings?.(config).forEach((warning) => log.warn({ code: warning.code }, warning.describe()));
  const context: RoleContext<C> = {
    config,
    release: line.release,
    log,
    addressBook: line.addressBook === undefined ? directDial : readAddressBook(line.addressBook),
    defect: line.defect,
    configFile: line.configFile ?? '',
  };
  const starting = program.start(context);
  stopAtSignal(starting, log);
  const running = await starting;
  print(program.bootText(context, running));
  print(`ready ${JSON.stringify(running.addresses)}`);
}

/** What the file sets, then what the command line sets. Oddities of the file are logged with their line. */
function givenValues<C extends object, F extends object>(
  program: RoleProgram<C, F>,
  line: CommandLine,
  log: Log,
): Record<string, unknown> {
  const { configFile, namesrvAddr, release } = line;
  const pairs = configFile === undefined ? [] : readProperties(configFile);
  const { values, remarks } = applyProperties(program.fileKeys, release, pairs);
  // Without the value: it may be a secret, above all under a misspelled key.
  for (const { line: at, key, text } of remarks)
    log.warn({ file: configFile, line: at, key }, `${configFile}, line ${at}: ${key}: ${text}`);
  return {
    ...values,
    ...(configFile === undefined ? {} : { [program.configFileKey]: configFile }),
    ...(namesrvAddr === undefined ? {} : { namesrvAddr }),
  };
}

function requireHome(home: unknown): void {
  if (home !== undefined && home !== '') return;
  const text =
    'Please set the ROCKETMQ_HOME variable in your environment to match the location of the RocketMQ installation';
  throw new SwitchlabError('ROCKETMQ_HOME_MISSING', text);
}

/** `name=value` lines of -p, or of -m for a role that has it. */
function configText<C extends object, F extends object>(
  program: RoleProgram<C, F>,
  line: CommandLine,
  config: C,
): string {
  const wanted = line.printConfigItem ? undefined : program.importantKeys;
  const lines: string[] = [];
  for (const [table, values] of program.printed(config)) {
    for (const [key, { releases }] of Object.entries(table)) {
      if (releases.includes(line.release) && (wanted?.includes(key) ?? true))
        lines.push(`${key}=${String(values[key])}`);
    }
  }
  return lines.join('\n');
}

function stopAtSignal(starting: Promise<Running>, log: Log): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({ stopDeadlineMs }, 'not stopped within the deadline');
      process.exit(255);
    }, stopDeadlineMs);
    starting
      .then((running) => running.stop())
      .then(
        () => process.exit(0),
        (thrown: unknown) => {
          log.error({ err: thrown }, 'failed to stop');
          process.exit(255);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function fail(name: RoleName, thrown: unknown): never {
  const known = thrown instanceof SwitchlabError ? thrown : undefined;
  if (known?.code === 'COMMAND_LINE_INVALID') print(usage(name));
  process.stderr.write(`${known?.describe() ?? (thrown instanceof Error ? thrown.stack : errorText(thrown))}\n`);
  // The controller's start class makes no difference between its failures.
  const code = name === 'mqcontroller' && known?.code === 'ROCKETMQ_HOME_MISSING' ? 255 : undefined;
  process.exit(code ?? (known === undefined ? 255 : (exitCodes[known.code] ?? 255)));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
