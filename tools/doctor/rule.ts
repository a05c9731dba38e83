import type { ConfFile } from './conf-file.ts';
import type { Deployment } from './deployment.ts';

/** `error`: something will not work, or loses messages. `warning`: it will one day. `note`: worth knowing. */
export const severities = ['error', 'warning', 'note'] as const;
export type Severity = (typeof severities)[number];

/** A scenario by one of its tags (without @) and its name. */
export interface Proof {
  readonly tag: string;
  readonly scenario: string;
}

/** One way to break a rule. */
export interface Case {
  readonly severity: Severity;
  /** What is looked for, as a line of the table in the documentation. */
  readonly finds: string;
  /** What happens because of it. */
  readonly consequence: string;
  readonly remedy: string;
  /** Documented statement that it breaks. */
  readonly requirement: string;
  /** Scenario that shows what happens, or why none does. */
  readonly proof: Proof | string;
}

/** A place where a rule is broken. */
export interface Sighting {
  /** Name of a case of the rule. */
  readonly case: string;
  readonly file: ConfFile;
  readonly line: number;
  /** What is wrong, with the values of the files. */
  readonly text: string;
}

export interface Rule {
  /** `D1` … */
  readonly id: string;
  /** For machines: `loopback-peers`. */
  readonly name: string;
  readonly title: string;
  readonly cases: Readonly<Record<string, Case>>;
  check(deployment: Deployment): readonly Sighting[];
}

/** A sighting at the line of `key`, or at the first line when the file does not set it. */
export function at(name: string, file: ConfFile, key: string, text: string): Sighting {
  return { case: name, file, line: file.line(key), text };
}
