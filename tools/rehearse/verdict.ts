import type { PlayResult } from '../lab/upgrade/player.ts';
import type { RehearsalResult } from './rehearsal.ts';

/** What a rehearsal showed, in lines for people, and the exit code that says it. */
export interface RehearsalVerdict {
  readonly lines: readonly string[];
  /** 0: every step held and nothing was lost; 1: not so, also when the harm was asked for. */
  readonly exitCode: 0 | 1;
}

/** Sums a rehearsal up. */
export function verdictOf({ script, play, judgement, ownLogs }: RehearsalResult): RehearsalVerdict {
  const last = play.steps.at(-1);
  const ends: Readonly<Record<typeof play.outcome, string>> = {
    played: `all ${script.length} steps held`,
    stopped: `stopped on request after step ${last?.step.number ?? 0} of ${script.length}`,
    refused: `stopped before step ${last?.step.number} of ${script.length}, which would do harm or lacks what it needs: ${last?.reason}`,
    failed: `step ${last?.step.number} of ${script.length} failed: ${last?.reason}`,
  };
  const lost = judgement?.lost.length ?? 0;
  const broken = judgement?.violations ?? [];
  const skipped = judgement?.skipped ?? 0;
  const emptied = emptiedIn(play);
  const cut = ownLogs.filter(({ kept, bytes, of }) => kept < bytes && !emptied.has(of));
  const lines = [
    `Steps: ${ends[play.outcome]}.`,
    ...play.downtimes.map(
      ({ group, ms, ended }) =>
        `Downtime: ${group} took no message for ${(ms / 1000).toFixed(1)} s at the longest${ended ? '' : ', and still none at the end'}.`,
    ),
    ...(judgement === null ? [] : [`Messages of the rehearsal: ${judgement.text}.`]),
    ...(skipped === 0 ? [] : [`Skipped: consumers did not get ${skipped} readable messages.`]),
    ...play.harms.map(({ what }) => `Harm that was shown: ${what}`),
    ...ownLogs.map(({ of, group, bytes, kept }) =>
      kept === bytes
        ? `Your messages: all ${bytes} bytes of the log of ${of} are in the log of the master of ${group}.`
        : `Your messages: of the ${bytes} bytes of the log of ${of}, the master of ${group} has the first ${kept}${emptied.has(of) ? ', as this plan begins with empty stores' : ''}.`,
    ),
    ...broken.map(({ check, text }) => `Broken: ${check}: ${text}`),
  ];
  const harmless = play.harms.length === 0 && lost + broken.length + skipped + cut.length === 0;
  return { lines, exitCode: play.outcome === 'played' && harmless ? 0 : 1 };
}

/** Names of those whose store was cleared and not filled again. */
function emptiedIn({ steps }: PlayResult): ReadonlySet<string> {
  const emptied = new Set<string>();
  for (const { step } of steps)
    for (const { name } of step.members)
      if (step.action.verb === 'clear') emptied.add(name);
      else if (step.action.verb === 'copy') emptied.delete(name);
  return emptied;
}
