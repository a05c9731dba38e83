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
