import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/random.ts';
import type { Entry } from './entry.ts';
import { type Answer, type PushRequest, type PushResponse, type PushType, RaftCode } from './messages.ts';
import { RaftNode } from './node.ts';
import { dledgerTimings, type LogKind } from './options.ts';

/** A follower of n1 in term 2, whose log is `bodies`, all of term 1. */
class FollowerUnderTest {
  readonly entries: Entry[] = [];
  readonly node: RaftNode;
  #token = 0;

  constructor(bodies: readonly string[], kind: LogKind = 'STATE_MACHINE') {
    for (const text of bodies) this.entries.push(this.entry(this.entries.length, 1, text));
    const { entries } = this;
    const options = { group: 'grp', selfId: 'n0', peerIds: ['n0', 'n1', 'n2'], segmentBytes: 4096 };
    const stored = {
      beginIndex: 0,
      get endIndex() {
        return entries.length - 1;
      },
      entry: (index: number) => entries[index],
    };
    const raft = { ...options, timings: dledgerTimings, random: seededRandom(1), kind };
    this.node = new RaftNode(raft, { currTerm: 2, currVoteFor: 'n1' }, stored);
    const envelope = { group: 'grp', localId: 'n1', remoteId: 'n0', leaderId: 'n1', term: 2 };
    this.node.step({ kind: 'request', token: 0, request: { kind: 'heartBeat', ...envelope } }, 0);
    this.drain();
  }

  /** Every body has one byte. */
  entry(index: number, term: number, text: string): Entry {
    return { index, term, pos: index * 49, body: Buffer.from(text) };
  }

  drain(): Answer[] {
    const answers: Answer[] = [];
    for (let ready = this.node.ready(); ready !== null; ready = this.node.ready()) {
      for (const entry of ready.entries) this.entries.splice(entry.index, Infinity, entry);
      answers.push(...ready.answers);
      this.node.advance();
    }
    return answers;
  }

  push(type: PushType, entry: Entry | null, nowMs = 0, commitIndex = -1): PushResponse[] {
    const envelope = { group: 'grp', localId: 'n1', remoteId: 'n0', leaderId: 'n1', term: 2 };
    const entries = entry === null ? [] : [entry];
    const request: PushRequest = { kind: 'push', ...envelope, type, commitIndex, entries };
    this.node.step({ kind: 'request', token: ++this.#token, request }, nowMs);
    return this.drain().map(({ response }) => response as PushResponse);
  }

  get text(): string {
    return this.entries.map(({ body }) => String(body)).join('');
  }
}

const codes = (responses: readonly PushResponse[]) => responses.map(({ index, code }) => [index, code]);

test('a differing tail is cut and replaced', () => {
  const follower = new FollowerUnderTest(['a', 'b', 'x', 'y']);
  assert.deepEqual(codes(follower.push('COMPARE', follower.entry(2, 1, 'c'))), [[2, RaftCode.INCONSISTENT_STATE]]);
  assert.deepEqual(codes(follower.push('COMPARE', follower.entry(1, 1, 'b'))), [[1, RaftCode.SUCCESS]]);
  assert.deepEqual(codes(follower.push('TRUNCATE', follower.entry(1, 1, 'b'))), [[1, RaftCode.SUCCESS]]);
  assert.equal(follower.text, 'ab');
  follower.push('APPEND', follower.entry(2, 2, 'c'));
  assert.equal(follower.text, 'abc');
});

test('appends wait for their predecessors, and are refused when those do not come', () => {
  const follower = new FollowerUnderTest(['a']);
  assert.deepEqual(codes(follower.push('APPEND', follower.entry(2, 2, 'c'))), []);
  assert.deepEqual(codes(follower.push('APPEND', follower.entry(2, 2, 'c'))), [[2, RaftCode.REPEATED_PUSH]]);
  assert.deepEqual(codes(follower.push('APPEND', follower.entry(1, 2, 'b'))), [
    [1, RaftCode.SUCCESS],
    [2, RaftCode.SUCCESS],
  ]);
  assert.equal(follower.text, 'abc');
  follower.push('APPEND', follower.entry(4, 2, 'e'), 1000);
  follower.node.tick(2001);
  assert.deepEqual(codes(follower.drain().map(({ response }) => response as PushResponse)), [
    [4, RaftCode.INCONSISTENT_STATE],
  ]);
});

test('a late TRUNCATE does not cut what this term acknowledged', () => {
  const follower = new FollowerUnderTest(['a', 'b']);
  follower.push('APPEND', follower.entry(2, 2, 'c'));
  assert.deepEqual(codes(follower.push('TRUNCATE', follower.entry(0, 1, 'a'))), [[0, RaftCode.SUCCESS]]);
  assert.equal(follower.text, 'abc');
});

test('nothing that is committed is cut', () => {
  const follower = new FollowerUnderTest(['a', 'b', 'c']);
  follower.push('COMMIT', null, 0, 1);
  assert.equal(follower.node.status.commitIndex, 1);
  for (const text of ['a', 'z']) {
    assert.deepEqual(codes(follower.push('TRUNCATE', follower.entry(0, 1, text))), [[0, RaftCode.INCONSISTENT_STATE]]);
  }
  assert.deepEqual(codes(follower.push('TRUNCATE', follower.entry(1, 1, 'b'))), [[1, RaftCode.SUCCESS]]);
  assert.equal(follower.text, 'ab');
});

test('an entry at another position is refused: the segments have another size', () => {
  const follower = new FollowerUnderTest(['a']);
  const moved = { ...follower.entry(1, 2, 'b'), pos: 4096 };
  assert.deepEqual(codes(follower.push('APPEND', moved)), [[1, RaftCode.INCONSISTENT_STATE]]);
  const tooLarge = { ...follower.entry(1, 2, 'b'), body: new Uint8Array(8192) };
  assert.deepEqual(codes(follower.push('APPEND', tooLarge)), [[1, RaftCode.INCONSISTENT_STATE]]);
});
