import { appendFileSync } from 'node:fs';

/** Something that the lab did or saw: one line of `timeline.ndjson`, with `atMs` in front. */
export type TimelineEvent = ProcessEvent | LinkEvent | RouteEvent | RecordEvent;

/** `started`, `serves`, a signal, or `ended, exit code 0`. */
export interface ProcessEvent {
  readonly process: string;
  readonly what: string;
}

/** `refused`, `blackholed`, `frozen`, `slowed` or `healed`; names of the servers that dials and that is dialled. */
export interface LinkEvent {
  readonly link: readonly [from: string, to: string];
  readonly what: string;
}

/** A NameServer now lists these brokers of a group, by name. */
export interface RouteEvent {
  readonly namesrv: string;
  readonly group: string;
  readonly master: string | null;
  readonly slaves: readonly string[];
}

/** A controller that leads now has this on record of a group; brokers by name. */
export interface RecordEvent {
  readonly controller: string;
  readonly group: string;
  readonly master: string | null;
  readonly masterEpoch: number;
  readonly syncStateSetEpoch: number;
  readonly inSync: readonly string[];
}

export type Timed<E extends TimelineEvent = TimelineEvent> = E & { readonly atMs: number };

export type Note = (event: TimelineEvent) => void;

/** A timeline that survives a crash of the runner: every line is in the file when the call returns. */
export function timelineIn(file: string): Note {
  return (event) => appendFileSync(file, `${JSON.stringify({ atMs: Date.now(), ...event })}\n`);
}

export const unnoted: Note = () => undefined;
