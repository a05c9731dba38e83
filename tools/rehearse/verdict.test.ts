import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt } from '../check/ledger.ts';
import type { PlayResult, StepResult } from '../lab/upgrade/player.ts';
import type { ScriptStep } from '../lab/upgrade/script.ts';
import type { Judgement } from '../lab/upgrade/upgrade-load.ts';
import type { RehearsalResult } from './rehearsal.ts';
import { verdictOf } from './verdict.ts';

function step(number: number, verb = 'stop', member = 'b0'): ScriptStep {
  const members = [{ name: member }];
  return { number, stage: 'A stage', action: { verb, of: null }, members, groups: [] } as unknown as ScriptStep;
}

const script = [step(1), step(2, 'start')];
const held = (of: ScriptStep): StepResult => ({ step: of, outcome: 'held', ms: 5, reason: null, seen: [] });
const judgement: Judgement = { lost: [], violations: [], skipped: 0, repeated: 0, text: '9 sends' };
const played: PlayResult = { outcome: 'played', steps: script.map(held), harms: [], downtimes: [] };
const good: RehearsalResult = { script, play: played, judgement, ownLogs: [] };
const ownLog = { group: 'g', of: 'b0', bytes: 100, kept: 100 };

function expect(result: Partial<RehearsalResult>, exitCode: number, ...lines: readonly RegExp[]): void {
  const verdict = verdictOf({ ...good, ...result });
  const text = verdict.lines.join('\n');
  assert.equal(verdict.exitCode, exitCode, text);
  for (const line of lines) assert.match(text, line);
}

test('every step held and nothing lost is success', () => {
  const downtimes = [{ group: 'g', ms: 1_250, sinceMs: 0, ended: true }];
  expect(
    { play: { ...played, downtimes }, ownLogs: [ownLog] },
    0,
    /^Steps: all 2 steps held\.$/m,
    /^Downtime: g took no message for 1\.3 s at the longest\.$/m,
    /^Messages of the rehearsal: 9 sends\.$/m,
    /^Your messages: all 100 bytes of the log of b0 are in the log of the master of g\.$/m,
  );
});

test('a play that ended early is none, and says where and why', () => {
  const ended = (outcome: 'refused' | 'failed'): PlayResult => ({
    ...played,
    outcome,
    steps: [held(script[0]!), { ...held(script[1]!), outcome, reason: 'the logs differ' }],
  });
  expect({ play: ended('refused'), judgement: null }, 1, /stopped before step 2 of 2, .*: the logs differ\.$/m);
  expect({ play: ended('failed'), judgement: null }, 1, /step 2 of 2 failed: the logs differ\.$/m);
  const stopped = { ...played, outcome: 'stopped' as const, steps: [held(script[0]!)] };
  expect({ play: stopped }, 1, /stopped on request after step 1 of 2\.$/m);
});

test('a lost message is a failure, also when every step held', () => {
  const lost = [{ key: 'k' } as Attempt];
  expect({ judgement: { ...judgement, lost, text: '1 lost' } }, 1, /1 lost/);
  const violations = [{ check: 'order', text: 'swapped', rows: [] }];
  expect({ judgement: { ...judgement, violations } }, 1, /^Broken: order: swapped$/m);
});

test('messages that consumers skipped are a failure', () => {
  expect({ judgement: { ...judgement, skipped: 3 } }, 1, /^Skipped: consumers did not get 3 readable messages\.$/m);
});

test('a log of the user that is cut is a failure, unless the plan gives it up', () => {
  const ownLogs = [{ ...ownLog, kept: 40 }];
  expect({ ownLogs }, 1, /of the 100 bytes of the log of b0, the master of g has the first 40\.$/m);
  const cleared = { ...played, steps: [held(step(1, 'clear', 'b0'))] };
  expect({ ownLogs, play: cleared }, 0, /has the first 40, as this plan begins with empty stores\.$/m);
  const filledAgain = { ...cleared, steps: [...cleared.steps, held(step(2, 'copy', 'b0'))] };
  expect({ ownLogs, play: filledAgain }, 1, /has the first 40\.$/m);
  expect({ ownLogs, play: { ...cleared, steps: [held(step(1, 'clear', 'b1'))] } }, 1, /has the first 40\.$/m);
});

test('harm that was asked for is told, and is no success', () => {
  const harms = [
    { unless: 'aligned', what: 'What only the master has is cut.', counted: 'acknowledged messages' },
  ] as const;
  expect({ play: { ...played, harms } }, 1, /^Harm that was shown: What only the master has is cut\.$/m);
});
