import type { RunReport, ScenarioResult, Verdict } from './types.ts';

/** The worst of all, as the exit code says it. */
export function overall({ scenarios }: RunReport): Verdict {
  const has = (verdict: Verdict) => scenarios.some((scenario) => scenario.verdict === verdict);
  if (has('fail')) return 'fail';
  const judged = scenarios.some(({ verdict }) => verdict !== 'unsupported');
  return has('inconclusive') || !judged ? 'inconclusive' : 'pass';
}

/** The verdict of a run in one sentence. */
export function sentence({ scenarios }: RunReport): string {
  const count = counter(scenarios);
  const [fail, inconclusive, unsupported] = [count('fail'), count('inconclusive'), count('unsupported')];
  const judged = scenarios.length - unsupported;
  const of = counted(judged, 'scenario');
  if (scenarios.length === 0) return 'No scenario ran.';
  if (judged === 0) return `Nothing was judged: ${counted(unsupported, 'scenario')} unsupported.`;
  if (fail > 0) return `${fail} of ${of} failed.`;
  if (inconclusive > 0) return `Nothing failed, but ${inconclusive} of ${of} came to no verdict.`;
  const those = unsupported === 0 ? of : `${of} that the target supports`;
  return count('deviates') > 0 ? `Nothing new in ${those}.` : `All ${those} passed.`;
}

/** What else is to be known of it; empty when that is nothing. */
export function remarks({ scenarios }: RunReport): string {
  const [inconclusive, deviates, unsupported] = ['inconclusive', 'deviates', 'unsupported'].map(counter(scenarios));
  return [
    inconclusive === 0 ? '' : `${inconclusive} inconclusive, which proves nothing either way.`,
    deviates === 0 ? '' : `${counted(deviates!, 'known deviation')}, as listed.`,
    unsupported === 0
      ? ''
      : `${unsupported} unsupported: the target declares that it lacks what they need, or this machine does.`,
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function counter(scenarios: readonly ScenarioResult[]): (verdict: string) => number {
  return (verdict) => scenarios.filter((scenario) => scenario.verdict === verdict).length;
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
