import * as fs from 'node:fs';
import path from 'node:path';
import type { ScenarioResult, Verdict } from '../report/types.ts';

/** Cells kept; the least recently used go first. */
const entriesMax = 800;
/**
 * What another run would only repeat. A failure is played again, so that its evidence is of the run that reports it; what is
 * unsupported, because that may be for want of a program on this machine.
 */
const lasting: readonly Verdict[] = ['pass', 'deviates'];

/** The result of a cell, and the folder below which its evidence lies. */
export interface PlayedCell {
  readonly result: ScenarioResult;
  readonly folder: string;
}

/** Copies the evidence of a cell below another folder, to the same place there. */
export function copyEvidence(cell: PlayedCell | null, to: string): void {
  if (cell === null || cell.result.evidence === null || path.resolve(cell.folder) === path.resolve(to)) return;
  const { result, folder } = cell;
  fs.cpSync(path.join(folder, result.evidence!), path.join(to, result.evidence!), { recursive: true });
}

/** Played cells by the hash of all they depend on: `<folder>/<key>/result.json` beside the evidence. */
export class CellCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    fs.mkdirSync(folder, { recursive: true });
  }

  /** Null when it has none. One that is found counts as used now. */
  find(key: string): PlayedCell | null {
    const folder = path.join(this.#folder, key);
    const file = path.join(folder, 'result.json');
    if (!fs.existsSync(file)) return null;
    fs.utimesSync(folder, new Date(), new Date());
    return { result: JSON.parse(fs.readFileSync(file, 'utf8')) as ScenarioResult, folder };
  }

  /** Keeps a cell, unless another run may well see something else. Complete or absent, whenever this process is killed. */
  keep(key: string, cell: PlayedCell): void {
    if (!lasting.includes(cell.result.verdict)) return;
    const scratch = fs.mkdtempSync(path.join(this.#folder, 'new-'));
    copyEvidence(cell, scratch);
    fs.writeFileSync(path.join(scratch, 'result.json'), JSON.stringify(cell.result));
    const entry = path.join(this.#folder, key);
    fs.rmSync(entry, { recursive: true, force: true });
    fs.renameSync(scratch, entry);
  }

  /** Removes what has not been used for longest. */
  prune(): void {
    const entries = fs.readdirSync(this.#folder).map((name) => path.join(this.#folder, name));
    const dated = entries.map((entry) => ({ entry, atMs: fs.statSync(entry).mtimeMs }));
    const newestFirst = dated.sort((a, b) => b.atMs - a.atMs);
    for (const { entry } of newestFirst.slice(entriesMax)) fs.rmSync(entry, { recursive: true, force: true });
  }
}
