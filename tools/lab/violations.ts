import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Violation } from '../check/ledger.ts';
import { ConditionFailure } from './until.ts';

/** File of an evidence folder that names the broken promises and holds their rows. */
export const violationsFile = 'violations.json';

/** Throws `ConditionFailure` when there are violations, and leaves their rows in the evidence folder. */
export function assertNone(violations: readonly Violation[], evidenceFolder: string): void {
  if (violations.length === 0) return;
  writeFileSync(path.join(evidenceFolder, violationsFile), `${JSON.stringify(violations, null, 1)}\n`);
  throw new ConditionFailure(violations.map(({ check, text }) => `${check}: ${text}`).join('\n'));
}
