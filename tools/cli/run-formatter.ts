import { appendFileSync, openSync } from 'node:fs';
import path from 'node:path';
import { Formatter, type IFormatterOptions, Status } from '@cucumber/cucumber';
import type { Envelope } from '@cucumber/messages';
import { settingsFromEnv } from '../lab/run-settings.ts';
import { messagesFile } from '../report/messages.ts';
import { verdictOfError } from '../report/types.ts';

/**
 * Keeps the messages of the run in its folder, and prints one line per finished scenario, readable on a terminal and in a
 * CI log. What it has printed is in the file: a run may be ended at any line.
 */
export default class RunFormatter extends Formatter {
  static override readonly documentation = 'Keeps the messages of a run, and prints one line per finished scenario.';

  readonly #messages = openSync(path.join(settingsFromEnv().runFolder, messagesFile), 'w');

  constructor(options: IFormatterOptions) {
    super(options);
    options.eventBroadcaster.on('envelope', (envelope: Envelope) => {
      appendFileSync(this.#messages, `${JSON.stringify(envelope)}\n`);
      if (envelope.testCaseFinished) this.#finished(envelope.testCaseFinished.testCaseStartedId);
    });
  }

  #finished(testCaseStartedId: string): void {
    const attempt = this.eventDataCollector.getTestCaseAttempt(testCaseStartedId);
    const { pickle, worstTestStepResult, stepResults } = attempt;
    const seconds = Object.values(stepResults).reduce(
      (sum, { duration }) => sum + duration.seconds + duration.nanos / 1e9,
      0,
    );
    const passed = worstTestStepResult.status === Status.PASSED;
    const verdict = passed ? 'pass' : (verdictOfError[worstTestStepResult.exception?.type ?? ''] ?? 'FAIL');
    const tags = pickle.tags.map(({ name }) => name.slice(1)).join(' ');
    this.log(`${verdict.padEnd(6)} ${tags}  ${pickle.name}  ${seconds.toFixed(1)} s\n`);
  }
}
