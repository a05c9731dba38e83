import { InvalidArgumentError } from 'commander';
import type { Shard } from '../report/types.ts';

/** A command line argument that must be a positive integer. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('must be a positive integer');
  return value;
}

/** `2/4` is the second of four parts. */
export function shardOf(text: string): Shard {
  const [index, of] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).slice(1).map(Number);
  if (index === undefined || of === undefined || index < 1 || index > of)
    throw new InvalidArgumentError('must be written as i/n, such as 2/4');
  return { index, of };
}

/** Longer is more than a timer holds. */
const longestSeconds = 24 * 24 * 3600;

/** `10m`, `90s` or `1h`, in seconds. */
export function durationOf(text: string): number {
  const [, count, unit] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) throw new InvalidArgumentError('must be written as 90s, 10m or 1h');
  const seconds = Number(count) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
  if (seconds > longestSeconds) throw new InvalidArgumentError('must be at most 576h');
  return seconds;
}
