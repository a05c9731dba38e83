import { Formatter, type IFormatterOptions, Status } from '@cucumber/cucumber';
import { verdictOfError } from '../report/types.ts';

/** One line per finished scenario, readable on a terminal and in a CI log. */
export default class ProgressFormatter extends Formatter {
  static override readonly documentation = 'Prints one line per finished scenario.';

  constructor(options: IFormatterOptions) {
    super(options);
    options.eventBroadcaster.on('envelope', (envelope: { testCaseFinished?: { testCaseStartedId: string } }) => {
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
