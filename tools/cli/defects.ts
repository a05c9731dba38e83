import { run } from './run.ts';

/** Lab defects, and the cells that must notice each: a suite that stays green on a broken reference proves nothing. */
const noticedBy = {
  OLD_BROKER_SWITCHES: '@CTL-CMP-01',
  REGISTERS_WITHOUT_CONTROLLER: '@CTL-CMP-05',
  DROPS_TAIL_AT_SWITCH: '@CTL-CMP-06',
} as const;

/** Exit code of a run in which a requirement failed; anything else means that the defect went unnoticed, or that nothing was judged. */
const requirementFailed = 1;

/** On GitHub these failures, which are as it should be, would stand as errors beside the job. */
const untold = { GITHUB_ACTIONS: undefined, GITHUB_STEP_SUMMARY: undefined };
const script = ['--disable-warning=ExperimentalWarning', 'tools/cli/conformance.ts', 'features/compatibility'];
const unnoticed: string[] = [];
for (const [defect, tag] of Object.entries(noticedBy)) {
  console.log(`\n${defect}: ${tag} must fail`);
  const args = [...script, '--lab-defect', defect, '--tags', tag, '--name', `defect-${defect}`];
  const code = await run(process.execPath, args, untold);
  if (code !== requirementFailed) unnoticed.push(`${defect} (exit ${code})`);
}
console.log(unnoticed.length === 0 ? '\nEvery defect was noticed.' : `\nNOT noticed: ${unnoticed.join(', ')}`);
process.exitCode = unnoticed.length === 0 ? 0 : 1;
