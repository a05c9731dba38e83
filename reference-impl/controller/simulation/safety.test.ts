// Every promise can be seen broken: a run without a violation means something only because of these.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../raft/entry.ts';
import { type ControllerEvent, decodeEvent, encodeEvent } from '../state/events.ts';
import type { BrokerSet } from '../state/replicas.ts';
import { type Grant, Safety } from './safety.ts';

const brokerName = 'broker-a';

function entry(index: number, term: number, text = 'x'): Entry {
  return { index, term, pos: index * 49, body: Buffer.from(text) };
}

function set(changed: Partial<BrokerSet> = {}): BrokerSet {
  const brokers = new Map([1, 2].map((id) => [id, { address: `h:${id}`, registerCheckCode: `h:${id};1` }] as const));
  const state = { masterBrokerId: 1, masterEpoch: 1, syncStateSet: [1, 2], syncStateSetEpoch: 2 };
  return { clusterName: 'c', nextBrokerId: 3, brokers, ...state, ...changed };
}

/** As members get it from their log. */
const read = (event: ControllerEvent): ControllerEvent => decodeEvent(encodeEvent(event))!;

const elects = (id: number | null) => {
  const event = { brokerName, newMasterBrokerId: id, newMasterElected: id !== null };
  return read({ eventType: 'ELECT_MASTER_EVENT', ...event });
};

const alters = read({ eventType: 'ALTER_SYNC_STATE_SET_EVENT', brokerName, newSyncStateSet: [1] });
const altersBack = read({ eventType: 'ALTER_SYNC_STATE_SET_EVENT', brokerName, newSyncStateSet: [1, 2] });

const grant: Grant = {
  brokerName,
  masterBrokerId: 1,
  masterEpoch: 1,
  syncStateSetEpoch: 2,
  syncStateSet: [1],
  newSyncStateSetEpoch: 3,
};

/** Broker 2 is elected into epoch 2, then broker 1 into epoch 3. */
function twoElections(safety: Safety): void {
  const second = set({ masterBrokerId: 2, masterEpoch: 2, syncStateSet: [2], syncStateSetEpoch: 3 });
  safety.applied('n0', 0, elects(2), set(), second);
  const whole = { ...second, syncStateSet: [1, 2], syncStateSetEpoch: 4 };
  safety.applied('n0', 1, altersBack, second, whole);
  safety.applied('n0', 2, elects(1), whole, set({ masterEpoch: 3, syncStateSet: [1], syncStateSetEpoch: 5 }));
}

function oneChange(safety: Safety): void {
  safety.applied('n0', 0, alters, set(), set({ syncStateSet: [1], syncStateSetEpoch: 3 }));
}

interface Case {
  /** What is in order. */
  readonly given: (safety: Safety) => void;
  readonly breaks: (safety: Safety) => void;
  readonly text: RegExp;
}

