import { errorText } from '../../../reference-impl/base/errors.ts';
import { Inconclusive } from '../inconclusive.ts';
import type { Profile } from '../profile.ts';
import type { Settings } from '../settings-file.ts';
import { ConditionFailure, NoLookEnded, until } from '../until.ts';
import type { Action } from './action.ts';
import { type Condition, conditionMeanings } from './condition.ts';
import { act } from './deeds.ts';
import { type Downtime, downtimes, type Load, type LoadFigures } from './load.ts';
import { lookAt, type Sight } from './looks.ts';
import type { PlanHarm, UpgradePlan } from './plan-file.ts';
import { type Masters, mastersOf, type ScriptStep, scriptOf } from './script.ts';
import type { Site, SiteMember } from './site.ts';

/** What happens while a plan is played, as it happens. `number` is that of the step. */
export type PlayEvent = { readonly atMs: number; readonly number: number; readonly load: LoadFigures } & (
  | { readonly kind: 'step started' | 'rollback started'; readonly title: string; readonly hand: readonly string[] }
  /** Something was done to one member, or a condition came to hold. */
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'step held' | 'rollback held'; readonly ms: number }
  | { readonly kind: 'step failed' | 'rollback failed'; readonly ms: number; readonly reason: string }
  /** The step would do harm and was not played. */
  | { readonly kind: 'stopped before harm'; readonly reason: string }
  /** The step does harm and is played because the harm is to be shown. */
  | { readonly kind: 'harm shown'; readonly reason: string }
);

/** `held`: played, and what must hold after it did. `refused`: not played, to prevent harm or for want of its precondition. */
export interface StepResult {
  readonly step: ScriptStep;
  readonly outcome: 'held' | 'failed' | 'refused';
  readonly ms: number;
  /** Why it failed or was refused, null when it held. */
  readonly reason: string | null;
  readonly seen: readonly string[];
}

export interface PlayResult {
  /** `stopped`: `mayGoOn` or `upTo` ended the play between two steps. */
  readonly outcome: 'played' | 'stopped' | 'refused' | 'failed';
  readonly steps: readonly StepResult[];
  /** Harms that were shown. */
  readonly harms: readonly PlanHarm[];
  /** Of every group that acknowledged anything, from the first to the last step. */
  readonly downtimes: readonly Downtime[];
}

export interface PlayerOptions {
  readonly site: Site;
  readonly plan: UpgradePlan;
  readonly load: Load;
  readonly deadlines: Profile['deadlines'];
  readonly onEvent: (event: PlayEvent) => void;
  /** Asked before each step; false ends the play there. A rehearsal waits for its user here. */
  readonly mayGoOn?: (step: ScriptStep) => Promise<boolean>;
  /** Plays harmful steps too, and those that lack what they need, so that the harm can be counted. */
  readonly showTheLoss?: boolean;
}

interface Objection {
  readonly harm: PlanHarm;
  readonly reason: string;
}

/** For facts that a former step has brought about already, but that somebody may still be hearing of. */
const preconditionMs = 2_000;

/** Plays an upgrade plan step by step on a running site, and takes steps back. The owner of the site ends its processes. */
export class Player {
  readonly script: readonly ScriptStep[];
  /** Of each group, before the upgrade. */
  readonly masters: Masters;
  /** Configuration of each member before the upgrade. */
  readonly originally: ReadonlyMap<SiteMember, Settings>;
  readonly #options: PlayerOptions;
  readonly #results: StepResult[] = [];
  readonly #harms: PlanHarm[] = [];
  /** Steps that were begun and not taken back. */
  readonly #done: ScriptStep[] = [];
  #startedMs = 0;

  private constructor(options: PlayerOptions, masters: Masters) {
    this.#options = options;
    this.masters = masters;
    this.originally = new Map(options.site.members.map((member) => [member, member.prepared.config]));
    this.script = scriptOf(options.plan, options.site, masters);
  }

  /** Finds out who is master and what the plan comes to. Throws `SetupError` when it does not fit the site. */
  static async prepare(options: PlayerOptions): Promise<Player> {
    return new Player(options, await mastersOf(options.site));
  }

