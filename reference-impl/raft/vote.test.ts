import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/random.ts';
import { MemberState } from './member.ts';
import { RaftCode, type VoteRequest, type VoteResult } from './messages.ts';
import { dledgerTimings, type RaftOptions } from './options.ts';
import { answerVote, type VoteOutcome, VoteRound } from './vote.ts';

const options: RaftOptions = {
  group: 'grp',
  selfId: 'n0',
  peerIds: ['n0', 'n1', 'n2'],
  segmentBytes: 512,
  timings: dledgerTimings,
  random: seededRandom(1),
  kind: 'STATE_MACHINE',
};

interface Case {
  readonly request: Partial<VoteRequest>;
  readonly votedFor?: string;
  readonly leader?: string;
  readonly result: VoteResult;
  readonly term?: number;
}

// The member is in term 5; its log ends with entry 9 of term 4.
const cases: Record<string, Case> = {
  'a stranger': { request: { leaderId: 'n7' }, result: 'REJECT_UNKNOWN_LEADER' },
  'the own id from outside': { request: { leaderId: 'n0' }, result: 'REJECT_UNEXPECTED_LEADER' },
  'an older log': { request: { ledgerEndTerm: 3, ledgerEndIndex: 99 }, result: 'REJECT_EXPIRED_LEDGER_TERM' },
  'an older log in a larger term': { request: { ledgerEndTerm: 3, term: 9 }, result: 'REJECT_EXPIRED_LEDGER_TERM' },
  'a shorter log': { request: { ledgerEndIndex: 8 }, result: 'REJECT_SMALL_LEDGER_END_INDEX' },
  'a smaller term': { request: { term: 4 }, result: 'REJECT_EXPIRED_VOTE_TERM' },
  'a second candidate': { request: {}, votedFor: 'n2', result: 'REJECT_ALREADY_VOTED' },
  'a candidate beside a leader': { request: {}, votedFor: 'n2', leader: 'n2', result: 'REJECT_ALREADY_HAS_LEADER' },
  'a larger term': { request: { term: 6 }, result: 'REJECT_TERM_NOT_READY' },
  'the first candidate': { request: {}, result: 'ACCEPT' },
  'the same candidate again': { request: {}, votedFor: 'n1', result: 'ACCEPT' },
  'a longer log': { request: { ledgerEndIndex: 20, ledgerEndTerm: 5 }, result: 'ACCEPT' },
};

for (const [name, { request, votedFor, leader, result }] of Object.entries(cases)) {
  test(`the answer to ${name} is ${result}`, () => {
    const member = new MemberState({ currTerm: 5, currVoteFor: votedFor ?? null });
    if (leader !== undefined) member.becomeFollower(5, leader);
    const envelope = { kind: 'vote', group: 'grp', localId: 'n1', remoteId: 'n0', leaderId: 'n1' } as const;
    const log = { endIndex: 9, endTerm: 4 };
    const whole = { ...envelope, term: 5, ledgerEndIndex: 9, ledgerEndTerm: 4, ...request };
    const { response, mustIncreaseTerm } = answerVote(member, log, options, whole, false);
    assert.deepEqual(response, { kind: 'vote', code: RaftCode.SUCCESS, term: 5, voteResult: result });
    assert.equal(mustIncreaseTerm, result === 'REJECT_TERM_NOT_READY');
    assert.equal(member.currVoteFor, result === 'ACCEPT' ? 'n1' : (votedFor ?? null));
  });
}

test('a log that is ahead of the term is told with its term', () => {
  const member = new MemberState({ currTerm: 3, currVoteFor: null });
  const request = { kind: 'vote', group: 'grp', localId: 'n1', remoteId: 'n0', leaderId: 'n1', term: 3 } as const;
  const log = { endIndex: 9, endTerm: 4 };
  const { response } = answerVote(member, log, options, { ...request, ledgerEndIndex: 9, ledgerEndTerm: 4 }, false);
  assert.equal(response.voteResult, 'REJECT_TERM_SMALL_THAN_LEDGER');
  assert.equal(response.term, 4);
});

const outcomes: [VoteResult | null, VoteResult | null, VoteResult, VoteOutcome][] = [
  ['ACCEPT', 'ACCEPT', 'REJECT_ALREADY_VOTED', 'PASSED'],
  ['ACCEPT', 'ACCEPT', 'REJECT_EXPIRED_VOTE_TERM', 'LARGER_TERM'],
  ['ACCEPT', 'ACCEPT', 'REJECT_ALREADY_HAS_LEADER', 'HAS_LEADER'],
  ['ACCEPT', null, 'UNKNOWN', 'WAIT_TO_REVOTE'],
  ['ACCEPT', 'REJECT_SMALL_LEDGER_END_INDEX', 'REJECT_EXPIRED_LEDGER_TERM', 'BIGGER_LEDGER'],
  ['ACCEPT', 'REJECT_TERM_NOT_READY', 'REJECT_ALREADY_VOTED', 'REVOTE_IMMEDIATELY'],
  ['ACCEPT', 'REJECT_ALREADY_VOTED', 'REJECT_ALREADY_VOTED', 'WAIT_TO_VOTE_NEXT'],
];

for (const [own, n1, n2, outcome] of outcomes) {
  test(`${own}, ${n1} and ${n2} make ${outcome}`, () => {
    const round = new VoteRound(5, 1, 1000, 3, 2);
    for (const [peer, voteResult] of [
      ['n0', own],
      ['n1', n1],
      ['n2', n2],
      ['n2', 'ACCEPT'],
    ] as const) {
      const term = voteResult === 'REJECT_EXPIRED_VOTE_TERM' ? 6 : 5;
      round.count(peer, voteResult === null ? null : { kind: 'vote', code: 200, term, voteResult });
    }
    assert.ok(round.decided(0));
    assert.equal(round.outcome(), outcome);
  });
}
