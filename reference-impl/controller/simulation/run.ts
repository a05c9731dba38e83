// npm run simulate: runs schedules until one breaks a promise, and says what they went through.
import { parseArgs } from 'node:util';
import { errorText } from '../../base/errors.ts';
import { addCounts, countNames, type CountName, noCounts } from './counts.ts';
import { type DefectName, defects } from './defects.ts';
import { type Outcome, runSchedule } from './simulation.ts';

const usage = `usage: npm run simulate -- [--schedules <count>] [--seed <first>] [--defect <name>]
  Runs groups of controllers, with their brokers, under seeded faults and stops at the first schedule that breaks a promise.
  Controllers are the real ones; network, disks and time are simulated. A seed replays its schedule exactly.
  --schedules <count>  how many seeds, default 1000
  --seed <first>       the first seed, default 1
  --defect <name>      breaks the controllers on purpose; the schedules have to find it:
                       ${Object.keys(defects).join('\n                       ')}
  --help               prints this text
Exit codes: 0 every promise held, or the planted defect was found; 1 otherwise; 3 usage.`;

const progressEveryMs = 10_000;

interface Options {
  readonly schedules: number;
  readonly seed: number;
  readonly defect: DefectName | null;
}

/** Null: help was asked for. */
function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      schedules: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      defect: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return null;
  const { defect = null } = values;
  if (defect !== null && !Object.hasOwn(defects, defect)) throw new Error(`There is no defect ${defect}.`);
  const schedules = positive('schedules', values.schedules);
  return { schedules, seed: positive('seed', values.seed), defect: defect as DefectName | null };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a positive integer.`);
  return value;
}

/** Returns whether the run went as it should. */
async function simulate({ schedules, seed, defect }: Options): Promise<boolean> {
  const pace = new Pace(schedules);
  const counts = noCounts();
  let broken: Outcome | null = null;
  let done = 0;
  while (done < schedules && broken === null) {
    const outcome = await runSchedule(seed + done, defect);
    addCounts(counts, outcome.counts);
    if (outcome.violation !== null) broken = outcome;
    pace.tell(++done);
  }
  for (const name of Object.keys(countNames) as CountName[]) {
    console.log(`${String(counts[name]).padStart(12)}  ${countNames[name]}`);
  }
  if (broken !== null) report(broken, defect);
  const verdict = broken === null ? 'every promise held' : 'a promise is broken';
  console.log(`${done} of ${schedules} schedules from seed ${seed}: ${verdict}; ${pace.text(done)}`);
  return (defect === null) === (broken === null);
}

function report({ seed, atMs, violation, notes }: Outcome, defect: DefectName | null): void {
  console.log(`\n${notes.join('\n')}\n\nseed ${seed}, at ${atMs} ms: ${violation}`);
  const planted = defect === null ? '' : ` --defect ${defect}`;
  console.log(`replay: npm run simulate -- --schedules 1 --seed ${seed}${planted}\n`);
}

/** Says now and then how far the run is. */
class Pace {
  readonly #schedules: number;
  readonly #startedMs = performance.now();
  #toldMs = this.#startedMs;

  constructor(schedules: number) {
    this.#schedules = schedules;
  }

  text(done: number): string {
    const seconds = (performance.now() - this.#startedMs) / 1000;
    return `${seconds.toFixed(1)} s, ${(done / seconds).toFixed(1)} schedules/s`;
  }

  tell(done: number): void {
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < progressEveryMs) return;
    this.#toldMs = nowMs;
    console.error(`${done} of ${this.#schedules} schedules, ${this.text(done)}`);
  }
}

let options: Options | null;
try {
  options = readOptions();
} catch (thrown) {
  console.error(`${errorText(thrown)}\n${usage}`);
  process.exit(3);
}
if (options === null) console.log(usage);
else process.exitCode = (await simulate(options)) ? 0 : 1;
