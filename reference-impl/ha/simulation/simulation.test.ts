import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DefectName, defects } from './defects.ts';
import { runSchedule } from './simulation.ts';

const schedules = 25;
const defectSchedulesMax = 1000;

test(`${schedules} schedules of switches, crashes and cuts lose nothing, and all replicas end equal`, async () => {
  const counts = { switches: 0, crashes: 0, tornWrites: 0, truncations: 0, cuts: 0, acknowledged: 0 };
  const names = Object.keys(counts) as (keyof typeof counts)[];
  for (let seed = 1; seed <= schedules; seed++) {
    const { violation, coverage } = await runSchedule(seed);
    assert.equal(violation, null, `npm run simulate:replication -- --schedules 1 --seed ${seed}`);
    for (const name of names) counts[name] += coverage[name];
  }
  // Else the faults stopped everything, or nothing, and the run proved nothing.
  assert.ok(counts.switches > schedules, JSON.stringify(counts));
  assert.ok(counts.acknowledged > schedules * 20, JSON.stringify(counts));
  for (const name of names) assert.ok(counts[name] > 0, `no ${name}`);
});

/** The promise that each defect breaks first. */
const found: Record<DefectName, RegExp> = {
  ACKNOWLEDGES_EARLY: /members: .* acknowledged by/,
  ACKNOWLEDGES_FOR_FORMER_ROLE: /history: .* acknowledges|masters: .* acknowledges|members: .* acknowledged by/,
  SHOWS_UNREPLICATED: /history: .* shows|members: .* shown by/,
  KEEPS_TAIL: /history: .* shows|members: |progress: /,
  REPORTS_UNWRITTEN: /members: |history: .* shows/,
  FRAME_SPANS_EPOCHS: /epochs: .* sends/,
  JOINS_BEFORE_CAUGHT_UP: /members: /,
  SHRINKS_ALONE: /members: |history: /,
  FORGETS_EPOCH: /epochs: |masters: |history: |progress: /,
  FLUSHES_LATER: /members: /,
};

for (const defect of Object.keys(defects) as DefectName[]) {
  test(`the schedules find ${defect}, and its seed finds it again`, async (t) => {
    for (let seed = 1; seed <= defectSchedulesMax; seed++) {
      const outcome = await runSchedule(seed, defect);
      if (outcome.violation === null) continue;
      t.diagnostic(`npm run simulate:replication -- --schedules 1 --seed ${seed} --defect ${defect}`);
      assert.match(outcome.violation, found[defect]);
      assert.deepEqual(await runSchedule(seed, defect), outcome);
      return;
    }
    assert.fail(`no schedule of ${defectSchedulesMax} noticed`);
  });
}
