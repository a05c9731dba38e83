import { SwitchlabError } from '../base/errors.ts';

/** One option of a command, as commons-cli knows it. */
export interface OptionSpec {
  /** Equal to `long` for an option that has no short name. */
  readonly short: string;
  readonly long: string;
  readonly description: string;
  /** False: a switch without a value. */
  readonly hasValue: boolean;
  readonly required: boolean;
  /** Exactly one option of the group must be given. */
  readonly group?: string;
}

/** Values by short name; '' for a switch. */
export type OptionValues = ReadonlyMap<string, string>;

export function option(short: string, long: string, description: string): OptionSpec {
  return { short, long, description, hasValue: true, required: false };
}

export function requiredOption(short: string, long: string, description: string): OptionSpec {
  return { short, long, description, hasValue: true, required: true };
}

/** `--name <arg>`, without a short name. */
export function longOption(long: string, description: string): OptionSpec {
  return option(long, long, description);
}

export function switchOption(short: string, long: string, description: string): OptionSpec {
  return { short, long, description, hasValue: false, required: false };
}

/** What every command takes besides its own. */
export const commonOptions: readonly OptionSpec[] = [
  switchOption('h', 'help', 'Print help'),
  option('n', 'namesrvAddr', "Name server address list, eg: '192.168.0.1:9876;192.168.0.2:9876'"),
];

/**
 * Reads `-t x`, `-tx`, `--topic x`, `--topic=x` and unambiguous prefixes of long names; words that belong to no option
 * are ignored. Throws COMMAND_LINE_INVALID with the text of commons-cli.
 */
export function parseOptions(specs: readonly OptionSpec[], args: readonly string[]): OptionValues {
  const values = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (!arg.startsWith('-') || arg === '-') continue;
    const [spec, attached] = findOption(specs, arg);
    refuseSecondOfGroup(specs, spec, values);
    if (!spec.hasValue) {
      values.set(spec.short, '');
      continue;
    }
    const value = attached ?? args[++at];
    if (value === undefined || (attached === undefined && isOption(specs, value))) {
      throw invalid(`Missing argument for option: ${spec.short}`);
    }
    values.set(spec.short, value);
  }
  requireAll(specs, values);
  return values;
}

function findOption(specs: readonly OptionSpec[], arg: string): [OptionSpec, attached: string | undefined] {
  const [, name = '', value] = /^--?([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
  const exact = specs.find((spec) => (arg.startsWith('--') ? spec.long === name : spec.short === name));
  if (exact !== undefined) return [exact, value];
  const byPrefix = arg.startsWith('--') ? specs.filter((spec) => spec.long.startsWith(name)) : [];
  if (byPrefix.length === 1) return [byPrefix[0]!, value];
  const glued = arg.startsWith('--') ? undefined : specs.find((spec) => spec.hasValue && spec.short === arg[1]);
  if (glued !== undefined) return [glued, arg.slice(2)];
  throw invalid(`Unrecognized option: ${arg}`);
}

function isOption(specs: readonly OptionSpec[], arg: string): boolean {
  return specs.some((spec) => arg === `-${spec.short}` || arg === `--${spec.long}`);
}

function refuseSecondOfGroup(specs: readonly OptionSpec[], spec: OptionSpec, values: OptionValues): void {
  if (spec.group === undefined) return;
  const other = specs.find(({ group, short }) => group === spec.group && short !== spec.short && values.has(short));
  if (other === undefined) return;
  const text = `The option '${spec.short}' was specified but an option from this group has already been selected`;
  throw invalid(`${text}: '${other.short}'`);
}

function requireAll(specs: readonly OptionSpec[], values: OptionValues): void {
  const missing: string[] = [];
  const groups = new Set(specs.flatMap(({ group }) => (group === undefined ? [] : [group])));
  for (const group of groups) {
    const members = specs.filter((spec) => spec.group === group);
    if (members.some(({ short }) => values.has(short))) continue;
    missing.push(`[${members.map(({ short, description }) => `-${short} ${description}`).join(', ')}]`);
  }
  for (const { short, required } of specs) if (required && !values.has(short)) missing.push(short);
  if (missing.length > 0)
    throw invalid(`Missing required option${missing.length > 1 ? 's' : ''}: ${missing.join(', ')}`);
}

function invalid(text: string): SwitchlabError {
  return new SwitchlabError('COMMAND_LINE_INVALID', text);
}
