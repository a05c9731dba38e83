import { parseArgs } from 'node:util';
import { errorText } from '../../base/errors.ts';
import { type DefectName, defects } from './defects.ts';
import { type Outcome, runSchedule } from './simulation.ts';

const usage = `usage: npm run simulate -- [--schedules <count>] [--seed <first>] [--defect <name>]
  Runs controller groups under seeded faults and stops at the first schedule that breaks a promise.
  --schedules <count>  how many seeds, default 1000
  --seed <first>       the first seed, default 1
  --defect <name>      breaks the controller on purpose: ${Object.keys(defects).join(', ')}
Exit codes: 0 all schedules passed, or the defect was found; 1 otherwise; 3 usage.`;

interface Options {
  readonly schedules: number;
  readonly seed: number;
  readonly defect: DefectName | null;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: { schedules: { type: 'string' }, seed: { type: 'string' }, defect: { type: 'string' } },
  });
  const { defect = null } = values;
  if (defect !== null && !Object.hasOwn(defects, defect)) throw new Error(`There is no defect ${defect}.`);
  const schedules = positive('schedules', values.schedules ?? '1000');
  return { schedules, seed: positive('seed', values.seed ?? '1'), defect: defect as DefectName | null };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a positive integer.`);
  return value;
}

/** Returns whether the run went as it should. */
async function simulate({ schedules, seed, defect }: Options): Promise<boolean> {
  const startedMs = performance.now();
  const counts = { leaders: 0, events: 0, elections: 0 };
  for (let i = 0; i < schedules; i++) {
    const outcome = await runSchedule(seed + i, defect);
    for (const name of ['leaders', 'events', 'elections'] as const) counts[name] += outcome[name];
    if (outcome.violation === null) continue;
    report(outcome, defect);
    console.log(`schedule ${i + 1} of ${schedules}, ${rate(i + 1, startedMs)}`);
    return defect !== null;
  }
  const { leaders, events, elections } = counts;
  console.log(`${schedules} schedules from seed ${seed}: every promise held; ${rate(schedules, startedMs)}`);
  console.log(`${leaders} Raft leaders, ${events} events agreed, ${elections} masters elected`);
  return defect === null;
}

function report({ seed, atMs, violation, notes }: Outcome, defect: DefectName | null): void {
  console.log(`${notes.join('\n')}\n\nseed ${seed}, at ${atMs} ms: ${violation}`);
  console.log(
    `replay: npm run simulate -- --schedules 1 --seed ${seed}${defect === null ? '' : ` --defect ${defect}`}`,
  );
}

function rate(schedules: number, startedMs: number): string {
  const seconds = (performance.now() - startedMs) / 1000;
  return `${seconds.toFixed(1)} s, ${(schedules / seconds).toFixed(1)} schedules/s`;
}

try {
  process.exitCode = (await simulate(readOptions())) ? 0 : 1;
} catch (thrown) {
  console.error(`${errorText(thrown)}\n${usage}`);
  process.exitCode = 3;
}
