import type { RehearsalResult } from './rehearsal.ts';

/** What a rehearsal showed, in lines for people, and the exit code that says it. */
export interface RehearsalVerdict {
  readonly lines: readonly string[];
  /** 0: every step held and nothing was lost; 1: not so; or the loss that was asked for. */
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
  const cut = ownLogs.filter(({ kept, bytes }) => kept < bytes);
  const cleared = play.steps.some(({ step }) => step.action.verb === 'clear');
  const lines = [
    `Steps: ${ends[play.outcome]}.`,
    ...play.downtimes.map(
      ({ group, ms }) => `Downtime: ${group} took no message for ${(ms / 1000).toFixed(1)} s at the longest.`,
    ),
    ...(judgement === null ? [] : [`Messages of the rehearsal: ${judgement.text}.`]),
    ...play.harms.map(({ what }) => `Harm that was shown: ${what}`),
    ...ownLogs.map(({ of, group, bytes, kept }) =>
      kept === bytes
        ? `Your messages: all ${bytes} bytes of the log of ${of} are in the log of the master of ${group}.`
        : `Your messages: of the ${bytes} bytes of the log of ${of}, the master of ${group} has the first ${kept}${cleared ? ', as this plan begins with empty stores' : ''}.`,
    ),
    ...broken.map(({ check, text }) => `Broken: ${check}: ${text}`),
  ];
  const kept = lost === 0 && broken.length === 0 && (cut.length === 0 || cleared);
  return { lines, exitCode: play.outcome === 'played' && kept ? 0 : 1 };
}
