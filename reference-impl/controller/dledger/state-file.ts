// Small text files of a DLedger member, `key=value` lines. Each is replaced in one step; the one before stays as `<name>.bak`.
//   currterm    voteLeader=<id, or empty>  currTerm=<n>
//   checkpoint  committedIndex=<n>  endIndex=<n>
import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { SwitchlabError } from '../../base/errors.ts';
import type { HardState } from '../../raft/member.ts';

export interface Checkpoint {
  readonly committedIndex: number;
  readonly endIndex: number;
}

/** Term and vote; a fresh member has term 0. Throws STORE_CORRUPT: a forgotten vote can elect two leaders. */
export function readCurrTerm(file: string): HardState {
  const pairs = readPairs(file);
  if (pairs === null) return { currTerm: 0, currVoteFor: null };
  return { currTerm: integer(file, pairs, 'currTerm'), currVoteFor: pairs.get('voteLeader') || null };
}

export function writeCurrTerm(file: string, { currTerm, currVoteFor }: HardState): void {
  replace(file, `voteLeader=${currVoteFor ?? ''}\ncurrTerm=${currTerm}\n`);
}

/** Null when none was written yet. Throws STORE_CORRUPT. */
export function readCheckpoint(file: string): Checkpoint | null {
  const pairs = readPairs(file);
  if (pairs === null) return null;
  return { committedIndex: integer(file, pairs, 'committedIndex'), endIndex: integer(file, pairs, 'endIndex') };
}

export function writeCheckpoint(file: string, { committedIndex, endIndex }: Checkpoint): void {
  replace(file, `committedIndex=${committedIndex}\nendIndex=${endIndex}\n`);
}

function readPairs(file: string): Map<string, string> | null {
  if (!existsSync(file)) {
    if (existsSync(`${file}.bak`)) throw new SwitchlabError('STORE_CORRUPT', `${file} is missing, its .bak is there.`);
    return null;
  }
  const lines = readFileSync(file, 'latin1').split(/\r?\n/);
  return new Map(lines.filter((line) => line.includes('=')).map((line) => pair(line)));
}

function pair(line: string): [string, string] {
  const equals = line.indexOf('=');
  return [line.slice(0, equals).trim(), line.slice(equals + 1).trim()];
}

function integer(file: string, pairs: ReadonlyMap<string, string>, key: string): number {
  const text = pairs.get(key) ?? '';
  if (!/^-?\d+$/.test(text)) throw new SwitchlabError('STORE_CORRUPT', `${file}: ${key} "${text}" is not a number.`);
  return Number(text);
}

function replace(file: string, text: string): void {
  const next = `${file}.tmp`;
  const fd = openSync(next, 'w');
  writeSync(fd, text);
  fsyncSync(fd);
  closeSync(fd);
  if (existsSync(file)) copyFileSync(file, `${file}.bak`);
  renameSync(next, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