  /**
   * Plays on from where it is. A step that fails or is refused ends the play; what was done stays done.
   * @param upTo number of the last step to play
   */
  async play(upTo: number = this.script.length): Promise<PlayResult> {
    this.#startedMs ||= Date.now();
    for (const step of this.script.slice(this.#done.length, upTo)) {
      if ((await this.#options.mayGoOn?.(step)) === false) return this.#result('stopped');
      const { outcome } = await this.#playStep(step);
      if (outcome !== 'held') return this.#result(outcome);
    }
    return this.#result(this.#done.length === this.script.length ? 'played' : 'stopped');
  }

  /** Why steps that were played cannot be taken back, null when they can. */
  get noReturn(): string | null {
    return this.#done.find(({ noReturn }) => noReturn !== null)?.noReturn ?? null;
  }

  /** Takes back every step that was begun, the last one first. Throws `ConditionFailure` when one cannot be. */
  async rollBack(): Promise<void> {
    if (this.noReturn !== null) throw new ConditionFailure(`There is no way back: ${this.noReturn}`);
    for (let step = this.#done.at(-1); step !== undefined; step = this.#done.at(-1)) {
      await this.#takeBack(step);
      this.#done.pop();
    }
  }

  async #playStep(step: ScriptStep): Promise<StepResult> {
    const { number, stage, action, hand } = step;
    const startedMs = performance.now();
    const seen: string[] = [];
    const end = (outcome: StepResult['outcome'], reason: string | null): StepResult => {
      const result: StepResult = { step, outcome, ms: performance.now() - startedMs, reason, seen };
      this.#results.push(result);
      return result;
    };
    this.#emit({ kind: 'step started', number, title: `${stage}: ${actionText(action)}`, hand });
    const refusal = await this.#refusal(step);
    if (refusal !== null) {
      this.#emit({ kind: 'stopped before harm', number, reason: refusal });
      return end('refused', refusal);
    }
    this.#done.push(step);
    try {
      await this.#perform(step, action, step.after, seen);
    } catch (thrown) {
      if (thrown instanceof Inconclusive) throw thrown;
      const reason = errorText(thrown);
      const result = end('failed', reason);
      this.#emit({ kind: 'step failed', number, ms: result.ms, reason });
      return result;
    }
    const result = end('held', null);
    this.#emit({ kind: 'step held', number, ms: result.ms });
    return result;
  }

  async #takeBack(step: ScriptStep): Promise<void> {
    const { number, stage, rollback } = step;
    if (rollback === null) return;
    const startedMs = performance.now();
    const ms = () => performance.now() - startedMs;
    this.#emit({
      kind: 'rollback started',
      number,
      title: `${stage}: ${actionText(rollback.action)}`,
      hand: rollback.hand,
    });
    try {
      await this.#perform(step, rollback.action, rollback.after, []);
    } catch (thrown) {
      this.#emit({ kind: 'rollback failed', number, ms: ms(), reason: errorText(thrown) });
      throw thrown;
    }
    this.#emit({ kind: 'rollback held', number, ms: ms() });
  }

  async #perform(step: ScriptStep, action: Action, after: readonly Condition[], seen: string[]): Promise<void> {
    const { site, load, deadlines } = this.#options;
    const report = (text: string) => {
      seen.push(text);
      this.#emit({ kind: 'progress', number: step.number, text });
    };
    if (action.verb === 'load') await load[action.of]();
    const context = {
      site,
      load,
      deadlines,
      masters: this.masters,
      originally: this.originally,
      mayEnd: after.includes('does not serve'),
    };
    for (const member of step.members) {
      const text = await act(action, member, context);
      if (text !== '') report(text);
    }
    if (action.verb === 'check') report(await this.#look(step, action.of, preconditionMs));
    if (action.verb === 'wait') report(await this.#look(step, action.of, deadlines.online));
    for (const condition of after) report(await this.#look(step, condition, deadlines.online));
  }

  /** Resolves with what was seen when the condition holds. Throws `ConditionFailure` at the deadline, or the exit of a process. */
  async #look({ members, groups }: ScriptStep, condition: Condition, deadlineMs: number): Promise<string> {
    const { site, load } = this.#options;
    const sight: Sight = { site, load, members, groups, memory: new Map() };
    const what = `${condition} (${conditionMeanings[condition]})`;
    const look = async () => {
      for (const {
        prepared: { process },
      } of site.members)
        if (process.unexpectedExit) throw process.unexpectedExit;
      return await lookAt(condition, sight);
    };
    const { seen } = await until(what, look, ({ holds }) => holds, { deadlineMs });
    return `${condition}: ${seen}`;
  }

  /** What the step lacks, or the harm that it would do; null when nothing is wrong with it. */
  async #objection(step: ScriptStep): Promise<Objection | null> {
    for (const unless of step.before) {
      const reason = await this.#whyNot(step, unless);
      const what = `Step ${step.number} was played without what it needs.`;
      if (reason !== null) return { harm: { unless, what, counted: 'nothing' }, reason };
    }
    const { harm } = step;
    const reason = harm === null ? null : await this.#whyNot(step, harm.unless);
    return harm === null || reason === null ? null : { harm, reason: `${harm.what} ${reason}` };
  }

  /** Why the step is not played; null when it is, also because its harm is to be shown. */
  async #refusal(step: ScriptStep): Promise<string | null> {
    const objection = await this.#objection(step);
    if (objection === null || !this.#options.showTheLoss) return objection?.reason ?? null;
    this.#harms.push(objection.harm);
    this.#emit({ kind: 'harm shown', number: step.number, reason: objection.reason });
    return null;
  }

  async #whyNot(step: ScriptStep, condition: Condition, deadlineMs = preconditionMs): Promise<string | null> {
    try {
      await this.#look(step, condition, deadlineMs);
      return null;
    } catch (thrown) {
      const { online } = this.#options.deadlines;
      // Not being able to look is no objection yet.
      if (thrown instanceof NoLookEnded && deadlineMs < online) return await this.#whyNot(step, condition, online);
      if (thrown instanceof ConditionFailure) return thrown.message;
      throw thrown;
    }
  }

  #result(outcome: PlayResult['outcome']): PlayResult {
    const { load } = this.#options;
    const steps = [...this.#results];
    return {
      outcome,
      steps,
      harms: [...this.#harms],
      // After a whole play its conditions say that everything serves; before that a group may be down in the end.
      downtimes: downtimes(
        load.attempts,
        this.#startedMs,
        Date.now(),
        outcome === 'played' ? [] : this.#groupsOfLast(),
      ),
    };
  }

  #groupsOfLast(): readonly string[] {
    return this.#results.at(-1)?.step.groups ?? [];
  }

  #emit(event: DistributiveOmit<PlayEvent, 'atMs' | 'load'>): void {
    this.#options.onEvent({ ...event, atMs: Date.now(), load: this.#options.load.figures });
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** `stop`, `wait: aligned`, `set: enableControllerMode, controllerAddr`. */
export function actionText({ verb, of }: Action): string {
  if (of === null) return verb;
  if (typeof of === 'string') return `${verb}: ${of}`;
  return `${verb}: ${(Array.isArray(of) ? of : Object.keys(of)).join(', ')}`;
}
