import assert from 'node:assert/strict';
import { test } from 'node:test';
import { electMaster } from './election.ts';
import type { BrokerSet } from './replicas.ts';

type Rank = readonly [epoch: number, maxOffset: number, electionPriority: number];

interface Case {
  readonly inSync: readonly number[];
  readonly oldMaster?: number;
  /** Living brokers. */
  readonly living: Readonly<Record<number, Rank>>;
  readonly designated?: number;
  readonly unclean?: boolean;
  readonly elected: number | null;
}

const gibibytes4 = 4294967296;

// Brokers 1 to 3 are known.
const cases: Record<string, Case> = {
  'the old master stays': { inSync: [1, 2], oldMaster: 1, living: { 1: [1, 0, 9], 2: [2, 9, 0] }, elected: 1 },
  'a designated broker replaces it': {
    inSync: [1, 2],
    oldMaster: 1,
    living: { 1: [1, 9, 0], 2: [1, 0, 9] },
    designated: 2,
    elected: 2,
  },
  'a designated broker outside the set is not taken': {
    inSync: [1],
    oldMaster: 1,
    living: { 1: [1, 0, 0], 3: [1, 0, 0] },
    designated: 3,
    elected: null,
  },
  'the newest epoch wins': { inSync: [1, 2], living: { 1: [1, 99, 0], 2: [2, 0, 9] }, elected: 2 },
  'then the longest log': { inSync: [1, 2], living: { 1: [2, 5, 0], 2: [2, 5 + gibibytes4, 9] }, elected: 2 },
  'then the smaller priority': { inSync: [1, 2], living: { 1: [2, 5, 9], 2: [2, 5, 0] }, elected: 2 },
  'then the smaller id': { inSync: [2, 1], living: { 1: [2, 5, 9], 2: [2, 5, 9] }, elected: 1 },
  'nobody in the set lives': { inSync: [1], living: { 2: [1, 0, 0], 3: [1, 0, 0] }, elected: null },
  'unclean: somebody outside the set': {
    inSync: [1],
    living: { 2: [1, 0, 0], 3: [1, 7, 0] },
    unclean: true,
    elected: 3,
  },
  'unclean, but the set lives': { inSync: [1], living: { 1: [1, 0, 0], 3: [9, 9, 0] }, unclean: true, elected: 1 },
};

for (const [name, { inSync, oldMaster, living, designated, unclean, elected }] of Object.entries(cases)) {
  test(name, () => {
    const broker = { address: '', registerCheckCode: '' };
    const set: BrokerSet = {
      clusterName: 'c',
      nextBrokerId: 4,
      brokers: new Map([1, 2, 3].map((id) => [id, broker])),
      masterBrokerId: oldMaster ?? null,
      masterEpoch: 1,
      syncStateSet: inSync,
      syncStateSetEpoch: 1,
    };
    const rank = (id: number) => {
      const [epoch, maxOffset, electionPriority] = living[id] ?? [];
      return epoch === undefined ? undefined : { epoch, maxOffset: maxOffset!, electionPriority: electionPriority! };
    };
    const picked = electMaster({ set, living: rank, designated: designated ?? null, unclean: unclean ?? false });
    assert.equal(picked, elected);
  });
}
