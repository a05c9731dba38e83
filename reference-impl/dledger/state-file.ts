// Small text files of a DLedger member, `key=value` lines:
//   currterm    voteLeader=<id, or empty>  currTerm=<n>
//   checkpoint  committedIndex=<n>  endIndex=<n>
import { SwitchlabError } from '../base/errors.ts';
import type { HardState } from '../raft/member.ts';
import type { StoreDisk } from './disk.ts';

export interface Checkpoint {
  readonly committedIndex: number;
  readonly endIndex: number;
}

/** Term and vote; a fresh member has term 0. Throws STORE_CORRUPT: a forgotten vote can elect two leaders. */
export function readCurrTerm(disk: StoreDisk): HardState {
  const pairs = readPairs(disk, 'currterm');
  if (pairs === null) return { currTerm: 0, currVoteFor: null };
  return { currTerm: integer(disk, 'currterm', pairs, 'currTerm'), currVoteFor: pairs.get('voteLeader') || null };
}

export function writeCurrTerm(disk: StoreDisk, { currTerm, currVoteFor }: HardState): void {
  disk.replaceText('currterm', `voteLeader=${currVoteFor ?? ''}\ncurrTerm=${currTerm}\n`);
}

/** Null when none was written yet. Throws STORE_CORRUPT. */
export function readCheckpoint(disk: StoreDisk): Checkpoint | null {
  const pairs = readPairs(disk, 'checkpoint');
  if (pairs === null) return null;
  const committedIndex = integer(disk, 'checkpoint', pairs, 'committedIndex');
  return { committedIndex, endIndex: integer(disk, 'checkpoint', pairs, 'endIndex') };
}

export function writeCheckpoint(disk: StoreDisk, { committedIndex, endIndex }: Checkpoint): void {
  disk.replaceText('checkpoint', `committedIndex=${committedIndex}\nendIndex=${endIndex}\n`);
}

type FileName = Parameters<StoreDisk['readText']>[0];

function readPairs(disk: StoreDisk, file: FileName): Map<string, string> | null {
  const lines = disk.readText(file)?.split(/\r?\n/);
  return lines === undefined ? null : new Map(lines.filter((line) => line.includes('=')).map((line) => pair(line)));
}

function pair(line: string): [string, string] {
  const equals = line.indexOf('=');
  return [line.slice(0, equals).trim(), line.slice(equals + 1).trim()];
}

function integer(disk: StoreDisk, file: FileName, pairs: ReadonlyMap<string, string>, key: string): number {
  const text = pairs.get(key) ?? '';
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new SwitchlabError('STORE_CORRUPT', `${disk.name}, ${file}: ${key} "${text}" is not a number.`);
}
