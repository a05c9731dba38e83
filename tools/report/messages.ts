import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  type Observation,
  observationMediaType,
  type ScenarioResult,
  type StepResult,
  verdictOfError,
} from './types.ts';

/** In the folder of a run: the Cucumber messages of its scenarios, one JSON envelope a line. */
export const messagesFile = 'messages.ndjson';

// The parts of the Cucumber message stream that a verdict is made of (protocol 32, one JSON envelope a line).
interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}
interface Tagged {
  readonly name: string;
}
interface ScenarioNode {
  readonly id: string;
  readonly steps: readonly { readonly id: string; readonly keyword: string }[];
}
interface FeatureChild {
  readonly rule?: { readonly name: string; readonly children: readonly FeatureChild[] };
  readonly background?: ScenarioNode;
  readonly scenario?: ScenarioNode;
}
interface Pickle {
  readonly id: string;
  readonly uri: string;
  readonly name: string;
  readonly location?: { readonly line: number };
  readonly astNodeIds: readonly string[];
  readonly tags: readonly Tagged[];
  readonly steps: readonly {
    readonly id: string;
    readonly text: string;
    readonly type?: string;
    readonly astNodeIds: readonly string[];
  }[];
}
interface StepFinished {
  readonly testCaseStartedId: string;
  readonly testStepId: string;
  readonly timestamp: Timestamp;
  readonly testStepResult: {
    readonly duration: Timestamp;
    readonly status: string;
    readonly message?: string;
    readonly exception?: { readonly type: string };
  };
}
interface Envelope {
  readonly gherkinDocument?: {
    readonly feature?: { readonly name: string; readonly children: readonly FeatureChild[] };
  };
  readonly pickle?: Pickle;
  readonly testCase?: {
    readonly id: string;
    readonly pickleId: string;
    readonly testSteps: readonly { readonly id: string; readonly pickleStepId?: string }[];
  };
  readonly testCaseStarted?: { readonly id: string; readonly testCaseId: string; readonly timestamp: Timestamp };
  readonly testStepFinished?: StepFinished;
  readonly testCaseFinished?: { readonly testCaseStartedId: string; readonly timestamp: Timestamp };
  readonly testRunFinished?: { readonly exception?: { readonly type: string; readonly message?: string } };
  readonly attachment?: { readonly testCaseStartedId?: string; readonly mediaType: string; readonly body: string };
}

const toMs = ({ seconds, nanos }: Timestamp) => seconds * 1000 + nanos / 1e6;

interface Place {
  readonly feature: string;
  readonly rule: string;
}

/** Collects one run's envelopes and turns them into scenario results. */
class MessageStream {
  readonly #places = new Map<string, Place>();
  readonly #keywords = new Map<string, string>();
  readonly #pickles = new Map<string, Pickle>();
  readonly #cases = new Map<string, NonNullable<Envelope['testCase']>>();
  readonly #started = new Map<string, NonNullable<Envelope['testCaseStarted']>>();
  readonly #finishedMs = new Map<string, number>();
  readonly #steps = new Map<string, StepFinished[]>();
  readonly #observations = new Map<string, Observation[]>();
  /** What ended the runner before its time. */
  #exception: string | null = null;

