import { assert } from '../../reference-impl/base/assert.ts';
import type { Deployment } from './deployment.ts';
import type { Case, Rule, Severity } from './rule.ts';
import { rules } from './rules/index.ts';

/** A broken rule at its place, with everything a reader needs. */
export interface Finding {
  readonly rule: Rule;
  /** Name of the case within the rule. */
  readonly caseName: string;
  readonly severity: Severity;
  /** As the user named it. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly about: Case;
}

/** Judges the files by every rule; findings come by file in the order given, then by line. */
export function diagnose(deployment: Deployment): Finding[] {
  const order = new Map(deployment.files.map(({ path }, i) => [path, i]));
  const findings = rules.flatMap((rule) =>
    rule.check(deployment).map(({ case: caseName, file, line, text }): Finding => {
      const about = rule.cases[caseName];
      assert(about !== undefined, `${rule.id} has no case ${caseName}`);
      return { rule, caseName, severity: about.severity, file: file.path, line, text, about };
    }),
  );
  return findings.sort((a, b) => order.get(a.file)! - order.get(b.file)! || a.line - b.line);
}

/** Exit code: 1 when something is an error, or a warning under `strict`; else 0. */
export function exitCodeOf(findings: readonly Finding[], strict: boolean): 0 | 1 {
  return findings.some(({ severity }) => severity === 'error' || (strict && severity === 'warning')) ? 1 : 0;
}
