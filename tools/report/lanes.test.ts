import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Timed } from '../lab/timeline.ts';
import { lanesOf, spanOf } from './lanes.ts';
import { sendDensity } from './send-density.ts';
import type { ScenarioResult } from './types.ts';

const step = (text: string, endedMs: number, status = 'PASSED') => ({
  kind: 'Action',
  keyword: 'When',
  text,
  status,
  endedMs,
  durationMs: 1000,
  message: null,
});
const scenario = {
  startedMs: 1000,
  durationMs: 9000,
  steps: [step('one', 2000), step('two', 6000, 'FAILED'), step('three', 6000, 'SKIPPED')],
} as unknown as ScenarioResult;

const lanes = (timeline: readonly Timed[]) => new Map(lanesOf(scenario, timeline).map((lane) => [lane.label, lane]));

test('the axis ends with the last step that was played: what follows is the clean-up', () => {
  assert.deepEqual(spanOf(scenario), { fromMs: 1000, toMs: 6000 });
  const steps = lanes([]).get('steps')!;
  assert.deepEqual(
    steps.bars.map(({ label, kind }) => [label, kind]),
    [
      ['one', 'step'],
      ['two', 'step broken'],
    ],
  );
});

test('a process starts, runs, freezes, is killed, and what the clean-up does to it is not shown', () => {
  const process = 'broker-a-0';
  const seen = [
    ['started', 1100],
    ['serves', 1500],
    ['SIGSTOP', 2000],
    ['SIGCONT', 2500],
    ['SIGKILL', 3000],
    ['ended, SIGKILL', 3010],
    ['started', 4000],
    ['SIGKILL', 7000],
  ] as const;
  const lane = lanes(seen.map(([what, atMs]) => ({ process, what, atMs }))).get(process)!;
  assert.deepEqual(
    lane.bars.map(({ kind, fromMs, toMs }) => [kind, fromMs, toMs]),
    [
      ['starts', 1100, 1500],
      ['runs', 1500, 2000],
      ['frozen', 2000, 2500],
      ['runs', 2500, 3010],
      ['starts', 4000, 6000],
    ],
  );
  assert.deepEqual(
    lane.marks.map(({ kind, atMs }) => [kind, atMs]),
    [
      ['SIGSTOP', 2000],
      ['SIGCONT', 2500],
      ['SIGKILL', 3000],
      ['ended', 3010],
    ],
  );
});

test('master, epoch and set change when the record does, and one fault over many links is one bar', () => {
  const record = (atMs: number, master: string, masterEpoch: number, syncStateSetEpoch: number, inSync: string[]) => {
    return { controller: 'c', group: 'broker-a', master, masterEpoch, syncStateSetEpoch, inSync, atMs };
  };
  const cut = (to: string, atMs: number, what: string) => ({ link: ['broker-a-0', to] as const, what, atMs });
  const found = lanes([
    record(1500, 'broker-a-0', 1, 1, ['broker-a-0']),
    record(2000, 'broker-a-0', 1, 2, ['broker-a-0', 'broker-a-1']),
    cut('namesrv-0', 2500, 'blackholed'),
    cut('controller-0', 2600, 'blackholed'),
    record(3000, 'broker-a-1', 2, 3, ['broker-a-1']),
    cut('namesrv-0', 4000, 'healed'),
    cut('controller-0', 4100, 'healed'),
    cut('namesrv-0', 5000, 'frozen'),
  ]);
  assert.deepEqual(
    found.get('master, epoch')!.bars.map(({ label, fromMs, toMs }) => [label, fromMs, toMs]),
    [
      ['broker-a-0 · epoch 1', 1500, 3000],
      ['broker-a-1 · epoch 2', 3000, 6000],
    ],
  );
  assert.deepEqual(
    found.get('SyncStateSet')!.bars.map(({ label }) => label),
    ['{0} · 1', '{0, 1} · 2', '{1} · 3'],
  );
  assert.deepEqual(
    found.get('links')!.bars.map(({ label, fromMs, toMs }) => [label, fromMs, toMs]),
    [
      ['2 links blackholed', 2500, 4100],
      ['broker-a-0 to namesrv-0 frozen', 5000, 6000],
    ],
  );
});

test('sends count by their end; what is answered behind the axis counts without a place', () => {
  const send = (outcome: string, answeredMs: number) => ({ outcome, answeredMs });
  const attempts = [
    send('SEND_OK', 0),
    send('SEND_OK', 99),
    send('refused', 50),
    send('FLUSH_SLAVE_TIMEOUT', 1),
    send('unknown', 150),
  ] as unknown as Parameters<typeof sendDensity>[0];
  const { columns, totals } = sendDensity(attempts, { fromMs: 0, toMs: 100 }, 2);
  assert.deepEqual(totals, { acknowledged: 2, warned: 1, refused: 1, unknown: 1 });
  assert.deepEqual(columns, { acknowledged: [1, 1], warned: [1, 0], refused: [0, 1], unknown: [0, 0] });
});

test('several groups have lanes of their own', () => {
  const record = (group: string, master: string, atMs: number) => {
    return { controller: 'c', group, master, masterEpoch: 1, syncStateSetEpoch: 1, inSync: [master], atMs };
  };
  const found = lanes([record('broker-a', 'broker-a-0', 1500), record('broker-b', 'broker-b-1', 1600)]);
  assert.equal(found.get('broker-a: master, epoch')!.bars.length, 1);
  assert.equal(found.get('broker-b: master, epoch')!.bars[0]!.label, 'broker-b-1 · epoch 1');
});
