import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCounts, type CountName, noCounts } from './counts.ts';
import { type DefectName, defects } from './defects.ts';
import { runSchedule } from './simulation.ts';

const schedules = 25;
const defectSchedulesMax = 1000;

/** Else the faults stopped everything or hurt nothing, and the run proved nothing: at least so many in a schedule. */
const expected: Partial<Record<CountName, number>> = {
  powerCrashes: 2,
  tornTails: 0.2,
  brokerCrashes: 2,
  partitions: 2,
  oneWayCuts: 2,
  framesLost: 20,
  framesRepeated: 20,
  raftLeaders: 2,
  tailsReplaced: 0.5,
  eventsAgreed: 20,
  mastersElected: 2,
  syncStateSetChanges: 3,
  answersChecked: 40,
  readsThroughLog: 5,
};

test(`${schedules} schedules of faults break no promise of a controller group`, async () => {
  const counts = noCounts();
  for (let seed = 1; seed <= schedules; seed++) {
    const outcome = await runSchedule(seed);
    assert.equal(outcome.violation, null, `seed ${seed}: npm run simulate -- --schedules 1 --seed ${seed}`);
    addCounts(counts, outcome.counts);
  }
  for (const [name, each] of Object.entries(expected)) {
    const count = counts[name as CountName];
    assert.ok(count >= each * schedules, `only ${count} ${name} in ${schedules} schedules`);
  }
});

/** The promises that each defect breaks first. */
const found: Record<DefectName, RegExp> = {
  FORGETS_VOTE: /^election safety/,
  ACKNOWLEDGES_BEFORE_PERSISTING:
    /^(log matching|leader completeness|state-machine safety|answers|thrown: .* is committed)/,
  VOTES_FOR_SHORTER_LOG: /^(leader completeness|state-machine safety)/,
  // A log that is never cut may also keep its group from going on.
  IGNORES_TRUNCATE: /^(log matching|leader completeness|state-machine safety|progress)/,
  APPLIES_BEFORE_COMMIT: /^(leader completeness|state-machine safety)/,
  ANSWERS_BEFORE_COMMIT: /^(answers|identity)/,
  READS_WITHOUT_MAJORITY: /^stale read/,
  SHARES_BROKER_ID: /^identity/,
  ELECTS_OUTSIDE_SYNC_STATE_SET: /^election outside the SyncStateSet/,
  EPOCH_STANDS_STILL: /^one master per epoch/,
  STALE_SYNC_STATE_SET_EPOCH: /^SyncStateSet: .* on top of/,
  STALE_MASTER: /^SyncStateSet: .* another than the master/,
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