  add(envelope: Envelope): void {
    const { gherkinDocument, pickle, testCase, attachment } = envelope;
    const { testCaseStarted, testStepFinished, testCaseFinished, testRunFinished } = envelope;
    if (gherkinDocument?.feature) this.#place(gherkinDocument.feature.children, gherkinDocument.feature.name, '');
    if (pickle) this.#pickles.set(pickle.id, pickle);
    if (testCase) this.#cases.set(testCase.id, testCase);
    if (testCaseStarted) this.#started.set(testCaseStarted.id, testCaseStarted);
    if (testStepFinished) push(this.#steps, testStepFinished.testCaseStartedId, testStepFinished);
    if (testCaseFinished) this.#finishedMs.set(testCaseFinished.testCaseStartedId, toMs(testCaseFinished.timestamp));
    if (testRunFinished?.exception)
      this.#exception = testRunFinished.exception.message ?? testRunFinished.exception.type;
    if (attachment?.mediaType === observationMediaType && attachment.testCaseStartedId) {
      push(this.#observations, attachment.testCaseStartedId, JSON.parse(attachment.body) as Observation);
    }
  }

  results(): ScenarioResult[] {
    const played = new Set([...this.#started.values()].map(({ testCaseId }) => testCaseId));
    const left = [...this.#cases.values()].filter(({ id }) => !played.has(id));
    return [
      ...[...this.#started.values()].map((started) => this.#result(started)),
      ...left.map((testCase) => this.#unplayed(testCase)),
    ];
  }

  #place(children: readonly FeatureChild[], feature: string, rule: string): void {
    for (const child of children) {
      if (child.rule) this.#place(child.rule.children, feature, child.rule.name);
      const node = child.scenario ?? child.background;
      if (!node) continue;
      this.#places.set(node.id, { feature, rule });
      for (const step of node.steps) this.#keywords.set(step.id, step.keyword.trim());
    }
  }

  #result(started: NonNullable<Envelope['testCaseStarted']>): ScenarioResult {
    const testCase = this.#cases.get(started.testCaseId)!;
    const pickle = this.#pickles.get(testCase.pickleId)!;
    const finished = this.#steps.get(started.id) ?? [];
    const failures = finished.filter(({ testStepResult }) => !['PASSED', 'SKIPPED'].includes(testStepResult.status));
    const failed = deciding(failures);
    const startedMs = toMs(started.timestamp);
    const endedMs = this.#finishedMs.get(started.id);
    const unended = endedMs === undefined ? `never ended${this.#because()}` : null;
    return {
      ...this.#unplayed(testCase),
      verdict: verdictOf(failed, endedMs),
      startedMs,
      durationMs: (endedMs ?? startedMs) - startedMs,
      steps: finished.map((step) => this.#step(step, testCase, pickle)),
      observations: this.#observations.get(started.id) ?? [],
      failure: failed === undefined ? unended : (failed.testStepResult.message ?? failed.testStepResult.status),
    };
  }

  /** Of a scenario whose turn never came; what was played adds what it came to. */
  #unplayed({ pickleId }: NonNullable<Envelope['testCase']>): ScenarioResult {
    const pickle = this.#pickles.get(pickleId)!;
    const place = this.#places.get(pickle.astNodeIds[0]!) ?? { feature: pickle.uri, rule: '' };
    return {
      uri: pickle.uri,
      line: pickle.location?.line ?? 0,
      feature: place.feature,
      rule: place.rule,
      name: pickle.name,
      requirements: pickle.tags.map(({ name }) => name.slice(1)).filter((tag) => tag.startsWith('CTL-')),
      tags: pickle.tags.map(({ name }) => name),
      verdict: 'inconclusive',
      startedMs: 0,
      durationMs: 0,
      steps: [],
      observations: [],
      failure: `not played${this.#because()}`,
      deviation: null,
      evidence: null,
      ledger: null,
      broken: [],
      asked: [],
    };
  }

  #because(): string {
    return this.#exception === null ? '' : `, the runner ended before: ${this.#exception}`;
  }

  #step(step: StepFinished, testCase: NonNullable<Envelope['testCase']>, pickle: Pickle): StepResult {
    const pickleStepId = testCase.testSteps.find(({ id }) => id === step.testStepId)?.pickleStepId;
    const pickleStep = pickle.steps.find(({ id }) => id === pickleStepId);
    return {
      kind: pickleStep?.type ?? 'Hook',
      keyword: pickleStep ? (this.#keywords.get(pickleStep.astNodeIds[0]!) ?? '') : 'Hook',
      text: pickleStep?.text ?? '',
      status: step.testStepResult.status,
      endedMs: toMs(step.timestamp),
      durationMs: toMs(step.testStepResult.duration),
      message: step.testStepResult.message ?? null,
    };
  }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/**
 * The first failure; where that is no verdict, the exit of a process that nobody had ended: the step came to none because it
 * was gone.
 */
function deciding(failures: readonly StepFinished[]): StepFinished | undefined {
  const [first] = failures;
  if (first === undefined || verdictOfFailed(first) === 'fail') return first;
  return failures.find(({ testStepResult }) => testStepResult.exception?.type === 'ProcessExit') ?? first;
}

function verdictOfFailed({ testStepResult }: StepFinished): ScenarioResult['verdict'] {
  return verdictOfError[testStepResult.exception?.type ?? ''] ?? 'fail';
}

/** A step that threw `Inconclusive`, or a scenario that never ended (harness gone), says nothing about the target. */
function verdictOf(failed: StepFinished | undefined, endedMs: number | undefined): ScenarioResult['verdict'] {
  if (failed) return verdictOfFailed(failed);
  return endedMs === undefined ? 'inconclusive' : 'pass';
}

/** Reads a Cucumber `message` file (NDJSON) into one result per pickle, in order of start; those that were not played come last. */
export async function readScenarioResults(file: string): Promise<ScenarioResult[]> {
  const stream = new MessageStream();
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line !== '') stream.add(JSON.parse(line) as Envelope);
  }
  return stream.results();
}
