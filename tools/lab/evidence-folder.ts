import path from 'node:path';

/** What names one scenario of a run: an outline row has a line of its own. */
export interface ScenarioPlace {
  readonly uri: string;
  readonly line: number;
  readonly name: string;
}

/** Evidence folder of one scenario below the run's: readable, unique by feature file and line. */
export function evidenceFolder({ uri, line, name }: ScenarioPlace): string {
  const feature = path.basename(uri, '.feature');
  return path.posix.join('scenarios', `${feature}-${line}-${name.replaceAll(/[^\w]+/g, '-').slice(0, 80)}`);
}
