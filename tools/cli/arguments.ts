import { InvalidArgumentError } from 'commander';

/** A command line argument that must be a positive integer. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('must be a positive integer');
  return value;
}
