import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { RunReport, ScenarioResult, Verdict } from './types.ts';

export interface DocumentedCell {
  readonly requirement: string;
  readonly broker: string;
  readonly nameservers: string;
  readonly online: boolean;
  readonly switches: boolean;
}

/** `matrix/compatibility.yaml`: the documented table as data. */
export interface CompatibilityTable {
  readonly nameservers: Readonly<Record<string, string>>;
  readonly brokers: Readonly<Record<string, string>>;
  readonly cells: readonly DocumentedCell[];
}

/** One cell beside what a run saw. `observed` is null when the run did not reach the observation. */
export interface ObservedCell {
  readonly documented: string;
  readonly observed: string | null;
  readonly verdict: Verdict | null;
}

export function readCompatibilityTable(): CompatibilityTable {
  const file = path.resolve(import.meta.dirname, '../../matrix/compatibility.yaml');
  return parse(readFileSync(file, 'utf8')) as CompatibilityTable;
}

/** `works, switches` | `works, no switch` | `not online`, in the words of the documented table. */
function inWords(online: boolean, traffic: boolean, switches: boolean): string {
  if (!online) return 'not online';
  if (!traffic) return 'online, no traffic';
  return switches ? 'works, switches' : 'works, no switch';
}

/** What the scenario of `cell` observed; null while an observation that the words need is missing. */
function observedWords(scenario: ScenarioResult): string | null {
  const last = (what: string) => scenario.observations.findLast((observation) => observation.what === what)?.value;
  const online = last('online');
  if (online === undefined) return null;
  if (online === false) return inWords(false, false, false);
  const [traffic, switches] = [last('traffic'), last('switches')];
  return traffic === undefined || switches === undefined ? null : inWords(true, traffic === true, switches === true);
}

/** The cell of one requirement as documented and as the run saw it. */
export function observeCell(cell: DocumentedCell, report: RunReport): ObservedCell {
  const scenario = report.scenarios.find(({ requirements }) => requirements.includes(cell.requirement));
  return {
    documented: inWords(cell.online, cell.online, cell.switches),
    observed: scenario ? observedWords(scenario) : null,
    verdict: scenario?.verdict ?? null,
  };
}