const cases: Record<string, Case> = {
  'a second leader of a term': {
    given: (safety) => ['n0', 'n0'].forEach((id) => safety.leads(id, 4, () => undefined)),
    breaks: (safety) => safety.leads('n1', 4, () => undefined),
    text: /^election safety: n0 and n1/,
  },
  'a leader without a committed entry': {
    given(safety) {
      safety.committed('n0', entry(0, 1), 1);
      safety.leads('n1', 2, () => entry(0, 1));
      safety.leads('n2', 1, () => undefined);
    },
    breaks: (safety) => safety.leads('n2', 3, () => undefined),
    text: /^leader completeness: n2 leads term 3 without committed entry 0/,
  },
  'a leader with another entry': {
    given: (safety) => safety.committed('n0', entry(0, 1), 1),
    breaks: (safety) => safety.leads('n2', 3, () => entry(0, 1, 'y')),
    text: /^leader completeness/,
  },
  'two entries of one index and term': {
    given(safety) {
      safety.stored('n0', entry(3, 2), 1);
      safety.stored('n1', entry(3, 2), 1);
      safety.stored('n2', entry(3, 1, 'y'), 1);
    },
    breaks: (safety) => safety.stored('n2', entry(3, 2, 'y'), 1),
    text: /^log matching: n2 has another entry 3/,
  },
  'another entry before an equal one': {
    given: (safety) => safety.stored('n0', entry(3, 2), 1),
    breaks: (safety) => safety.stored('n1', entry(3, 2), 0),
    text: /^log matching/,
  },
  'two committed entries of one index': {
    given: (safety) => ['n0', 'n1'].forEach((id) => safety.committed(id, entry(0, 1), 1)),
    breaks: (safety) => safety.committed('n2', entry(0, 2), 2),
    text: /^state-machine safety: n2 committed another entry 0/,
  },
  'another event': {
    given: (safety) => oneChange(safety),
    breaks: (safety) => safety.applied('n1', 0, elects(1), set(), set()),
    text: /^state-machine safety: event 0/,
  },
  'the same event with another result': {
    given: (safety) => oneChange(safety),
    breaks: (safety) => safety.applied('n1', 0, alters, set(), set({ syncStateSet: [2], syncStateSetEpoch: 3 })),
    text: /^state-machine safety: event 0/,
  },
  'two masters of one epoch': {
    given: twoElections,
    breaks: (safety) => safety.applied('n0', 3, elects(1), set(), set({ masterEpoch: 2, syncStateSetEpoch: 6 })),
    text: /^one master per epoch: broker-a has 2 and 1 in epoch 2/,
  },
  'a master from outside the SyncStateSet': {
    given: twoElections,
    breaks(safety) {
      const alone = set({ syncStateSet: [1], masterEpoch: 3, syncStateSetEpoch: 5 });
      const taken = set({ masterBrokerId: 2, masterEpoch: 4, syncStateSet: [2], syncStateSetEpoch: 6 });
      safety.applied('n0', 3, elects(2), alone, taken);
    },
    text: /^election outside the SyncStateSet/,
  },
  'a master that is not in its own set': {
    given: oneChange,
    breaks: (safety) => safety.applied('n0', 1, alters, set(), set({ syncStateSet: [2], syncStateSetEpoch: 4 })),
    text: /^the master is not in its own SyncStateSet/,
  },
  'an epoch that falls': {
    given: oneChange,
    breaks: (safety) => safety.applied('n0', 1, alters, set(), set({ syncStateSetEpoch: 1 })),
    text: /^epochs only grow/,
  },
  'a master that nobody elected': {
    given(safety) {
      twoElections(safety);
      safety.told('n0', brokerName, 2, 2);
    },
    breaks: (safety) => safety.told('n0', brokerName, 2, 1),
    text: /^answers: n0 says that 1 is master/,
  },
  'a grant that is not agreed': {
    given(safety) {
      oneChange(safety);
      safety.granted('n0', grant);
    },
    breaks: (safety) => safety.granted('n0', { ...grant, newSyncStateSetEpoch: 4 }),
    text: /^answers: .* which is not agreed/,
  },
  'a grant to another broker than the master': {
    given: oneChange,
    breaks: (safety) => safety.granted('n0', { ...grant, masterBrokerId: 2 }),
    text: /^SyncStateSet: .* another than the master/,
  },
  'a grant on top of an unknown set': {
    given: oneChange,
    breaks: (safety) => safety.granted('n0', { ...grant, syncStateSetEpoch: 1 }),
    text: /^SyncStateSet: .* on top of/,
  },
  'a grant of another set': {
    given: oneChange,
    breaks: (safety) => safety.granted('n0', { ...grant, syncStateSet: [1, 2] }),
    text: /^answers: .* agreed is/,
  },
  'an id that two brokers hold': {
    given: (safety) => ['n0', 'n1'].forEach((id) => safety.identified(id, brokerName, 1, 'h:1;1')),
    breaks: (safety) => safety.identified('n0', brokerName, 1, 'h:2;1'),
    text: /^identity/,
  },
  'an acknowledged event that is not agreed': {
    given(safety) {
      oneChange(safety);
      safety.acknowledged('n0', alters);
    },
    breaks: (safety) => safety.acknowledged('n0', elects(1)),
    text: /^answers: n0 acknowledged/,
  },
  'a read of the past': {
    given(safety) {
      safety.read('n0', brokerName, { masterEpoch: 1, syncStateSetEpoch: 2 }, set());
      safety.read('n0', brokerName, { nextBrokerId: 4 }, set());
    },
    breaks: (safety) => safety.read('n0', brokerName, { masterEpoch: 1, syncStateSetEpoch: 1 }, set()),
    text: /^stale read/,
  },
};

for (const [name, { given, breaks, text }] of Object.entries(cases)) {
  test(`${name} is noticed`, () => {
    const safety = new Safety();
    given(safety);
    assert.equal(safety.violation, null);
    breaks(safety);
    assert.match(safety.violation ?? 'nothing was noticed', text);
  });
}
