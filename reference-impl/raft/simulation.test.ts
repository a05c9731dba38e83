import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogKind } from './options.ts';
import { type PlantedDefect, Simulation } from './simulation.ts';

const schedules = 300;

function runSeed(seed: number, size: number, defect: PlantedDefect | null = null, kind?: LogKind): Simulation {
  const simulation = new Simulation(seed, size, defect, kind);
  try {
    simulation.run(60_000);
  } catch (thrown) {
    throw new Error(`seed ${seed}, ${size} members, at ${simulation.nowMs} ms: ${String(thrown)}`, { cause: thrown });
  }
  return simulation;
}

test(`${schedules} schedules of faults keep every safety property`, () => {
  let agreed = 0;
  let leaders = 0;
  for (let seed = 1; seed <= schedules; seed++) {
    const simulation = runSeed(seed, seed % 5 === 0 ? 5 : 3);
    agreed += simulation.agreedCount;
    leaders += simulation.leaderCount;
  }
  // Else the faults stopped everything, and the run proved nothing.
  assert.ok(agreed > schedules * 20, `only ${agreed} entries`);
  assert.ok(leaders > schedules * 2, `only ${leaders} leaders`);
});

test(`${schedules} schedules lose nothing that a commit log acknowledged`, () => {
  let acknowledged = 0;
  let leaders = 0;
  for (let seed = 1; seed <= schedules; seed++) {
    const simulation = runSeed(seed, seed % 5 === 0 ? 5 : 3, null, 'COMMIT_LOG');
    acknowledged += simulation.acknowledgedCount;
    leaders += simulation.leaderCount;
  }
  assert.ok(acknowledged > schedules * 20, `only ${acknowledged} entries`);
  assert.ok(leaders > schedules * 2, `only ${leaders} leaders`);
});

test('the schedules find a commit log that loses acknowledged entries', () => {
  const broken = Array.from({ length: schedules }, (_, seed) => {
    try {
      return runSeed(seed + 1, 3, 'LOSES_ACKNOWLEDGED_ENTRIES', 'COMMIT_LOG') && '';
    } catch (thrown) {
      return String(thrown);
    }
  });
  assert.ok(
    broken.some((text) => /is lost|does not have/.test(text)),
    'no schedule noticed',
  );
});

const found: Record<PlantedDefect, RegExp> = {
  FORGETS_VOTE: /election safety/,
  LOSES_ACKNOWLEDGED_ENTRIES: /state machine safety|is lost|does not have/,
};

for (const defect of ['FORGETS_VOTE', 'LOSES_ACKNOWLEDGED_ENTRIES'] as const) {
  test(`the schedules find a driver that ${defect.toLowerCase().replaceAll('_', ' ')}`, () => {
    const broken = Array.from({ length: schedules }, (_, seed) => {
      try {
        return runSeed(seed + 1, 3, defect) && '';
      } catch (thrown) {
        return String(thrown);
      }
    });
    assert.ok(
      broken.some((text) => found[defect].test(text)),
      'no schedule noticed',
    );
  });
}
