import type { RunReport, ScenarioResult, Verdict } from './types.ts';

/** The worst of all, as the exit code says it. */
export function overall({ scenarios }: RunReport): Verdict {
  const has = (verdict: Verdict) => scenarios.some((scenario) => scenario.verdict === verdict);
  if (has('fail')) return 'fail';
  return has('inconclusive') || scenarios.length === 0 ? 'inconclusive' : 'pass';
}

/** The verdict of a run in one sentence. */
export function sentence({ scenarios }: RunReport): string {
  const count = (verdict: Verdict) => scenarios.filter((scenario) => scenario.verdict === verdict).length;
  const [fail, inconclusive, deviates] = [count('fail'), count('inconclusive'), count('deviates')];
  const of = counted(scenarios.length, 'scenario');
  if (scenarios.length === 0) return 'No scenario ran.';
  const known = deviates === 0 ? '' : ` ${counted(deviates, 'known deviation')} as listed.`;
  const unproved = inconclusive === 0 ? '' : ` ${inconclusive} inconclusive: they prove nothing either way.`;
  if (fail > 0) return `${fail} of ${of} failed.${unproved}${known}`;
  if (inconclusive > 0) return `Nothing failed in ${of}.${unproved}${known}`;
  return deviates > 0 ? `Nothing new in ${of}.${known}` : `All ${of} passed.`;
}

const reasonLengthMax = 240;

/** First line of why. */
export function reasonOf({ deviation, failure, broken }: ScenarioResult): string {
  const [first] = broken;
  const text = deviation ?? (first ? `${first.check}: ${first.text}` : (failure?.split('\n')[0] ?? ''));
  return text.length > reasonLengthMax ? `${text.slice(0, reasonLengthMax)} …` : text;
}

/** `1 scenario`, `2 scenarios`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
