import { parseArgs } from 'node:util';
import { errorText } from '../../base/errors.ts';
import { type DefectName, defects } from './defects.ts';
import { type Outcome, runSchedule } from './simulation.ts';

const usage = `usage: npm run simulate:replication -- [--schedules <count>] [--seed <first>] [--defect <name>]
  Runs replica sets under seeded faults and stops at the first schedule that breaks a promise.
  --schedules <count>  how many seeds, default 1000
  --seed <first>       the first seed, default 1
  --defect <name>      breaks replication on purpose: ${Object.keys(defects).join(', ')}
Exit codes: 0 all schedules passed, or the defect was found; 1 otherwise; 3 usage.`;

const progressEvery = 500;

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
  const sum: Record<string, number> = {};
  for (let i = 1; i <= schedules; i++) {
    const outcome = await runSchedule(seed + i - 1, defect);
    for (const [name, count] of Object.entries(outcome.coverage)) sum[name] = (sum[name] ?? 0) + count;
    if (outcome.violation !== null) {
      report(outcome, defect);
      console.log(`schedule ${i} of ${schedules}, ${rate(i, startedMs)}`);
      return defect !== null;
    }
    if (i % progressEvery === 0 && i < schedules) console.log(`${i} of ${schedules}, ${rate(i, startedMs)}`);
  }
  console.log(`${schedules} schedules from seed ${seed}: every promise held; ${rate(schedules, startedMs)}`);
  console.log(coverageText(sum));
  return defect === null;
}

function report({ seed, atMs, violation, notes }: Outcome, defect: DefectName | null): void {
  console.log(`${notes.join('\n')}\n\nseed ${seed}, at ${atMs} ms: ${violation}`);
  const replay = `npm run simulate:replication -- --schedules 1 --seed ${seed}`;
  console.log(`replay: ${replay}${defect === null ? '' : ` --defect ${defect}`}`);
}

function coverageText(sum: Readonly<Record<string, number>>): string {
  return Object.entries(sum)
    .map(([name, count]) => `${count} ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`)
    .join(', ');
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
