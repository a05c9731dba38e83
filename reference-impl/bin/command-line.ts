import { parseArgs } from 'node:util';
import { type LabDefect, labDefects } from '../base/defect.ts';
import { SwitchlabError, errorText } from '../base/errors.ts';
import { type Release, releases } from '../base/release.ts';

/** Options that the start scripts of RocketMQ take, then ours. */
const options = {
  configFile: { type: 'string', short: 'c' },
  printConfigItem: { type: 'boolean', short: 'p' },
  printImportantConfig: { type: 'boolean', short: 'm' },
  namesrvAddr: { type: 'string', short: 'n' },
  help: { type: 'boolean', short: 'h' },
  release: { type: 'string' },
  'address-book': { type: 'string' },
  'lab-defect': { type: 'string' },
} as const;

export interface CommandLine {
  readonly configFile: string | undefined;
  readonly namesrvAddr: string | undefined;
  readonly printConfigItem: boolean;
  readonly printImportantConfig: boolean;
  readonly help: boolean;
  readonly release: Release;
  readonly addressBook: string | undefined;
  readonly defect: LabDefect | null;
}

/** The text of -h. */
export function usage(program: string): string {
  return `usage: ${program} [-c <file>] [-n <host:port;...>] [-p] [-m] [-h]
  -c,--configFile <file>      properties file of this role
  -n,--namesrvAddr <list>     NameServers, wins over the file
  -p,--printConfigItem        print every configuration value, then exit
  -m,--printImportantConfig   print the important values (mqbroker), then exit
  -h,--help                   print this text
  --release <${releases.join('|')}>         personality: 4.9.7 or 5.3.3 (default new)
  --address-book <file>       JSON object from logical to dialled address
  --lab-defect <name>         break one promise on purpose: ${Object.keys(labDefects).join(', ')}`;
}

/** Reads the arguments after the program name; throws COMMAND_LINE_INVALID. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const values = parse(args.map(expandPrefix));
  return {
    configFile: values.configFile,
    namesrvAddr: values.namesrvAddr,
    printConfigItem: values.printConfigItem ?? false,
    printImportantConfig: values.printImportantConfig ?? false,
    help: values.help ?? false,
    release: oneOf(releases, values.release ?? 'new', '--release'),
    addressBook: values['address-book'],
    defect:
      values['lab-defect'] === undefined
        ? null
        : oneOf(Object.keys(labDefects) as LabDefect[], values['lab-defect'], '--lab-defect'),
  };
}

function parse(args: string[]) {
  try {
    // RocketMQ ignores words that belong to no option.
    return parseArgs({ args, options, strict: true, allowPositionals: true }).values;
  } catch (thrown) {
    throw new SwitchlabError('COMMAND_LINE_INVALID', errorText(thrown), { cause: thrown });
  }
}

/** Both parsers of RocketMQ take a long option by any prefix that only one option has. */
function expandPrefix(arg: string): string {
  const [, prefix, rest] = /^--([^=]+)(=.*)?$/s.exec(arg) ?? [];
  if (prefix === undefined || Object.hasOwn(options, prefix)) return arg;
  const matches = Object.keys(options).filter((name) => name.startsWith(prefix));
  return matches.length === 1 ? `--${matches[0]}${rest ?? ''}` : arg;
}

function oneOf<W extends string>(words: readonly W[], value: string, option: string): W {
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  throw new SwitchlabError('COMMAND_LINE_INVALID', `${option} ${value} is none of ${words.join(', ')}.`);
}
