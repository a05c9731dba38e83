import { appendFileSync } from 'node:fs';

/** Writes down what the lab did or saw, as one line of JSON: `{"atMs": …, "what": …}`. */
export type Note = (what: string) => void;

/** A timeline that survives a crash of the runner: every line is in the file when the call returns. */
export function timelineIn(file: string): Note {
  return (what) => appendFileSync(file, `${JSON.stringify({ atMs: Date.now(), what })}\n`);
}

export const unnoted: Note = () => undefined;
