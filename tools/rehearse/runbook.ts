import type { UpgradePlan } from '../lab/upgrade/plan-file.ts';
import { actionText } from '../lab/upgrade/player.ts';
import type { ScriptStep } from '../lab/upgrade/script.ts';
import { conditionMeanings } from '../lab/upgrade/condition.ts';
import { commandsIn } from './commands-in.ts';
import type { RehearsalResult } from './rehearsal.ts';

/** What an operator follows by hand: the steps of a plan with their own hosts and files, and what each took in the rehearsal. */
export interface Runbook {
  readonly title: string;
  readonly about: string;
  readonly requirements: readonly string[];
  readonly from: string;
  readonly to: string;
  /** What to know beside the steps. */
  readonly notes: readonly string[];
  /** What the rehearsal showed, line by line; empty before it. */
  readonly shown: readonly string[];
  readonly stages: readonly RunbookStage[];
}

/** What names and commands in it mean. */
export const howToRead =
  'Files are named as they were given to the rehearsal. bin/ is in the folder of the release; mqadmin is sh bin/mqadmin of the new one.';

interface RunbookStage {
  readonly title: string;
  readonly steps: readonly RunbookStep[];
}

export interface RunbookStep {
  readonly number: number;
  readonly what: string;
  readonly requirement: string;
  readonly hand: readonly string[];
  /** What to check before and after it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly rollback: readonly string[];
  readonly noReturn: string | null;
  readonly harm: string | null;
  /** What it came to in the rehearsal, null when it was not reached. */
  readonly rehearsed: string | null;
}

/** @param result null before the rehearsal */
export function runbookOf(
  plan: UpgradePlan,
  { from, to, notes }: Pick<Runbook, 'from' | 'to' | 'notes'>,
  script: readonly ScriptStep[],
  result: RehearsalResult | null,
  shown: readonly string[],
): Runbook {
  const stages: { title: string; steps: RunbookStep[] }[] = [];
  let stage = '';
  for (const step of script) {
    const title = `${step.stage}${step.groups.length === 1 ? ` (${step.groups[0]})` : ''}`;
    if (title !== stage || step.number === 1) stages.push({ title, steps: [] });
    stage = title;
    stages.at(-1)!.steps.push(stepOf(step, result));
  }
  return { title: plan.title, about: plan.about, requirements: plan.requirements, from, to, notes, shown, stages };
}

function stepOf(step: ScriptStep, result: RehearsalResult | null): RunbookStep {
  const played = result?.play.steps.find((candidate) => candidate.step.number === step.number);
  const took = played && `${played.outcome} after ${(played.ms / 1000).toFixed(1)} s`;
  return {
    number: step.number,
    what: `${actionText(step.action)} — ${step.members.map(({ words, name }) => words.name ?? name).join(', ')}`,
    requirement: step.requirement,
    hand: step.hand,
    before: step.before.map((condition) => conditionMeanings[condition]),
    after: step.after.map((condition) => conditionMeanings[condition]),
    rollback: step.rollback?.hand ?? [],
    noReturn: step.noReturn,
    harm: step.harm === null ? null : `${step.harm.what} Harmless while ${conditionMeanings[step.harm.unless]}.`,
    rehearsed: took === undefined ? null : `${took}${played!.reason === null ? '' : `: ${played!.reason}`}`,
  };
}

/** The runbook as Markdown. */
export function renderMarkdown(runbook: Runbook): string {
  const lines = [
    `# ${runbook.title}`,
    '',
    `From ${runbook.from} to ${runbook.to}. ${runbook.about} (${runbook.requirements.join(', ')})`,
    '',
    howToRead,
    '',
  ];
  if (runbook.notes.length > 0) lines.push('## Note', '', ...runbook.notes.map((text) => `- ${withCode(text)}`), '');
  if (runbook.shown.length > 0) lines.push('## The rehearsal', '', ...runbook.shown.map((text) => `- ${text}`), '');
  for (const { title, steps } of runbook.stages) {
    lines.push(`## ${title}`, '');
    for (const step of steps) lines.push(...stepLines(step), '');
  }
  return lines.join('\n');
}

function stepLines(step: RunbookStep): string[] {
  const [first = step.what, ...others] = step.hand.map(withCode);
  const lines = [`${step.number}. ${first}`, ...others.map((text) => `   - ${text}`)];
  if (step.before.length > 0) lines.push(`   - Before: ${step.before.join('; ')}.`);
  if (step.after.length > 0) lines.push(`   - Go on when ${step.after.join('; ')}.`);
  if (step.noReturn !== null) lines.push(`   - **No way back from here:** ${step.noReturn}`);
  if (step.harm !== null) lines.push(`   - **Harm:** ${step.harm}`);
  for (const text of step.rollback) lines.push(`   - Rollback: ${withCode(text)}`);
  if (step.rehearsed !== null) lines.push(`   - Rehearsed: ${step.rehearsed}`);
  return lines;
}

function withCode(sentence: string): string {
  return commandsIn(sentence)
    .map(({ text, isCommand }) => (isCommand ? `\`${text}\`` : text))
    .join('');
}
