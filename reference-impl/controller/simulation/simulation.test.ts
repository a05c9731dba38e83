import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DefectName, defects } from './defects.ts';
import { runSchedule } from './simulation.ts';

const schedules = 200;
const defectSchedulesMax = 1000;

test(`${schedules} schedules of faults break no promise of a controller group`, async () => {
  const counts = { leaders: 0, events: 0, elections: 0 };
  for (let seed = 1; seed <= schedules; seed++) {
    const { violation, leaders, events, elections } = await runSchedule(seed);
    assert.equal(violation, null, `seed ${seed}: npm run simulate -- --schedules 1 --seed ${seed}`);
    counts.leaders += leaders;
    counts.events += events;
    counts.elections += elections;
  }
  // Else the faults stopped everything, and the run proved nothing.
  assert.ok(counts.leaders > schedules * 3, `only ${counts.leaders} Raft leaders`);
  assert.ok(counts.events > schedules * 10, `only ${counts.events} events`);
  assert.ok(counts.elections > schedules * 2, `only ${counts.elections} masters`);
});

/** The promise that each defect breaks first. */
const found: Record<DefectName, RegExp> = {
  FORGETS_VOTE: /election safety/,
  ACKNOWLEDGES_BEFORE_PERSISTING: /log matching|state-machine safety|answers/,
  VOTES_FOR_SHORTER_LOG: /state-machine safety/,
  ANSWERS_BEFORE_COMMIT: /answers/,
  ELECTS_OUTSIDE_SYNC_STATE_SET: /election outside the SyncStateSet/,
  EPOCH_STANDS_STILL: /one master per epoch/,
  STALE_SYNC_STATE_SET_EPOCH: /SyncStateSet: .* on top of/,
  STALE_MASTER: /SyncStateSet: .* another than the master/,
};

for (const defect of Object.keys(defects) as DefectName[]) {
  test(`the schedules find ${defect}, and its seed finds it again`, async (t) => {
    for (let seed = 1; seed <= defectSchedulesMax; seed++) {
      const outcome = await runSchedule(seed, defect);
      if (outcome.violation === null) continue;
      t.diagnostic(`npm run simulate -- --schedules 1 --seed ${seed} --defect ${defect}`);
      assert.match(outcome.violation, found[defect]);
      assert.deepEqual(await runSchedule(seed, defect), outcome);
      return;
    }
    assert.fail(`no schedule of ${defectSchedulesMax} noticed`);
  });
}
