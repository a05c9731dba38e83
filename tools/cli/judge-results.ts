import path from 'node:path';
import type { Targets } from '../lab/targets.ts';
import { releases, roles } from '../lab/targets/target.ts';
import { applicableTo, applyKnownDeviations, type JudgedRelease, readKnownDeviations } from '../report/deviations.ts';
import { applyRegressions, readRegressions } from '../report/regressions.ts';
import type { ScenarioResult } from '../report/types.ts';
import { projectRoot } from './run.ts';

/** Releases of Apache RocketMQ that a run judges, by role. A controller in a NameServer is of the NameServer's target. */
export function judgedReleases(targets: Targets): JudgedRelease[] {
  const players = roles.flatMap((role) => releases.map((release) => ({ role, target: targets.of(role, release) })));
  const embedded = targets.of('namesrv', 'new');
  const isApart = embedded.name !== targets.of('controller', 'new').name;
  const all = isApart ? [...players, { role: 'controller' as const, target: embedded }] : players;
  return all.flatMap(({ role, target: { name, apacheVersion } }) => {
    // Which of two controllers a scenario had is not known here: what is listed for one need not show.
    const original = name.startsWith('apache:') && !(isApart && role === 'controller');
    return apacheVersion === null ? [] : [{ role, version: apacheVersion, original }];
  });
}

/** The results with what is known of the releases of a run. */
export type Judge = (results: readonly ScenarioResult[]) => ScenarioResult[];

/** By listed deviations, and regressions that the releases have. The lists are read before anything is played. */
export function judgeOf(targets: Targets): Judge {
  const judged = judgedReleases(targets);
  const known = readKnownDeviations(path.join(projectRoot, 'matrix/known-deviations/apache.yaml'));
  const applicable = applicableTo(known, judged);
  const regressions = readRegressions();
  return (results) => applyRegressions(applyKnownDeviations(results, applicable), regressions, judged);
}
