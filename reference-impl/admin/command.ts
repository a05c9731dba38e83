import { SwitchlabError } from '../base/errors.ts';
import type { Release } from '../base/release.ts';
import type { Operator } from '../client/operator.ts';
import type { OptionSpec, OptionValues } from './options.ts';

/** What a command runs with. */
export interface AdminContext {
  readonly operator: Operator;
  readonly release: Release;
  /** Every NameServer that was given, for the commands that ask each of them. */
  readonly namesrvAddrs: readonly string[];
  readonly options: OptionValues;
  /** ms since the epoch. */
  readonly nowMs: number;
  /** Writes to standard output, no line end added. */
  readonly print: (text: string) => void;
  /** Reports something that went wrong on the way; the command goes on. */
  readonly warn: (thrown: unknown) => void;
}

/** One mqadmin command. */
export interface AdminCommand {
  readonly name: string;
  readonly description: string;
  /** Class of the real tool: it names itself when a command fails. */
  readonly javaClass: string;
  readonly releases: readonly Release[];
  /** `-i <seconds>` runs the command again and again. */
  readonly repeats?: boolean;
  options(release: Release): readonly OptionSpec[];
  /** Options of the real command that this one refuses. */
  readonly notBuilt?: readonly string[];
  /** Without any of these options the usage is printed, and nothing asked. */
  readonly anyOf?: readonly string[];
  run(context: AdminContext): Promise<void>;
}

/** The value of an option that the parser has required. */
export function given({ options }: AdminContext, short: string): string {
  return options.get(short)!.trim();
}

/** The value of an option, null when it is not there. */
export function optional({ options }: AdminContext, short: string): string | null {
  return options.get(short)?.trim() ?? null;
}

/** A whole number that an option gives, `fallback` when it is not there. Throws COMMAND_LINE_INVALID. */
export function integer(context: AdminContext, short: string, fallback?: number): number {
  const text = optional(context, short) ?? String(fallback);
  if (!/^[+-]?\d{1,19}$/.test(text))
    throw new SwitchlabError('COMMAND_LINE_INVALID', `-${short} ${text}: a whole number is wanted.`);
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number(text), Number.MAX_SAFE_INTEGER));
}
